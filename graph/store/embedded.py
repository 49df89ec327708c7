"""The embedded store: Oxigraph in a directory."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from graph.store.base import OpenLines
from vocab.terms import Object, Triples

T = TypeVar("T")

_NT = ox.RdfFormat.N_TRIPLES
_DEFAULT = ox.DefaultGraph()
_MANY_FILES = 64  # a compacted store has 12; each small patch adds up to 11
_BATCH = 10_000
_BULK = 32 << 20  # bytes of statements in a batch


class EmbeddedStore:
    """A directory that Oxigraph writes, or reads only.

    `restricted` graphs are no part of the union.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, restricted: frozenset[str] = frozenset()
    ) -> None:
        self.path = path
        self._batches = 0  # loaded in bulk
        self._writes = not read_only
        self._restricted = restricted
        self._outside = frozenset((_DEFAULT, *map(ox.NamedNode, restricted)))
        self._store: ox.Store | None = ox.Store.read_only(str(path)) if read_only else None
        if self._store is None:
            path.mkdir(parents=True, exist_ok=True)
            self._store = ox.Store(str(path))

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise ValueError("the store is closed")
        return self._store

    def load(self, graph: str, lines: OpenLines) -> None:
        """See GraphStore. Batch by batch, for in one go the engine would hold all of it in memory;
        graph and union each on a thread, so that neither waits for what the other cannot share.
        """
        with ExitStack() as threads, lines() as file:
            fill = [threads.enter_context(self._filling(name)) for name in self._targets(graph)]
            under_way: deque[list[Future[None]]] = deque()
            while batch := file.read(_BULK) + file.readline():
                under_way.append([into(batch) for into in fill])
                self._batches += 1
                _wait(under_way.popleft() if len(under_way) > 1 else ())
            _wait(chain.from_iterable(under_way))

    @contextmanager
    def _filling(
        self, target: ox.NamedNode | ox.DefaultGraph
    ) -> Iterator[Callable[[bytes], Future[None]]]:
        """What takes batches into a graph. The union need not check what the graph checks too."""
        load = partial(self._open.bulk_load, format=_NT, to_graph=target)
        with ThreadPoolExecutor(1) as thread:
            yield lambda batch: thread.submit(load, batch, lenient=target == _DEFAULT)

    def _targets(self, graph: str) -> list[ox.NamedNode | ox.DefaultGraph]:
        """Where the statements of a graph are kept: there, and in the union."""
        return [ox.NamedNode(graph), *([] if graph in self._restricted else [_DEFAULT])]

    def change(self, graph: str, adds: Iterable[bytes], deletes: Iterable[bytes]) -> None:
        """See GraphStore."""
        name, *union = self._targets(graph)
        for triple in _triples(deletes):
            self._open.remove(_quad(triple, name))
            if union and not self._stated(triple):
                self._open.remove(_quad(triple, _DEFAULT))
        for batch in _batches(_triples(adds)):
            self._open.extend(_quad(t, g) for t in batch for g in (name, *union))

    def _stated(self, triple: ox.Triple) -> bool:
        """Whether a named graph of the union holds the triple."""
        found = self._open.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        return any(quad.graph_name not in self._outside for quad in found)

    def graphs(self) -> set[str]:
        """See GraphStore."""
        named = (g for g in self._open.named_graphs() if isinstance(g, ox.NamedNode))
        return {g.value for g in named if self._holds(g)}

    def _holds(self, graph: ox.NamedNode) -> bool:
        # a graph whose last statement went is still listed by the engine
        return next(iter(self._open.quads_for_pattern(None, None, None, graph)), None) is not None

    def lines(self, graph: str | None) -> Iterator[bytes]:
        """See GraphStore."""
        name = ox.NamedNode(graph) if graph else _DEFAULT
        for quad in self._open.quads_for_pattern(None, None, None, name):
            yield f"{quad.subject} {quad.predicate} {quad.object} .".encode()

    def matching(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: Object | None,
        graph: str | None,
    ) -> Iterator[ox.Quad]:
        """The statements of a named graph, or of the union (None), that match."""
        name = ox.NamedNode(graph) if graph else _DEFAULT
        return self._open.quads_for_pattern(subject, predicate, value, name)

    def size(self) -> int:
        """See GraphStore."""
        rows = self._open.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        assert isinstance(rows, ox.QuerySolutions)
        return int(next(rows)["n"].value)

    def copy_to(self, path: Path) -> None:
        """A copy that shares the files that never change (hard links)."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open.backup(str(path))

    def close(self) -> None:
        """See GraphStore."""
        if self._store is None:
            return
        store, self._store = self._store, None
        del store
        if self._writes:
            gc.collect()  # the engine lets go of its lock when the last reference dies

    def finish(self) -> None:
        """Flush, and merge what costs every reader: many small files, and batches of a bulk load,
        whose keys lie between each other's. Then close."""
        self._open.flush()
        if self._batches > 1 or len(list(self.path.glob("*.sst"))) > _MANY_FILES:
            self._open.optimize()
        self.close()


def _wait(for_all: Iterable[Future[None]]) -> None:
    for one in for_all:
        one.result()


def _quad(triple: ox.Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _triples(lines: Iterable[bytes]) -> Triples:
    for batch in _batches(lines):
        for quad in ox.parse(b"\n".join(batch), _NT):
            yield quad.triple


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        yield batch
