"""A remote engine: runs one request on it, inside a worker, and writes the answer into a spool.

A query is first parsed by the embedded engine, on an empty store: so the language is the same
whichever engine answers, and no update passes for a query. The remote answer is parsed by
`graph.queries.engines.remote_results`. At the deadline the worker is killed, which cuts its
connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.core.errors import ConfigError, QueryUnsupported
from graph.core.instance import Instance
from graph.publication.remote import GRAPHS
from graph.queries.engines import custom_functions, embedded
from graph.queries.engines.remote_results import (
    RemoteQuery,
    broken_answer,
    fetch_results,
    solutions,
    triples,
)
from graph.queries.model.formats import Format
from graph.queries.model.query import GraphDocument, Query, ResourceDocument
from graph.queries.results import resource_description, serialize
from graph.queries.results.spool import ResultSpool
from graph.queries.syntax import dataset, syntax_hints
from graph.queries.syntax.checks import QueryInfo, inspect
from graph.queries.syntax.tokens import tokenize
from graph.store.protocol import RESULTS, TRIPLES, ProtocolDataset, SparqlClient
from graph.store.remote import union_graph
from vocab.namespaces import RDF
from vocab.terms import Triples

_BATCH = 200  # resources of a document in one query


@dataclass(slots=True)
class RemoteEngine:
    """A remote store, as a snapshot shows it.

    `grammar` is an empty store, for parsing. `named` are the published graphs, `nothing` the IRI of
    a graph that does not exist.
    """

    client: SparqlClient
    grammar: ox.Store
    union_graph: str
    named: tuple[str, ...]
    nothing: str

    @classmethod
    def of(cls, instance: Instance, snapshot: Path) -> RemoteEngine:
        """The store that a snapshot's directory stands for.

        Raises OSError when its list of graphs or the credentials cannot be read.
        """
        assert instance.remote is not None
        named = tuple(json.loads((snapshot / GRAPHS).read_text("utf-8")))
        try:
            client = SparqlClient(instance.remote, instance.keys)
        except ConfigError as error:
            raise OSError(str(error)) from error
        nothing = f"{instance.base}store/nothing"  # without a named graph GRAPH would see all
        return cls(client, ox.Store(), union_graph(instance.base), named, nothing)

    def _dataset(
        self, query: Query, info: QueryInfo, hidden: frozenset[str]
    ) -> dataset.QueryDataset | None:
        """A query's dataset, by the protocol or else by FROM, without hidden graphs; None for all
        that is published."""
        selected = dataset.explicit_dataset(query, None)
        if selected is None and (info.from_graphs or info.from_named_graphs):
            selected = dataset.from_clauses(query, info)
        if selected is None and hidden:
            selected = dataset.QueryDataset(
                (ox.DefaultGraph(),), tuple(map(ox.NamedNode, self.named))
            )
        return selected and selected.without(hidden)

    def _graphs(self, selected: dataset.QueryDataset | None) -> ProtocolDataset:
        """A dataset as the protocol's parameters."""
        if selected is None:
            return ProtocolDataset((self.union_graph,), self.named)
        return ProtocolDataset(
            self._iris(selected.default_graphs), self._iris(selected.named_graphs)
        )

    def _iris(self, graphs: Iterable[ox.NamedNode | ox.DefaultGraph]) -> tuple[str, ...]:
        iris = tuple(
            graph.value if isinstance(graph, ox.NamedNode) else self.union_graph for graph in graphs
        )
        return iris or (self.nothing,)

    def run_query(
        self, query: Query, spool: ResultSpool, snapshot: Path, hidden: frozenset[str]
    ) -> Format:
        """Run a query and write its whole result.

        Raises QueryError in all its kinds.
        """
        info = inspect(query.text, len(query.text.encode()))
        seen = self._dataset(query, info, hidden)
        text = embedded.apply_steps(embedded.EngineRequest(self.grammar, query, snapshot, seen))
        graph = _is_graph(self.grammar, text, query.base)
        remote = RemoteQuery(
            text=(f"BASE <{query.base}>\n" if query.base else "") + _without_from(text),
            form=info.form,
            accept=TRIPLES if graph else RESULTS,
            graphs=self._graphs(seen),
        )
        with fetch_results(self.client, remote, spool) as body:
            result = (
                triples(body, self.client) if graph else solutions(body, self.client, info.form)
            )
            try:
                return serialize.write_result(result, query, spool)
            except (SyntaxError, RuntimeError, ValueError) as error:
                raise broken_answer(error) from error

    def write_document(self, document: ResourceDocument, spool: ResultSpool) -> tuple[Format, int]:
        """Write a resource's document, up to its limit; returns how many statements there are."""
        return serialize.write_resource(RemoteLinks(self, spool), document, spool)

    def write_graph(
        self, document: GraphDocument, spool: ResultSpool, hidden: frozenset[str]
    ) -> tuple[Format, int]:
        """Write all statements of a graph; returns their number. A hidden graph is empty."""
        name = self.nothing if document.iri in hidden else document.iri or self.union_graph
        text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
        remote = RemoteQuery(text, "CONSTRUCT", TRIPLES, ProtocolDataset((name,), (self.nothing,)))
        with fetch_results(self.client, remote, spool) as body:
            return serialize.write_graph(triples(body, self.client), document, spool)


