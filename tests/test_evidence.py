"""The look-ups under the auditor's tools give what reading everything gives."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.archive import Archive, SeekableBlob
from graph.audit import caches
from graph.audit.model.checked_archive import CheckedArchive
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence import (
    ByteSpan,
    Delimited,
    check_subject,
    origins,
    origins_of,
    position,
    proofs_around,
    record_span,
    record_text,
    subject_lines,
    subject_proof,
    touched,
)
from graph.evidence.touches import DATABASE
from graph.ledger import Event, Ledger
from graph.ledger.merkle import leaf_hash, node_hash
from graph.statements import layer, rowmap, sorting
from graph.statements.layer import Layer
from tests import parts
from tests.versions import lines as statements
from tests.versions import log_version, publish

NUMBER = 2500  # lines; of three frames


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "archive").mkdir()
    return Archive(folder / "archive")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def line(subject: int, value: str) -> bytes:
    return f'<https://example.mn/{subject:04}> <https://example.mn/p> "{value}" .'.encode()


def written(archive: Archive, lines: list[bytes]) -> Layer:
    """A layer of these lines; every third one has two records."""
    made = rowmap.Origins()
    records = [made.record(f"{n % 3:064x}", f"row={n + 2}") for n in range(len(lines))]
    rules = [made.rule(f"rule {n % 5}") for n in range(len(lines))]
    tagged = [
        one + sorting.tag(records[-n - 1 if again else n], rules[n])
        for n, one in enumerate(lines)
        for again in ([False, True] if n % 3 == 0 else [False])
    ]
    return layer.write(sorted(tagged), made, archive)


def load_of(stated: Layer) -> Event:
    return {"layers": {"stated": stated.to_json()}}


def without_tables(archive: Archive, *digests: str) -> None:
    """Make blobs as earlier versions wrote them."""
    archive.admit(digests)
    for digest in digests:
        data, path = archive.read(digest), archive.path(digest)
        path.chmod(0o600)
        path.write_bytes(zstandard.compress(data))


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return sorted(line(n // 3, f"{n}") for n in range(NUMBER))


@pytest.fixture(scope="module", params=["with tables", "of an earlier version"])
def load(archive: Archive, lines: list[bytes], request: pytest.FixtureRequest) -> Event:
    made = written(archive, lines)
    if request.param != "with tables":
        without_tables(archive, made.lines, made.rows)
    return load_of(made)


def test_a_statement_is_found_among_its_neighbours(
    archive: Archive, load: Event, lines: list[bytes]
) -> None:
    for number in (0, 1, 1023, 1024, 1025, 2047, 2048, NUMBER - 1):
        assert position(archive, load, "stated", lines[number]) == number
    for absent in (b"", lines[0][:-3], line(0, "0x"), line(9999, "1"), lines[1024] + b" "):
        assert position(archive, load, "stated", absent) is None


def test_the_lines_of_a_subject_are_found(
    archive: Archive, load: Event, lines: list[bytes]
) -> None:
    for subject in (0, 341, 682, 833):
        found = subject_lines(archive, load, "stated", f"https://example.mn/{subject:04}")
        wanted = [
            one + b"\n" for one in lines if one.startswith(b"<https://example.mn/%04d>" % subject)
        ]
        assert found.lines == wanted
        assert lines[found.first] + b"\n" == wanted[0]
    absent = subject_lines(archive, load, "stated", "https://example.mn/0341/x")
    assert absent.lines == []


def test_the_records_of_a_statement_are_found(archive: Archive, load: Event) -> None:
    rows = load["layers"]["stated"]["rows"]
    expected = rowmap.origins_of(archive, rows, range(NUMBER))
    for number in (0, 1, 3, 6, 1022, 1023, 1024, 1026, 2046, 2049, NUMBER - 1):
        assert origins(archive, load, "stated", number) == expected[number]
    some = [2049, 3, NUMBER - 1]
    assert origins_of(archive, load, "stated", some) == [expected[number] for number in some]
    for outside in (-1, NUMBER):
        with pytest.raises(IndexError):
            origins(archive, load, "stated", outside)


def test_neighbours_are_read_without_unpacking_a_frame_twice(
    archive: Archive, load: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records and rules lie in columns of their own: reading by turns must not thrash."""
    unpacked: list[int] = []
    unpack = SeekableBlob._unpack

    def counted(blob: SeekableBlob, number: int) -> bytes:
        unpacked.append(number)
        return unpack(blob, number)

    monkeypatch.setattr(SeekableBlob, "_unpack", counted)
    origins_of(archive, load, "stated", range(20))
    assert len(unpacked) == len({*unpacked})


