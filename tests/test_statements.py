"""Statements: canonical forms, sorting, layers, row maps, patches."""

from __future__ import annotations

import hashlib
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.audit import origin_roots
from graph.ledger.merkle import tree_root
from graph.statements import blocks, canonical, layer, patch, record_lines, rowmap, sorting
from graph.statements.record_lines import StatementWriter
from graph.statements.sorting import BlockFiles, Sorter

XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(value: str, datatype: str) -> bytes:
    return f'<http://e/s> <http://e/p> "{value}"^^<{XSD}{datatype}> .'.encode()


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (typed("007", "integer"), typed("7", "integer")),
        (typed("5", "nonNegativeInteger"), typed("5", "integer")),
        (typed("2.50", "decimal"), typed("2.5", "decimal")),
        (typed("1", "boolean"), typed("true", "boolean")),
        (typed("2026-11-22T10:00:00+08:00", "dateTime"),) * 2,
        (typed("not a number", "integer"),) * 2,
        (b'<http://e/s> <http://e/p> "007" .',) * 2,
        (b'<http://e/s> <http://e/p> "\\"^^<http://e/x> ." .',) * 2,
        (b"<http://e/s> <http://e/p> <http://e/o> .",) * 2,
    ],
)
def test_a_line_takes_the_form_the_store_keeps(found: bytes, kept: bytes) -> None:
    assert canonical.normalise([found]) == [kept]


def test_what_was_asked_of_the_store_may_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "_CACHE_LIMIT", 1)
    asked = canonical.Normaliser()
    for _ in range(3):
        found = [typed(value, "integer") for value in ("01", "02", "03")]
        assert asked.lines(found) == [typed(value, "integer") for value in "123"]


DATATYPES = "integer decimal double float boolean date dateTime time gYear int long string duration"
literals = st.builds(
    lambda value, kind: ox.Literal(value, datatype=ox.NamedNode(XSD + kind)),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{0,4})?(E-?[0-9])?", fullmatch=True)
    | st.from_regex(r"-?[0-9]{1,9}\.[0-9]{1,7}|-?(0|[1-9][0-9]{0,17})", fullmatch=True)
    | st.from_regex(
        r"[12][0-9]{3}(-[0-9]{2}-[0-9]{2}(T[0-2][0-9]:[0-9]{2}:[0-9]{2}(Z|\+0[0-9]:00))?)?",
        fullmatch=True,
    )
    | st.from_regex(r"20[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-9:]{8}(Z|\+08:00)?)?", fullmatch=True),
    st.sampled_from(DATATYPES.split()),
)


@given(st.lists(literals, min_size=1, max_size=20))
def test_normalising_twice_changes_nothing_and_the_store_agrees(values: list[ox.Literal]) -> None:
    subject, predicate = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
    once = canonical.normalise([canonical.line(subject, predicate, v) for v in values])
    assert canonical.normalise(once) == once
    store = ox.Store()
    store.load(b"\n".join(once), ox.RdfFormat.N_TRIPLES)
    kept = [f"{q.subject} {q.predicate} {q.object} .".encode() for q in store]
    assert sorted(kept) == sorted(set(once))


terms = literals.map(str) | st.builds(
    lambda text, lang: str(ox.Literal(text, language=lang) if lang else ox.Literal(text)),
    st.text(
        st.sampled_from('ab "^<>\\\n\tө') | st.characters(exclude_categories=["Cs"]), max_size=5
    )
    | st.just('5"^^<http://www.w3.org/2001/XMLSchema#integer> .'),
    st.sampled_from(["", "en", "mn"]),
)

lines = st.lists(
    st.builds(
        lambda s, p, o: canonical.line(
            ox.NamedNode(f"http://e/{s}"), ox.NamedNode(f"http://e/{p}"), ox.Literal(o)
        ),
        st.sampled_from(["a", "a/b", "a#c", "b", "ө"]),
        st.integers(0, 3),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    ),
    max_size=30,
)


def written(archive: Archive, found: list[bytes], scratch: Path) -> layer.Layer:
    origins = rowmap.Origins()
    for number in range(len(found)):
        origins.record("0" * 64, f"row={number}")
    rule = origins.rule("r")
    with Sorter(scratch) as sorter:
        for number, text in enumerate(found):
            sorter.extend(number, [text], [rule])
        return layer.write(sorter.sorted(), origins, archive)


@given(lines, st.sampled_from([1, 2, 3, 1000]))
def test_a_layer_keeps_each_line_once_sorted_with_all_its_origins(
    tmp_path_factory: pytest.TempPathFactory, found: list[bytes], piece: int
) -> None:
    scratch = tmp_path_factory.mktemp("layer")
    archive = Archive(scratch / "archive")
    with pytest.MonkeyPatch.context() as patch:  # the same, whatever is handled at a time
        patch.setattr(layer, "_PIECE", piece)
        patch.setattr(rowmap, "NUMBERS", piece)
        patch.setattr(rowmap, "RECORDS", piece)
        made = written(archive, found, scratch)
        kept = list(layer.read(archive, made.lines))
        origins = rowmap.origins_of(archive, made.rows, range(len(kept)))
    assert kept == sorted(set(found))
    assert made.statements == len(kept)
    assert made.root == layer.root_of(kept)
    assert made == written(archive, found, scratch)
    for text, places in zip(kept, origins, strict=True):
        assert {p.locator for p in places} == {
            f"row={n}" for n, one in enumerate(found) if one == text
        }


def test_sorting_beyond_memory_gives_the_same_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path / "archive")
    found = [typed(str(n * 7919 % 1000), "integer") for n in range(1000)]
    whole = written(archive, found, tmp_path)
    monkeypatch.setattr(sorting, "RUN_BYTES", 5_000)
    monkeypatch.setattr(sorting, "_BATCH", 50)
    monkeypatch.setattr(sorting, "_PIECE", 200)
    assert written(archive, found, tmp_path) == whole


records = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.builds(lambda p, o: f"<http://e/{p}> {o}", st.integers(0, 2), terms),
            st.sampled_from(["r", "s"]),
        ),
        max_size=6,
    ),
    max_size=8,
)
"""Of each record: subject, predicate and object, rule."""


def of_records(
    scratch: Path, made: list[list[tuple[str, str, str]]], *, as_blocks: bool
) -> layer.Layer:
    """The layer of some records, mapped in a process of its own, or given line by line."""
    origins = rowmap.Origins()
    writer = StatementWriter(origins, lambda _: None)
    with Sorter(scratch) as sorter:
        files = BlockFiles(sorter.folder, sorter.take)
        for n, record in enumerate(made):
            number = origins.record("0" * 64, f"row={n}")
            if as_blocks:
                runs = [
                    (ox.NamedNode(f"http://e/{s}"), [t for _, t, _ in of], [r for *_, r in of], "")
                    for s, of in ((s, [*of]) for s, of in groupby(record, lambda one: one[0]))
                ]
                files.extend_blocks(writer.write(number, runs).lines.get("", []))
            else:
                texts = [f"<http://e/{s}> {text} .".encode() for s, text, _ in record]
                sorter.extend(number, texts, [origins.rule(rule) for *_, rule in record])
        files.flush()
        assert not [*sorter.folder.glob("blocks-*")]
        return layer.write(sorter.sorted(), origins, Archive(scratch / "archive"))


@given(records, st.sampled_from([1, 2, 5, 1000]))
def test_blocks_of_records_give_the_layer_that_their_lines_give(
    tmp_path_factory: pytest.TempPathFactory, made: list[list[tuple[str, str, str]]], size: int
) -> None:
    scratch = tmp_path_factory.mktemp("blocks")
    expected = of_records(scratch, made, as_blocks=False)
    with pytest.MonkeyPatch.context() as patch:  # the same, whatever is handled at a time
        patch.setattr(sorting, "RUN_BYTES", size * 60)
        patch.setattr(sorting, "_BATCH", size)
        patch.setattr(sorting, "_WAITING", size * 60)
        patch.setattr(sorting, "_PIECE", size * 7)
        patch.setattr(layer, "_PIECE", size)
        patch.setattr(blocks, "_LINES", size)
        patch.setattr(record_lines, "_REMEMBERED", size)
        assert of_records(scratch, made, as_blocks=True) == expected


@given(st.lists(st.tuples(st.integers(0, 3), terms), max_size=6))
def test_many_lines_are_known_to_be_canonical(found: list[tuple[int, str]]) -> None:
    texts = [f"<http://e/s> <http://e/{p}> {term} .".encode() for p, term in found]
    if canonical.are_canonical(b"\n".join(texts)):
        assert canonical.normalise(texts) == texts


def test_most_typed_literals_are_known_to_be_canonical() -> None:
    found = [
        typed(value, kind)
        for kind, values in {
            "integer": ["0", "-5"],
            "decimal": ["12", "12.5", "123456789012.25"],
            "date": ["2026-01-02"],
            "dateTime": ["2026-01-02T03:04:05Z"],
            "gYear": ["2026"],
            "boolean": ["true"],
        }.items()
        for value in values
    ]
    assert canonical.are_canonical(b"\n".join(found))
    assert canonical.normalise(found) == found


@given(lines, lines)
def test_a_patch_leads_from_one_version_to_the_next(
    tmp_path_factory: pytest.TempPathFactory, old: list[bytes], new: list[bytes]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("patch") / "archive")
    before, after = sorted(set(old)), sorted(set(new))
    changes = [("http://e/g", *c) for c in patch.difference(before, after)]
    kept = patch.write(archive, changes, "http://e/v/1", "http://e/v/2")
    assert list(patch.read(archive, kept.digest)) == changes
    lines = set(before)
    for _, sign, line in changes:
        (lines.add if sign == "A" else lines.remove)(line)
    assert sorted(lines) == after
    assert (kept.adds, kept.deletes) == (
        len(set(after) - set(before)),
        len(set(before) - set(after)),
    )


@given(lines, st.sampled_from([1, 2, 3, 1000]))
def test_the_roots_over_origins_and_records_are_those_of_the_row_map(
    tmp_path_factory: pytest.TempPathFactory, found: list[bytes], piece: int
) -> None:
    """Made line by line from what is archived, whatever was handled at a time."""
    scratch = tmp_path_factory.mktemp("roots")
    archive = Archive(scratch / "archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer, "_PIECE", piece)
        made = written(archive, found, scratch)
    kept = list(layer.read(archive, made.lines))
    of_lines = rowmap.origins_of(archive, made.rows, range(len(kept)))
    leaves: dict[bytes, bytes] = {}
    for text, origins in zip(kept, of_lines, strict=True):
        tags = [f"{int(one.locator.removeprefix('row=')):08x}0000" for one in origins]
        subject = text[: text.index(b" ")]
        leaves[subject] = leaves.get(subject, b"") + " ".join(tags).encode() + b"\n"
    assert made.origins == tree_root(leaves.values()).hex()
    records = [f"0\trow={number}\n".encode() for number in range(len(found))]
    assert made.records == tree_root(records).hex()
    assert (
        made.head == hashlib.sha256(archive.read(made.rows).partition(b"\n")[0] + b"\n").hexdigest()
    )
    with archive.seekable(made.rows) as blob:
        sizes = [leaf.count(b"\n") for leaf in leaves.values()]
        again = origin_roots._roots(blob, sizes)
    assert again == {"origins": made.origins, "records": made.records, "head": made.head}