class RemoteLinks:
    """Links in a remote store (see graph.queries.results.resource_description)."""

    def __init__(self, target: RemoteEngine, spool: ResultSpool) -> None:
        self._target = target
        self._spool = spool

    def outgoing(self, subjects: resource_description.Nodes) -> Triples:
        """See Links."""
        for batch in _batches(subjects):
            triples = self._construct(f"VALUES ?s {{ {batch} }} ?s ?p ?o")
            yield from sorted(triples, key=lambda triple: str(triple.subject))

    def incoming(
        self, objects: resource_description.Nodes, prefixes: tuple[str, str]
    ) -> Iterator[object]:
        """See Links."""
        within = " || ".join(f"STRSTARTS(STR(?s), {ox.Literal(start)})" for start in prefixes)
        for batch in _batches(objects):
            pattern = f"VALUES ?o {{ {batch} }} ?s ?p ?o FILTER (isIRI(?s) && ({within}))"
            yield from (triple.subject for triple in self._construct(pattern))

    def of_class(self, nodes: resource_description.Nodes, class_: ox.NamedNode) -> Iterator[object]:
        """See Links."""
        for batch in _batches(nodes):
            pattern = f"VALUES (?p ?o) {{ ({RDF.type} {class_}) }} VALUES ?s {{ {batch} }} ?s ?p ?o"
            yield from (triple.subject for triple in self._construct(pattern))

    def _construct(self, pattern: str) -> list[ox.Triple]:
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
        target = self._target
        graphs = ProtocolDataset((target.union_graph,), (target.nothing,))
        remote = RemoteQuery(text, "CONSTRUCT", TRIPLES, graphs)
        with fetch_results(target.client, remote, self._spool) as body:
            return list(triples(body, target.client))


def _batches(things: Sequence[ox.NamedNode]) -> Iterator[str]:
    for start in range(0, len(things), _BATCH):
        yield " ".join(map(str, things[start : start + _BATCH]))


def _is_graph(grammar: ox.Store, text: str, base: str | None) -> bool:
    """Whether a query returns a graph. It is only parsed: the store is empty.

    Raises QuerySyntaxError.
    """
    try:
        return custom_functions.with_functions(
            lambda known: isinstance(
                grammar.query(text, base_iri=base, custom_functions=known), ox.QueryTriples
            )
        )
    except SyntaxError as error:
        raise syntax_hints.explain(text, embedded.syntax_error(str(error))) from error
    except (RuntimeError, ValueError) as error:
        raise QueryUnsupported(str(error)) from error


def _without_from(text: str) -> str:
    """A query without its FROM clauses: its dataset is sent as parameters. Some engines add these
    to FROM, where they must override it (SPARQL 1.1 Protocol §2.1.4)."""
    if "from" not in text.lower():
        return text
    tokens = list(tokenize(text))
    pieces, place = list[str](), 0
    for i, token in enumerate(tokens[:-1]):
        if token.kind == "word" and token.text.upper() == "FROM":
            name = tokens[i + 2] if tokens[i + 1].text.upper() == "NAMED" else tokens[i + 1]
            pieces.append(text[place : token.end - len(token.text)])
            place = name.end
    return "".join([*pieces, text[place:]])