def test_a_subject_is_checked_without_making_proofs(
    archive: Archive, cache: Path, load: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace checks twenty subjects; the path up to the root is for those who ask for a proof."""
    monkeypatch.setattr("graph.evidence.proofs.path_in", lambda *_: pytest.fail("a path was made"))
    check_subject(archive, cache, load, "stated", "https://example.mn/0341")
    with pytest.raises(IntegrityError, match="not those of the root"):
        other = load["layers"]["stated"] | {"root": "0" * 64}
        check_subject(archive, cache, load | {"layers": {"stated": other}}, "stated", "x")


def root_by(index: int, size: int, leaf: bytes, path: tuple[bytes, ...]) -> bytes:
    """RFC 9162 §2.1.3.2."""
    number, last, root = index, size - 1, leaf_hash(leaf)
    for step in path:
        if number & 1 or number == last:
            root = node_hash(step, root)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            root = node_hash(root, step)
        number, last = number >> 1, last >> 1
    return root


def test_a_subject_is_proven_in_the_root_of_its_version(
    archive: Archive, cache: Path, load: Event
) -> None:
    size = load["layers"]["stated"]["subjects"]
    for subject in (0, 1, 255, 256, 511, 700, 833, 0):
        iri = f"https://example.mn/{subject:04}"
        proof = subject_proof(archive, cache, load, "stated", iri)
        assert proof is not None
        assert (proof.index, proof.size) == (subject, size)
        assert proof.leaf == b"".join(subject_lines(archive, load, "stated", iri).lines)
        root = root_by(proof.index, size, proof.leaf, proof.path)
        assert root == proof.root == bytes.fromhex(load["layers"]["stated"]["root"])
    assert subject_proof(archive, cache, load, "stated", "https://example.mn/0256/x") is None


def test_what_a_version_does_not_say_lies_between_two_proven_neighbours(
    archive: Archive, cache: Path, load: Event
) -> None:
    places = {"https://example.mn/0256/x": [255, 256], "https://a/": [0], "https://z/": [833]}
    for iri, expected in places.items():
        proofs = proofs_around(archive, cache, load, "stated", iri)
        assert [one.index for one in proofs] == expected
        for one in proofs:
            assert root_by(one.index, one.size, one.leaf, one.path) == one.root
    proofs = proofs_around(archive, cache, load, "stated", "https://example.mn/0255")
    assert [one.index for one in proofs] == [254, 255, 256]


def test_an_edited_cache_proves_nothing(archive: Archive, cache: Path, load: Event) -> None:
    iri = "https://example.mn/0300"
    good = subject_proof(archive, cache, load, "stated", iri)
    (kept,) = (cache / "tops").iterdir()
    whole = kept.read_bytes()
    for edited in (b"", b"x" * 40, whole[:-40], whole[:9] + b"\x00" + whole[10:]):
        kept.write_bytes(edited)
        assert subject_proof(archive, cache, load, "stated", iri) == good
        assert kept.read_bytes() == whole


def test_an_empty_layer_has_no_proofs(archive: Archive, cache: Path) -> None:
    load = load_of(layer.empty(archive))
    assert position(archive, load, "stated", line(0, "0")) is None
    assert subject_proof(archive, cache, load, "stated", "https://example.mn/0000") is None
    assert proofs_around(archive, cache, load, "stated", "https://example.mn/0000") == []


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


def test_the_loads_that_touch_a_subject_are_known(instance: Instance) -> None:
    states = [("a=1", "b=1"), ("a=2", "b=1"), ("a=2", "b=1", "c=1"), ("b=1", "c=1"), ("b=2", "c=2")]
    for values in states:
        publish(instance, "s", statements(*values))
    publish(instance, "other", statements("a=1"))
    expected = {"a": [2, 4], "b": [5], "c": [3, 5], "d": []}
    for _ in range(2):
        for name, versions in expected.items():
            found = touched(instance, Ledger(instance).events, "s", f"http://e/{name}")
            assert [load["version"] for load in found.first] == [1]
            assert [load["version"] for load in found.changed] == versions
    with closing(sqlite3.connect(instance.cache / DATABASE)) as database:
        known = database.execute("SELECT count(*) FROM patch").fetchone()
    assert known == (4,)  # a publication puts its load there
    log_version(instance, "s", statements("a=9"))
    found = touched(instance, Ledger(instance).events, "s", "http://e/a")
    assert [load["version"] for load in found.changed] == [2, 4, 6]


@pytest.mark.parametrize("damage", ["gone", "no database", "of another ledger", "not writable"])
def test_the_table_of_loads_is_made_again_where_it_does_not_fit(
    instance: Instance, damage: str
) -> None:
    for value in ("a=1", "a=2", "b=1"):
        publish(instance, "s", statements(value))
    events, path = Ledger(instance).events, instance.cache / DATABASE
    expected = touched(instance, events, "s", "http://e/a")
    assert [load["version"] for load in expected.changed] == [2, 3]
    if damage == "gone":
        path.unlink()
    elif damage == "no database":
        path.write_bytes(b"no database" * 999)
    elif damage == "not writable":
        path.unlink()
        path.mkdir()
    else:
        with sqlite3.connect(path) as database:
            database.execute("UPDATE patch SET digest = 'x'")
            database.execute("DELETE FROM touched")
        database.close()
    assert touched(instance, events, "s", "http://e/a") == expected


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
