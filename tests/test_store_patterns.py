"""The embedded store matches exactly, also where the engine's own pattern look-up does not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.store import embedded
from graph.store.embedded import EmbeddedStore
from tests import parts
from vocab.namespaces import XSD

GRAPHS = ("https://example.mn/graph/a", "https://example.mn/graph/b")
SUBJECT, PREDICATE = ox.NamedNode("https://example.mn/s"), ox.NamedNode("https://example.mn/p")
VALUES = {
    "integer": [*range(2001), -1, -255, -256, 65_535, 65_536, 2**31 - 1, 37_631],
    "decimal": [f"{n}.5" for n in range(600)],
    "double": [f"{n}.0E0" for n in range(600)],
    "float": [f"{n}.0E0" for n in range(600)],
    "boolean": ["true", "false"],
    "date": [f"{year}-01-01" for year in range(1700, 2300)],
    "dateTime": [f"{year}-01-01T00:00:00Z" for year in range(1700, 2300)],
    "time": [f"{n // 60:02}:{n % 60:02}:00Z" for n in range(600)],
    "gYear": [f"{year}" for year in range(1700, 2300)],
    "duration": [f"P{n}DT1S" for n in range(1, 600)],
    "dayTimeDuration": [f"PT{n}S" for n in range(1, 60)],
    "yearMonthDuration": [f"P{n}Y1M" for n in range(1, 600)] + [f"P{n}M" for n in range(1, 12)],
    "string": [f"{n}" for n in range(600)],
}


def line(value: ox.Literal) -> bytes:
    return f"{SUBJECT} {PREDICATE} {value} .".encode()


def file_of(lines: Iterable[bytes]) -> IO[bytes]:
    return BytesIO(b"".join(one + b"\n" for one in lines))


def literals(datatype: str) -> list[ox.Literal]:
    kind = XSD[datatype]
    return [ox.Literal(str(value), datatype=kind) for value in VALUES[datatype]]


@pytest.mark.parametrize("datatype", VALUES)
def test_a_bound_object_matches_itself_alone(datatype: str, tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    store.load([(GRAPHS[0], lambda: file_of(map(line, literals(datatype))))])
    stored = [quad.object for quad in store.matching(None, None, None, GRAPHS[0])]
    assert len(stored) == len(VALUES[datatype])
    for value in stored:
        assert isinstance(value, ox.Literal)
        for subject in (None, SUBJECT):
            [quad] = store.matching(subject, PREDICATE, value, GRAPHS[0])
            assert quad.object == value
    store.close()


numbers = st.frozensets(st.sampled_from([254, 255, 256, 300, 510, 511, 512, 1023, 1024, 1278]))


@given(before=st.tuples(numbers, numbers), after=st.tuples(numbers, numbers))
@settings(deadline=None, max_examples=parts.examples(15, 80))
def test_the_union_holds_what_a_graph_holds_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
    before: tuple[frozenset[int], frozenset[int]],
    after: tuple[frozenset[int], frozenset[int]],
) -> None:
    store = EmbeddedStore(tmp_path_factory.mktemp("union") / "store")
    for graph, old in zip(GRAPHS, before, strict=True):
        store.load([(graph, partial(file_of, [integer(n) for n in sorted(old)]))])
    for graph, old, new in zip(GRAPHS, before, after, strict=True):
        adds, deletes = sorted(new - old), sorted(old - new)
        store.change(graph, map(integer, adds), map(integer, deletes))
    union = set[bytes]().union(*(store.lines(graph) for graph in GRAPHS))
    assert set(store.lines(None)) == union == {integer(n) for n in after[0] | after[1]}
    store.close()


def integer(number: int) -> bytes:
    return line(ox.Literal(str(number), datatype=XSD.integer))


@pytest.mark.parametrize("bulk", [50, 1 << 20])
def test_graphs_that_share_a_batch_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bulk: int
) -> None:
    monkeypatch.setattr(embedded, "_BULK", bulk)
    text = line(ox.Literal('ends " .\n<urn:x> .\n', language="mn"))
    hidden, public = "https://example.mn/graph/hidden", [*map(integer, range(20)), text]
    graphs = {GRAPHS[0]: public, GRAPHS[1]: [text], hidden: [integer(7), integer(99)]}
    store = EmbeddedStore(tmp_path / "store", restricted=frozenset({hidden}))
    store.load((graph, partial(file_of, lines)) for graph, lines in graphs.items())
    assert {graph: set(store.lines(graph)) for graph in graphs} == {
        graph: set(lines) for graph, lines in graphs.items()
    }
    assert sorted(store.lines(None)) == sorted(public)
    store.close()
