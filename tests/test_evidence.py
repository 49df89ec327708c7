"""Look-ups of statements, records and proofs give what reading everything gives."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import zstandard

from graph.archive import Archive, SeekableBlob
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.evidence import (
    check_subject,
    origins,
    origins_of,
    position,
    proofs_around,
    subject_lines,
    subject_proof,
    touched,
)
from graph.evidence.touches import DATABASE
from graph.ledger import Event, Ledger
from graph.ledger.merkle import leaf_hash, node_hash
from graph.statements import layer, rowmap
from tests.archived_lines import NUMBER, archive, cache, line, load_of, written
from tests.versions import lines as statements
from tests.versions import log_version, publish

__all__ = ["archive", "cache"]


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
