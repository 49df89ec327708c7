"""The store behind the protocol: any SPARQL 1.1 engine.

It promises less than the embedded one: nobody can make several requests one, so readers may see a
mixture while a version is published, and there are no snapshots. What can be promised is kept by a
marker: a graph that says which size of the ledger the store shows, and which one is being written.
It is written last, so what a crash left half done is seen and done again.

The union of the named graphs is a named graph too, given as the default graph with every query:
engines differ in what their own default graph is, and some have none that one can write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import IO, NamedTuple, TypeVar

import pyoxigraph as ox

from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.core.remote_settings import Remote
from graph.statements import canonical
from graph.store import engines
from graph.store.base import OpenLines
from graph.store.protocol import SparqlClient

T = TypeVar("T")

_POSTED = 20_000  # lines of one request to the graph store
_UPDATED = 500  # statements of one update: some engines compile each of them
_CHECKED = 50  # operations of one update that look whether a statement is still stated


class StoreMarker(NamedTuple):
    """What the marker says: the ledger's size that is shown, and the size that is being written
    where that was not finished."""

    size: int = 0
    target_size: int = 0


class RemoteStore:
    """A store of one instance in a SPARQL 1.1 engine."""

    def __init__(
        self, instance: Instance, *, owner: str, restricted: frozenset[str] = frozenset()
    ) -> None:
        """`owner` is the ledger's verifier key: a marker with another one is somebody else's.
        `restricted` graphs are no part of the union."""
        assert instance.remote is not None
        self.client = SparqlClient(instance.remote, instance.keys)
        self._owner = owner
        self._restricted = restricted
        self._graphs = instance.base + "graph/"
        self._state = f"{instance.base}store"
        self.union_graph = union_graph(instance.base)

    @classmethod
    def detect_engine(cls, instance: Instance) -> Remote:
        """The settings of an instance's store with the engine's name, as it gives it itself.

        Raises StorageError when it does not answer.
        """
        assert instance.remote is not None
        with SparqlClient(instance.remote, instance.keys) as client:
            return replace(instance.remote, engine=engines.name_from_header(client.server_name()))

    def load(self, graph: str, lines: OpenLines) -> None:
        """See GraphStore."""
        with lines() as file:
            for batch in self._pieces(file):
                for target in self._targets(graph):
                    self.client.add(target, batch)

    def _targets(self, graph: str) -> list[str]:
        """Where the statements of a graph are kept: there, and in the union."""
        return [graph, *([] if graph in self._restricted else [self.union_graph])]

    def change(self, graph: str, adds: Iterable[bytes], deletes: Iterable[bytes]) -> None:
        """See GraphStore."""
        for batch in _batches(map(self._accepted, deletes), _UPDATED):
            self.client.update([_data("DELETE", graph, batch)])
            for few in _batches(batch if graph not in self._restricted else (), _CHECKED):
                self.client.update([self._unless_stated(line) for line in few])
        for batch in _batches(map(self._accepted, adds), _UPDATED):
            self.client.update([_data("INSERT", g, batch) for g in self._targets(graph)])

    def _accepted(self, line: bytes) -> bytes:
        return engines.adapt_line(line, self.client.engine)

    def _pieces(self, file: IO[bytes]) -> Iterator[bytes]:
        for lines in _batches(file, _POSTED):
            if self.client.engine.replaced_datatypes:
                lines = [self._accepted(line[:-1]) + b"\n" for line in lines]
            yield b"".join(lines)

    def _unless_stated(self, line: bytes) -> str:
        """Takes a statement out of the union unless a public graph of ours still holds it. The
        engine compares: it alone knows which literals it takes to be the same."""
        triple = line.decode().removesuffix(" .")
        inside = f'STRSTARTS(STR(?g), "{self._graphs}")'
        if self._restricted:
            inside += f" && ?g NOT IN ({', '.join(f'<{g}>' for g in sorted(self._restricted))})"
        stated = f"GRAPH ?g {{ {triple} }} FILTER ({inside})"
        in_union = f"GRAPH <{self.union_graph}> {{ {triple} }}"
        return f"DELETE {{ {in_union} }} WHERE {{ {in_union} FILTER NOT EXISTS {{ {stated} }} }}"

    def graphs(self) -> set[str]:
        """See GraphStore. Only ours: an engine has its own, and others' beside them."""
        ours = f'FILTER (STRSTARTS(STR(?g), "{self._graphs}"))'  # DISTINCT alone hangs Virtuoso
        rows = self._select(
            f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {ours} }} GROUP BY ?g"
        )
        return {row["g"].value for row in rows}

    def lines(self, graph: str | None) -> Iterator[bytes]:
        """See GraphStore. As the engine gives them, in the forms of canonical lines."""
        with self.client.read_graph(graph or self.union_graph) as pieces:
            for found in _batches(_triples(pieces, graph or "union", self.client), 10_000):
                yield from canonical.normalise(found)

    def size(self) -> int:
        """See GraphStore."""
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{self.union_graph}> {{ ?s ?p ?o }} }}"
        return int(next(iter(self._select(text)))["n"].value)

    def close(self) -> None:
        """See GraphStore."""
        self.client.close()

    def clear(self) -> None:
        """Drop all graphs of this instance; the marker stays."""
        for graph in sorted(self.graphs()):
            self.client.drop(graph)
        self.client.drop(self.union_graph)

    def read_marker(self) -> StoreMarker:
        """What the marker says.

        Raises ConfigError where the store is another instance's.
        """
        text = f"SELECT ?p ?o WHERE {{ GRAPH <{self._state}> {{ ?s ?p ?o }} }}"
        found = {row["p"].value: row["o"].value for row in self._select(text)}
        owner = found.get(_MARK + "owner", self._owner)
        if owner != self._owner:
            raise ConfigError(
                "this store shows another instance, with the same base and another key",
                where=self.client.remote.query_url,
                hint="Give each instance a base or an engine of its own.",
            )
        return StoreMarker(*(int(found.get(_MARK + name, 0)) for name in ("size", "towards")))

    def write_marker(self, shown: StoreMarker) -> None:
        """Write the marker anew."""
        facts = {"owner": self._owner, "size": str(shown.size), "towards": str(shown.target_size)}
        told = " ".join(
            f"<{self._state}> <{_MARK}{name}> {ox.Literal(value)} ."
            for name, value in facts.items()
            if value != "0"
        )
        self.client.update(
            [
                f"DELETE WHERE {{ GRAPH <{self._state}> {{ ?s ?p ?o }} }}",
                f"INSERT DATA {{ GRAPH <{self._state}> {{ {told} }} }}",
            ]
        )

    def _select(self, text: str) -> ox.QuerySolutions:
        found = ox.parse_query_results(self.client.select(text), ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        return found


_MARK = "urn:x-ulzii:store:"


def union_graph(base: str) -> str:
    """The graph that holds the union of an instance's named graphs."""
    return base + "store/union"


def _data(form: str, graph: str, lines: Sequence[bytes]) -> str:
    told = b"\n".join(lines).decode()
    return f"{form} DATA {{ GRAPH <{graph}> {{\n{told}\n}} }}"


class _Reader:
    """The pieces of a body as a file, for the parser."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _triples(pieces: Iterator[bytes], where: str, client: SparqlClient) -> Iterator[bytes]:
    try:
        for quad in ox.parse(_Reader(pieces), ox.RdfFormat.N_TRIPLES):  # type: ignore[arg-type]
            value = engines.restore_datatype(quad.object, client.engine)
            yield f"{quad.subject} {quad.predicate} {value} .".encode()
    except SyntaxError as error:
        what = f"the remote store's graph cannot be read: {error}"
        raise IntegrityError(what, where=where) from error


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
