"""A store in a SPARQL 1.1 engine, over HTTP.

It guarantees less than the embedded store. The protocol has no transactions over several requests,
so readers may see a mixture of two versions during a publication, and there are no snapshots. A
marker makes publications recoverable: a graph with the size of the ledger that the store shows, and
the size that is being written. It is completed last, so an interrupted publication is detected and
repeated.

The union of the named graphs is a named graph too and is given as the default graph with every
query: engines differ in what their own default graph is, and in some it cannot be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import IO, NamedTuple, TypeVar

import pyoxigraph as ox

from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.core.remote_settings import RemoteStoreSettings
from graph.statements import canonical
from graph.store import engines
from graph.store.base import GraphLines
from graph.store.protocol import SparqlClient

T = TypeVar("T")

_POST_LINES = 20_000  # lines in one request of the Graph Store Protocol
_UPDATE_LINES = 500  # statements in one update: some engines compile each of them
_UPDATE_CHECKS = 50  # operations in one update that search other graphs for a statement


class StoreMarker(NamedTuple):
    """The state of a store: `size` of the ledger that it shows completely.

    `target_size` is the size that is being written, 0 where no publication is unfinished.
    """

    size: int = 0
    target_size: int = 0


class RemoteStore:
    """A store of one instance in a SPARQL 1.1 engine."""

    def __init__(
        self, instance: Instance, *, owner: str, restricted: frozenset[str] = frozenset()
    ) -> None:
        """`owner` is the ledger's verifier key: a marker with another one is of another instance.

        `restricted` graphs are not part of the union.
        """
        assert instance.remote is not None
        self.client = SparqlClient(instance.remote, instance.keys)
        self._owner = owner
        self._restricted = restricted
        self._graphs = instance.base + "graph/"
        self._state = f"{instance.base}store"
        self.union_graph = union_graph(instance.base)

    @classmethod
    def detect_engine(cls, instance: Instance) -> RemoteStoreSettings:
        """The settings of an instance's store, with the name of the engine that answers there.

        Raises StorageError where none does.
        """
        assert instance.remote is not None
        with SparqlClient(instance.remote, instance.keys) as client:
            return replace(instance.remote, engine=engines.name_from_header(client.server_name()))

    def load(self, graphs: Iterable[GraphLines]) -> None:
        """See GraphStore."""
        for graph, lines in graphs:
            with lines() as file:
                for batch in self._request_bodies(file):
                    for target in self._targets(graph):
                        self.client.add(target, batch)

    def _targets(self, graph: str) -> list[str]:
        """The graphs that get the statements of a named graph: itself and, if public, the union."""
        return [graph, *([] if graph in self._restricted else [self.union_graph])]

    def change(self, graph: str, adds: Iterable[bytes], deletes: Iterable[bytes]) -> None:
        """See GraphStore."""
        for batch in _batches(map(self._adapted, deletes), _UPDATE_LINES):
            self.client.update([_data("DELETE", graph, batch)])
            in_union = batch if graph not in self._restricted else ()
            for few in _batches(in_union, _UPDATE_CHECKS):
                self.client.update([self._delete_from_union(line) for line in few])
        for batch in _batches(map(self._adapted, adds), _UPDATE_LINES):
            self.client.update([_data("INSERT", g, batch) for g in self._targets(graph)])

    def _adapted(self, line: bytes) -> bytes:
        return engines.adapt_line(line, self.client.engine)

    def _request_bodies(self, file: IO[bytes]) -> Iterator[bytes]:
        for lines in _batches(file, _POST_LINES):
            if self.client.engine.replaced_datatypes:
                lines = [self._adapted(line[:-1]) + b"\n" for line in lines]
            yield b"".join(lines)

    def _delete_from_union(self, line: bytes) -> str:
        """An update that deletes a statement from the union unless a public graph contains it."""
        # compared by the engine, as it alone knows which literals it considers equal
        triple = line.decode().removesuffix(" .")
        inside = f'STRSTARTS(STR(?g), "{self._graphs}")'
        if self._restricted:
            inside += f" && ?g NOT IN ({', '.join(f'<{g}>' for g in sorted(self._restricted))})"
        stated = f"GRAPH ?g {{ {triple} }} FILTER ({inside})"
        in_union = f"GRAPH <{self.union_graph}> {{ {triple} }}"
        return f"DELETE {{ {in_union} }} WHERE {{ {in_union} FILTER NOT EXISTS {{ {stated} }} }}"

    def graphs(self) -> set[str]:
        """See GraphStore. Only graphs of this instance: an engine may contain others."""
        own = f'FILTER (STRSTARTS(STR(?g), "{self._graphs}"))'
        # GROUP BY, because SELECT DISTINCT ?g does not end in Virtuoso
        rows = self._select(
            f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {own} }} GROUP BY ?g"
        )
        return {row["g"].value for row in rows}

    def lines(self, graph: str | None) -> Iterator[bytes]:
        """See GraphStore. The literals are brought to canonical form again."""
        with self.client.read_graph(graph or self.union_graph) as chunks:
            for batch in _batches(_triples(chunks, graph or "union", self.client), 10_000):
                yield from canonical.normalise(batch)

    def size(self) -> int:
        """See GraphStore."""
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{self.union_graph}> {{ ?s ?p ?o }} }}"
        return int(next(iter(self._select(text)))["n"].value)

    def close(self) -> None:
        """See GraphStore."""
        self.client.close()

    def clear(self) -> None:
        """Delete all graphs of this instance except the marker."""
        for graph in sorted(self.graphs()):
            self.client.drop(graph)
        self.client.drop(self.union_graph)

    def read_marker(self) -> StoreMarker:
        """The marker; sizes of 0 where there is none.

        Raises ConfigError where it is another instance's.
        """
        text = f"SELECT ?p ?o WHERE {{ GRAPH <{self._state}> {{ ?s ?p ?o }} }}"
        facts = {row["p"].value: row["o"].value for row in self._select(text)}
        owner = facts.get(_MARK + "owner", self._owner)
        if owner != self._owner:
            raise ConfigError(
                "this store belongs to another instance, with the same base and another key",
                where=self.client.remote.query_url,
                hint="Give each instance its own base or its own engine.",
            )
        size, target_size = (int(facts.get(_MARK + name, 0)) for name in ("size", "towards"))
        return StoreMarker(size, target_size)

    def write_marker(self, marker: StoreMarker) -> None:
        """Replace the marker."""
        facts = {"owner": self._owner, "size": str(marker.size), "towards": str(marker.target_size)}
        triples = " ".join(
            f"<{self._state}> <{_MARK}{name}> {ox.Literal(value)} ."
            for name, value in facts.items()
            if value != "0"
        )
        self.client.update(
            [
                f"DELETE WHERE {{ GRAPH <{self._state}> {{ ?s ?p ?o }} }}",
                f"INSERT DATA {{ GRAPH <{self._state}> {{ {triples} }} }}",
            ]
        )

    def _select(self, text: str) -> ox.QuerySolutions:
        solutions = ox.parse_query_results(self.client.select(text), ox.QueryResultsFormat.JSON)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions


_MARK = "urn:x-ulzii:store:"


def union_graph(base: str) -> str:
    """The IRI of the graph with the union of an instance's public graphs."""
    return base + "store/union"


def _data(form: str, graph: str, lines: Sequence[bytes]) -> str:
    triples = b"\n".join(lines).decode()
    return f"{form} DATA {{ GRAPH <{graph}> {{\n{triples}\n}} }}"


class _ChunkReader:
    """The chunks of a body as a file, for the parser."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def _triples(chunks: Iterator[bytes], where: str, client: SparqlClient) -> Iterator[bytes]:
    try:
        for quad in ox.parse(_ChunkReader(chunks), ox.RdfFormat.N_TRIPLES):  # type: ignore[arg-type]
            value = engines.restore_datatype(quad.object, client.engine)
            yield f"{quad.subject} {quad.predicate} {value} .".encode()
    except SyntaxError as error:
        message = f"the graph in the remote store cannot be parsed: {error}"
        raise IntegrityError(message, where=where) from error


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
