"""Records as they are shown: rows, cells, characters, lines, JSON, RDF, and hostile bytes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive, frames
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.trace.records import masking, reading, rows
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.row_views import RowSpan
from graph.trace.records.view import RecordView


def shown(instance: Instance, data: bytes, locator: str, media_type: str = "") -> RecordView:
    archive = Archive(instance.archive)
    capture = CaptureText(archive.put(data), media_type, size=len(data))
    return reading.read(archive, instance.cache, capture, locator)


def table(count: int) -> bytes:
    return b"code,name\n" + b"".join(b'%d,"a\nb %d"\n' % (n, n) for n in range(2, count))


def test_a_row_with_line_feeds_in_quotes_is_found(instance: Instance) -> None:
    view = shown(instance, table(9), "row=7")
    assert view.cells == {"code": "7", "name": "a\nb 7"}
    assert view.table is not None
    assert [(row.number, row.marked) for row in view.table.rows] == [
        *(("5", False), ("6", False), ("7", True), ("8", False))
    ]


def test_a_row_far_inside_a_large_file_is_the_same(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = table(5_000)
    whole = shown(instance, data, "row=4321")
    monkeypatch.setattr(reading, "PARSED", 1_000)
    monkeypatch.setattr(rows, "read", lambda *_: pytest.fail("not read from the beginning"))
    for compared in (reading.COMPARED, 1_000):
        reading.read.cache_clear()
        monkeypatch.setattr(reading, "COMPARED", compared)
        assert shown(instance, data, "row=4321") == whole


def test_a_file_that_was_changed_is_not_shown_though_it_was_compared_before(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PARSED", 100)
    archive, data = Archive(instance.archive), table(100)
    shown(instance, data, "row=7")
    digest = archive.put(data)
    archive.admit([digest])
    path = archive.path(digest)
    for locator in ("row=7", "row=8"):
        reading.read.cache_clear()
        assert shown(instance, data, locator).cells
    path.chmod(0o600)
    path.write_bytes(frames.packed(data.replace(b"b 7", b"b 6")))
    reading.read.cache_clear()
    with pytest.raises(IntegrityError, match="damaged"):
        shown(instance, data, "row=7")


@pytest.mark.parametrize(
    "locator",
    ["row=50", "row=50-60", "cell=50,1", "cell=3,9", "line=99,100", "char=9999,10010"],
)
def test_what_the_file_lacks_is_not_found(instance: Instance, locator: str) -> None:
    """It is not the header, and not empty."""
    view = shown(instance, table(9), locator)
    assert not view.is_found
    assert not (view.cells or view.value or view.table or view.text)
    assert shown(instance, table(9), "row=1").is_found
    assert shown(instance, table(9), "row=8-60").is_found


@pytest.mark.parametrize("pointer", ["/value/3", "/value/-1", "/other", "/value/0/x"])
def test_a_pointer_to_nothing_is_not_found(instance: Instance, pointer: str) -> None:
    document = b'{"value": [1, 2, 3]}'
    assert not shown(instance, document, pointer).is_found
    assert shown(instance, document, "/value/2").is_found


def test_a_subject_of_which_nothing_is_said_is_not_found(instance: Instance) -> None:
    said = b"<http://e/1> <http://e/p> <http://e/3> ."
    assert not shown(instance, said, "iri=http://e/2", "application/n-triples").is_found
    assert shown(instance, said, "iri=http://e/1", "application/n-triples").is_found


def test_a_cell_is_marked(instance: Instance) -> None:
    view = shown(instance, table(9), "cell=3,1")
    assert view.value == "3"
    assert view.table is not None
    assert view.table.marked == 0


@given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), min_size=2, max_size=8))
def test_rows_are_those_of_the_csv_module(written: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["a", "b"], *written])
    data = out.getvalue().encode("utf-8", "surrogatepass")
    text = data.decode("utf-8", "replace")
    expected = [*csv.reader(io.StringIO(text, newline=""))]
    number = len(expected)
    view = rows.read(io.BytesIO(data), "utf-8", RowSpan(number, number))
    assert [*view.cells.values()] == expected[-1][: len(view.cells)]


def test_characters_are_code_points(instance: Instance) -> None:
    text = "Өвөрхангай аймагт 67 үйлчилгээ"
    view = shown(instance, text.encode(), "char=18,20")
    assert view.value == "67"
    assert view.text is not None
    assert view.text.before + view.text.text + view.text.after == text


def test_lines_count_from_before_the_first(instance: Instance) -> None:
    view = shown(instance, b"a\nb\nc\nd\n", "line=1,2")
    assert view.text is not None
    assert (view.text.before, view.text.text, view.text.after) == ("a\n", "b\n", "c\n")


def test_a_json_pointer_names_a_value_as_it_is_written(instance: Instance) -> None:
    data = json.dumps({"a/b": [{"n": "x"}]}).replace('"x"', "1.50").encode()
    assert shown(instance, data, "/a~1b/0").cells == {"n": "1.50"}
    assert shown(instance, data, "/a~1b/0/n").value == "1.50"
    assert shown(instance, data, "/a~1b/7").note


def test_a_subject_is_what_the_document_says_of_it(instance: Instance) -> None:
    data = b'<https://a.example/x> <https://a.example/p> "v" .\n'
    view = shown(instance, data, "iri=https://a.example/x", "application/n-triples")
    assert view.cells == {"https://a.example/p": "v"}


@pytest.mark.parametrize(
    ("data", "locator", "media_type"),
    [
        (b"[" * 1_000_000, "/0", "application/json"),
        (b"\xff\xfe{}", "/a", "application/json"),
        (b"<a", "iri=https://a.example/x", "text/turtle"),
        (b"", "row=7", "text/csv"),
        (b'"' * 100_000, "row=7", "text/csv"),
        (b'a\n"' + b"x" * 200_000, "row=2", "text/csv"),
        (b"a\0b", "char=0,2", "text/plain"),
        (b"x", "Sheet1!B7", "application/vnd.ms-excel"),
        (b"x", "row=999999999999", "text/csv"),
        (b'{"id":["a"],"size":[0],"dimension":{"a":{}},"value":[1]}', "/value/0", ""),
    ],
)
def test_hostile_bytes_give_a_view_and_no_error(
    instance: Instance, data: bytes, locator: str, media_type: str, tmp_path: Path
) -> None:
    assert isinstance(shown(instance, data, locator, media_type), RecordView)


def test_escapes_of_json_are_read_and_hide_nobody(instance: Instance) -> None:
    """A register number (invented) and names of members, written by escapes."""
    record = {"нэр": "Сүхбаатар", "тайлбар": "УУ12345678", "тоо": 3}
    data = json.dumps({"мөр": [record]}).encode()
    assert b"\\u0423" in data
    view = masking.masked(shown(instance, data, "/мөр/0", "application/json"))
    assert view.cells == {"нэр": "Сүхбаатар", "тайлбар": "…", "тоо": "3"}
    raw = masking.masked(shown(instance, data, f"char=0,{len(data)}"))
    assert raw.text is not None
    assert "12345678" not in raw.text.text
    plain = masking.masked(shown(instance, b'{"a": "\\u0423"}', "char=0,15"))
    assert plain.text is not None
    assert plain.text.text == '{"a": "\\u0423"}', "without anybody in it, it is as it was written"


def test_the_delimiter_is_that_of_the_first_row_with_any() -> None:
    data = "2\r№\tАжил\tТөсөв\r1\tГэрэл\t5,000,000.00\r2\tЗам\t8,161,706.00\r".encode()
    view = rows.read(io.BytesIO(data), "utf-8", RowSpan(4, 4))
    assert "8,161,706.00" in repr(view)
