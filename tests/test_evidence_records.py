"""Records are found in captures by their locators as a parser counts them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.archive import Archive
from graph.audit import caches
from graph.audit.model.checked_archive import CheckedArchive
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence import (
    ByteSpan,
    Delimited,
    record_span,
    record_text,
)
from graph.ledger import Ledger
from tests import parts
from tests.archived_lines import archive, cache

__all__ = ["archive", "cache"]


cells = st.text(st.sampled_from('ab,;"\n\rөү '), max_size=6)
tables = st.lists(st.lists(cells, min_size=1, max_size=3), max_size=600)


@given(rows=tables, form=st.sampled_from([Delimited(), Delimited(";"), Delimited("\t", "'")]))
@settings(deadline=None, max_examples=parts.examples(10, 60))
def test_a_row_is_found_as_a_parser_counts_it(
    archive: Archive, tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], form: Any
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=form.delimiter, quotechar=form.quote).writerows(rows)
    data = text.getvalue().encode()
    digest, cache = archive.put(data), tmp_path_factory.mktemp("marks")
    for number in {1, 2, 255, 256, 257, 258, len(rows) - 1, len(rows)}:
        found = record_text(archive, cache, digest, f"row={number}", form)
        if not 0 < number <= len(rows):
            assert found is None
            continue
        assert found is not None
        assert data[found.span.offset :][: found.span.length] == found.data
        one = csv.reader(
            io.StringIO(found.data.decode(), newline=""),
            delimiter=form.delimiter,
            quotechar=form.quote,
        )
        assert list(one) == [rows[number - 1]]


def test_rows_begin_behind_a_byte_order_mark(archive: Archive, cache: Path) -> None:
    digest = archive.put('\ufeff"нэр\nхоёр",тоо\nа,1\n'.encode())
    assert record_span(archive, cache, digest, "row=1") == ByteSpan(3, 25)
    two = record_text(archive, cache, digest, "row=2")
    assert two is not None
    assert two.data.decode() == "а,1\n"
    assert record_span(archive, cache, digest, "cell=2,1") == two.span
    wide = archive.put("нэр,тоо\nа,1\n".encode("utf-16"))
    assert record_span(archive, cache, wide, "row=2") is None


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def pointers(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document, by its JSON Pointer."""
    if isinstance(value, list):
        items = [(str(n), one) for n, one in enumerate(value)]
    elif isinstance(value, dict):
        items = [(k.replace("~", "~0").replace("/", "~1"), one) for k, one in value.items()]
    else:
        return
    for name, one in items:
        yield f"{prefix}/{name}", one
        yield from pointers(one, f"{prefix}/{name}")


@given(document=json_values, indent=st.sampled_from([None, 1]), escaped=st.booleans())
@settings(deadline=None, max_examples=parts.examples(15, 120))
def test_a_json_value_is_found_by_its_pointer(
    archive: Archive,
    tmp_path_factory: pytest.TempPathFactory,
    document: Any,
    indent: int | None,
    escaped: bool,
) -> None:
    text = json.dumps(document, ensure_ascii=escaped, indent=indent)
    digest, cache = archive.put(text.encode()), tmp_path_factory.mktemp("marks")
    for pointer, value in pointers(document):
        for _ in range(2):  # with marks the second time
            found = record_text(archive, cache, digest, pointer)
            assert found is not None
            assert json.loads(found.data) == value
    for absent in ("/x/y", "/99999", "/0/0/0/0/0/0", "/-"):
        assert record_span(archive, cache, digest, absent) is None or dict(pointers(document))


def test_names_are_read_however_they_are_written(archive: Archive, cache: Path) -> None:
    """By escapes, in UTF-8, and in part by either; `Ã©` is not `é` whose bytes it looks like."""
    text = r'{"\u0442\u043eо": [{"нэр": 1}, {"\u043dэр": 2}], "\u00c3\u00a9": 3, "\u00e9": 4}'
    digest = archive.put(text.encode())
    for _ in range(2):  # with marks the second time
        for pointer, value in {"/тоо/0/нэр": 1, "/тоо/1/нэр": 2, "/Ã©": 3, "/é": 4}.items():
            found = record_text(archive, cache, digest, pointer)
            assert found is not None, pointer
            assert json.loads(found.data) == value


def test_elements_far_into_an_array_are_found_by_marks(archive: Archive, cache: Path) -> None:
    listed = [{"n": n, "name": "өрх " * (n % 7)} for n in range(3000)]
    digest = archive.put(json.dumps({"meta": [1], "value": listed}, ensure_ascii=False).encode())
    for number in (2999, 0, 255, 256, 1500):
        found = record_text(archive, cache, digest, f"/value/{number}")
        assert found is not None
        assert json.loads(found.data) == listed[number]
        name = record_text(archive, cache, digest, f"#/value/{number}/name")
        assert name is not None
        assert json.loads(name.data) == listed[number]["name"]
    assert record_span(archive, cache, digest, "/value/3000") is None
    assert record_span(archive, cache, digest, "/value/999999") is None
    assert len(list((cache / "marks").iterdir())) == 1


def test_characters_and_lines_are_counted_in_utf_8(archive: Archive, cache: Path) -> None:
    text = "Өлзий хийд\nмөр бүр 🙂 нэг\n" * 9000
    digest = archive.put(text.encode())
    for first, last in ((0, 1), (3, 9), (100_001, 100_050), (len(text) - 3, len(text))):
        found = record_text(archive, cache, digest, f"char={first},{last}")
        assert found is not None
        assert found.data.decode() == text[first:last]
    found = record_text(archive, cache, digest, "line=11,12")
    assert found is not None
    assert found.data.decode() == text.splitlines(keepends=True)[11]


def test_a_long_record_is_cut_and_said_to_be(archive: Archive, cache: Path) -> None:
    digest = archive.put(b"a" * 100 + b"\n")
    found = record_text(archive, cache, digest, "row=1", most=10)
    assert found is not None
    assert (found.data, found.is_whole, found.span.length) == (b"a" * 10, False, 101)


def test_what_is_no_locator_of_bytes_is_left_to_others(archive: Archive, cache: Path) -> None:
    digest = archive.put(b"PK")
    for locator in ("Sheet1!B7", "row=0", "cell=1", "cell=0,1", "", "row=x", "row=1,2"):
        assert record_span(archive, cache, digest, locator) is None
    with pytest.raises(IntegrityError):
        record_span(archive, cache, "0" * 64, "row=1")


def test_edited_marks_of_an_array_are_named(instance: Instance) -> None:
    archive, listed = Archive(instance.archive), [{"n": n} for n in range(700)]
    document = {"a": 1, "өгөгдөл": {"value": listed}}
    digest = archive.put(json.dumps(document, ensure_ascii=False).encode())
    assert record_text(archive, instance.cache, digest, "/өгөгдөл/value/600")
    (kept,) = (instance.cache / "marks").iterdir()
    checked = CheckedArchive(instance.archive)
    assert [*caches.check(instance, Ledger(instance).events, checked)] == []
    data = bytearray(kept.read_bytes())
    data[8] ^= 1
    kept.write_bytes(data)
    (problem,) = caches.check(instance, Ledger(instance).events, checked)
    assert "elements of its array" in problem.message and problem.where == str(kept)
