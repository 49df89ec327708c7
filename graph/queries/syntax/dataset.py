"""The RDF dataset of a query (SPARQL 1.1 §13.2, Protocol §2.1.4).

The engine concatenates several default graphs instead of merging them, so that a triple in two of
them counts twice. If a query names several, their union is built first.

Graphs that the client may not read are removed here and nowhere else. The engine's options take
precedence over FROM in the text, so if any graph is hidden, the whole dataset is passed as options
and nothing depends on parsing the text correctly. A hidden graph behaves like one that does not
exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.model.query import Query
from graph.queries.syntax.checks import QueryInfo

DatasetOptions = dict[str, Any]
"""Keyword arguments of `Store.query`."""
_PLACEHOLDER = "urn:x-ulzii:dataset"


@dataclass(frozen=True, slots=True)
class QueryDataset:
    """The graphs whose union is the default graph, and the named graphs."""

    default_graphs: tuple[ox.NamedNode | ox.DefaultGraph, ...]
    named_graphs: tuple[ox.NamedNode, ...]

    def without(self, hidden: frozenset[str]) -> QueryDataset:
        """The same dataset without the hidden graphs."""
        removed = frozenset(map(ox.NamedNode, hidden))
        return QueryDataset(
            tuple(g for g in self.default_graphs if g not in removed),
            tuple(g for g in self.named_graphs if g not in removed),
        )


_UNION = ox.DefaultGraph()


def explicit_dataset(query: Query, info: QueryInfo | None) -> QueryDataset | None:
    """The dataset to pass to the engine as options; None if the text of the query says enough.

    The graphs of the protocol request take precedence over FROM. `info` is needed only for queries
    with FROM. Raises QuerySyntaxError for a name that is not an IRI.
    """
    if query.default_graphs or query.named_graphs:
        return QueryDataset(_nodes(query.default_graphs), _nodes(query.named_graphs))
    if info is not None and len(info.from_graphs) > 1:
        return from_clauses(query, info)
    return None


def visible_dataset(
    store: ox.Store, query: Query, info: QueryInfo | None, hidden: frozenset[str]
) -> QueryDataset | None:
    """As `explicit_dataset`, without the hidden graphs."""
    dataset = explicit_dataset(query, info)
    if not hidden:
        return dataset
    if dataset is None and info is not None and (info.from_graphs or info.from_named_graphs):
        dataset = from_clauses(query, info)
    if dataset is None:
        named = (g for g in store.named_graphs() if isinstance(g, ox.NamedNode))
        dataset = QueryDataset((_UNION,), tuple(named))
    return dataset.without(hidden)


def from_clauses(query: Query, info: QueryInfo) -> QueryDataset:
    """The dataset that the FROM and FROM NAMED clauses of a query describe."""
    return QueryDataset(
        resolve_iris(info.from_graphs, info.prologue, query.base),
        resolve_iris(info.from_named_graphs, info.prologue, query.base),
    )


def _nodes(iris: tuple[str, ...]) -> tuple[ox.NamedNode, ...]:
    try:
        return tuple(ox.NamedNode(iri) for iri in dict.fromkeys(iris))
    except ValueError as error:
        raise QuerySyntaxError(f"a graph of the dataset is not an IRI: {error}") from error


def resolve_iris(
    terms: tuple[str, ...], prologue: str, base: str | None
) -> tuple[ox.NamedNode, ...]:
    """The IRIs of terms as written in a query, such as those after FROM.

    A SPARQL prologue is valid Turtle, so the engine's Turtle parser resolves them, with the same
    prefixes, the same base and the same rules for relative IRIs.
    """
    triples = "\n".join(f"<{_PLACEHOLDER}> <{_PLACEHOLDER}> {term} ." for term in terms)
    text = f"{prologue}\n{triples}"
    try:
        parsed = list(ox.parse(text, ox.RdfFormat.TURTLE, base_iri=base))
    except SyntaxError as error:
        raise QuerySyntaxError(f"the name of a graph after FROM cannot be read: {error}") from error
    nodes = [quad.object for quad in parsed if isinstance(quad.object, ox.NamedNode)]
    return tuple(dict.fromkeys(nodes))


def store_and_options(
    store: ox.Store, dataset: QueryDataset | None
) -> tuple[ox.Store, DatasetOptions]:
    """The store to query for a dataset, and the engine's options, which override FROM.

    The store is a copy in memory if the default graph is the union of several graphs.
    """
    if dataset is None:
        return store, {}
    default: list[ox.NamedNode | ox.DefaultGraph] = [*dataset.default_graphs]
    if len(default) > 1:
        store, default = _merged(store, dataset), [ox.DefaultGraph()]
    return store, {"default_graph": default, "named_graphs": [*dataset.named_graphs]}


def _merged(store: ox.Store, dataset: QueryDataset) -> ox.Store:
    # In memory, so a large union is stopped by the memory limit of the worker.
    merged = ox.Store()
    merged.bulk_extend(_quads(store, dataset))
    return merged


def _quads(store: ox.Store, dataset: QueryDataset) -> Iterator[ox.Quad]:
    for graph in dataset.default_graphs:
        for quad in store.quads_for_pattern(None, None, None, graph):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
    for graph in dataset.named_graphs:
        yield from store.quads_for_pattern(None, None, None, graph)
