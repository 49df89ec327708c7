"""The embedded store: Oxigraph in a directory."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from graph.store.base import GraphLines
from vocab.terms import Object, Triples

T = TypeVar("T")

_NT = ox.RdfFormat.N_TRIPLES
_DEFAULT = ox.DefaultGraph()
# SST files above which a store is compacted. A compacted one has 12, one for each index of named
# graphs and union; each small patch adds up to 11. At 16 every patch would compact everything.
_MAX_FILES = 64
_BATCH = 10_000
_BULK = 32 << 20  # bytes of statements in a batch
_END = b" .\n"  # of a canonical line, and nowhere else in it: literals escape line feeds

Batch = list[tuple[str, bytes]]
"""Named graphs with some of their lines."""


class EmbeddedStore:
    """An Oxigraph store in a directory, to write or to read only.

    `restricted` graphs are not part of the union.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, restricted: frozenset[str] = frozenset()
    ) -> None:
        self.path = path
        self._batches = 0  # of bulk loads
        self._writes = not read_only
        self._restricted = restricted
        self._not_in_union = frozenset((_DEFAULT, *map(ox.NamedNode, restricted)))
        self._store: ox.Store | None = ox.Store.read_only(str(path)) if read_only else None
        if self._store is None:
            path.mkdir(parents=True, exist_ok=True)
            self._store = ox.Store(str(path))

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise ValueError("the store is closed")
        return self._store

    def load(self, graphs: Iterable[GraphLines]) -> None:
        """See GraphStore."""
        # graphs and union on a thread each: parsing and sorting for one overlaps with writing for
        # the other
        with ThreadPoolExecutor(1) as named, ThreadPoolExecutor(1) as union:
            pending: deque[list[Future[None]]] = deque()
            for batch in _bulk_batches(graphs):
                loads = named.submit(self._load_named, batch), union.submit(self._load_union, batch)
                pending.append([*loads])
                self._batches += 1
                _wait(pending.popleft() if len(pending) > 1 else ())
            _wait(chain.from_iterable(pending))

    def _load_named(self, batch: Batch) -> None:
        quads = (lines.replace(_END, f" <{graph}>".encode() + _END) for graph, lines in batch)
        self._open.bulk_load(b"".join(quads), format=ox.RdfFormat.N_QUADS)

    def _load_union(self, batch: Batch) -> None:
        public = b"".join(lines for graph, lines in batch if graph not in self._restricted)
        # lenient: the same lines are checked while the named graphs are loaded
        self._open.bulk_load(public, format=_NT, to_graph=_DEFAULT, lenient=True)

    def _targets(self, graph: str) -> list[ox.NamedNode | ox.DefaultGraph]:
        """The graphs that get the statements of a named graph: itself and, if public, the union."""
        return [ox.NamedNode(graph), *([] if graph in self._restricted else [_DEFAULT])]

    def change(
        self,
        graph: str,
        adds: Iterable[bytes],
        deletes: Iterable[bytes],
        *,
        shares: bool = True,
    ) -> None:
        """See GraphStore. `shares` is whether other graphs can have the same statements.

        To look for each in all graphs takes longer than to delete it.
        """
        name, *union = self._targets(graph)
        for triple in _triples(deletes):
            self._open.remove(_quad(triple, name))
            if union and not (shares and self._in_public_graph(triple)):
                self._open.remove(_quad(triple, _DEFAULT))
        for batch in _batches(_triples(adds)):
            self._open.extend(_quad(t, g) for t in batch for g in (name, *union))

    def _in_public_graph(self, triple: ox.Triple) -> bool:
        """Whether a public named graph contains the triple."""
        quads = self._exactly(triple.subject, triple.predicate, triple.object, None)
        return any(quad.graph_name not in self._not_in_union for quad in quads)

    def _exactly(
        self,
        subject: ox.NamedNode | ox.BlankNode | ox.Triple | None,
        predicate: ox.NamedNode | None,
        value: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None,
        graph: ox.NamedNode | ox.DefaultGraph | None,
    ) -> Iterator[ox.Quad]:
        """The quads that match a pattern, and no others.

        On disk pyoxigraph 0.5.13 scans too far where the object is an xsd:integer or an
        xsd:yearMonthDuration whose lowest byte is 0xFF: 255 also gives 256 to 510. SPARQL does not.
        """
        quads = self._open.quads_for_pattern(subject, predicate, value, graph)
        if not isinstance(value, ox.Literal):
            return quads
        return (quad for quad in quads if quad.object == value)

    def graphs(self) -> set[str]:
        """See GraphStore."""
        named = (g for g in self._open.named_graphs() if isinstance(g, ox.NamedNode))
        # the engine still lists a graph whose last statement was deleted
        return {g.value for g in named if self._has_statements(g)}

    def _has_statements(self, graph: ox.NamedNode) -> bool:
        return next(iter(self._open.quads_for_pattern(None, None, None, graph)), None) is not None

    def lines(self, graph: str | None) -> Iterator[bytes]:
        """See GraphStore."""
        name = ox.NamedNode(graph) if graph else _DEFAULT
        for quad in self._open.quads_for_pattern(None, None, None, name):
            yield f"{quad.subject} {quad.predicate} {quad.object} .".encode()

    def held_lines(self, graph: str) -> list[bytes]:
        """The lines of a graph, sorted, all at once: for one that fits in memory."""
        text = self._open.dump(format=_NT, from_graph=ox.NamedNode(graph))
        assert text is not None
        return sorted(text.split(b"\n")[:-1])

    def matching(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: Object | None,
        graph: str | None,
    ) -> Iterator[ox.Quad]:
        """The statements of a named graph, or of the union (None), that match."""
        name = ox.NamedNode(graph) if graph else _DEFAULT
        return self._exactly(subject, predicate, value, name)

    def size(self) -> int:
        """See GraphStore."""
        rows = self._open.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        assert isinstance(rows, ox.QuerySolutions)
        return int(next(rows)["n"].value)

    def copy_to(self, path: Path) -> None:
        """Copy the store; SST files never change, so they are hard-linked, which takes no space."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open.backup(str(path))

    def close(self) -> None:
        """See GraphStore."""
        if self._store is None:
            return
        store, self._store = self._store, None
        del store
        if self._writes:
            gc.collect()  # the engine releases its lock when the last reference is collected

    def finish(self) -> None:
        """Flush, compact if that makes reading faster, and close."""
        self._open.flush()
        # Every reader pays for many small files, and for several batches of bulk loads, whose key
        # ranges overlap: a scan of unmerged batches takes twice the time.
        if self._batches > 1 or len(list(self.path.glob("*.sst"))) > _MAX_FILES:
            self._open.optimize()
        self.close()


def _bulk_batches(graphs: Iterable[GraphLines]) -> Iterator[Batch]:
    """The lines of all graphs in batches: the engine holds one bulk load in memory. Small graphs
    share a batch, since each bulk load writes files of its own, which have to be merged."""
    batch, size = Batch(), 0
    for graph, lines in graphs:
        with lines() as file:
            while piece := file.read(_BULK - size) + file.readline():
                batch.append((graph, piece))
                size += len(piece)
                if size >= _BULK:
                    yield batch
                    batch, size = Batch(), 0
    if batch:
        yield batch


def _wait(futures: Iterable[Future[None]]) -> None:
    for future in futures:
        future.result()


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
