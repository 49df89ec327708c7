"""The dataset a query is asked of (SPARQL 1.1 §13.2, Protocol §2.1.4).

The engine adds up several default graphs instead of merging them: a triple that two of them hold
counts twice. So where several are asked for, their union is made first.

Graphs that are hidden from whoever asks are taken out here, and nowhere else. The engine's options
beat whatever the text says, so wherever something is hidden the whole dataset is given as options:
nothing depends on having understood the text. A hidden graph is as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.model.query import Query
from graph.queries.syntax.checks import QueryInfo

DatasetOptions = dict[str, Any]  # options of `Store.query`
_PLACEHOLDER = "urn:x-ulzii:dataset"


@dataclass(frozen=True, slots=True)
class QueryDataset:
    """Graphs that make the default graph, and graphs that GRAPH sees."""

    default: tuple[ox.NamedNode | ox.DefaultGraph, ...]
    named: tuple[ox.NamedNode, ...]

    def without(self, hidden: frozenset[str]) -> QueryDataset:
        """The same without the graphs that are hidden."""
        gone = frozenset(map(ox.NamedNode, hidden))
        return QueryDataset(
            tuple(g for g in self.default if g not in gone),
            tuple(g for g in self.named if g not in gone),
        )


_UNION = ox.DefaultGraph()


def explicit_dataset(query: Query, shape: QueryInfo | None) -> QueryDataset | None:
    """The dataset a query asks for where the engine needs to be told, else None.

    The protocol's graphs go before the query's own. Raises QuerySyntaxError for a name that is
    no IRI.
    """
    if query.default_graphs or query.named_graphs:
        return QueryDataset(_nodes(query.default_graphs), _nodes(query.named_graphs))
    if shape is not None and len(shape.from_graphs) > 1:
        return from_clauses(query, shape)
    return None


def visible_dataset(
    store: ox.Store, query: Query, shape: QueryInfo | None, hidden: frozenset[str]
) -> QueryDataset | None:
    """As `dataset`, of what is not hidden; `shape` is wanted wherever FROM occurs."""
    wanted = explicit_dataset(query, shape)
    if not hidden:
        return wanted
    if wanted is None and shape is not None and (shape.from_graphs or shape.from_named_graphs):
        wanted = from_clauses(query, shape)
    if wanted is None:
        named = (g for g in store.named_graphs() if isinstance(g, ox.NamedNode))
        wanted = QueryDataset((_UNION,), tuple(named))
    return wanted.without(hidden)


def from_clauses(query: Query, shape: QueryInfo) -> QueryDataset:
    """What FROM and FROM NAMED say."""
    return QueryDataset(
        resolve_iris(shape.from_graphs, shape.prologue, query.base),
        resolve_iris(shape.from_named_graphs, shape.prologue, query.base),
    )


def _nodes(iris: tuple[str, ...]) -> tuple[ox.NamedNode, ...]:
    try:
        return tuple(ox.NamedNode(iri) for iri in dict.fromkeys(iris))
    except ValueError as error:
        raise QuerySyntaxError(f"a graph of the dataset is no IRI: {error}") from error


def resolve_iris(
    terms: tuple[str, ...], prologue: str, base: str | None
) -> tuple[ox.NamedNode, ...]:
    """IRIs of terms as written behind FROM.

    A SPARQL prologue is Turtle, so the engine's own Turtle parser does it: same prefixes, same
    base, same rules for relative IRIs.
    """
    triples = "\n".join(f"<{_PLACEHOLDER}> <{_PLACEHOLDER}> {term} ." for term in terms)
    text = f"{prologue}\n{triples}"
    try:
        parsed = list(ox.parse(text, ox.RdfFormat.TURTLE, base_iri=base))
    except SyntaxError as error:
        raise QuerySyntaxError(f"a graph behind FROM cannot be read: {error}") from error
    nodes = [quad.object for quad in parsed if isinstance(quad.object, ox.NamedNode)]
    return tuple(dict.fromkeys(nodes))


def store_and_options(
    store: ox.Store, wanted: QueryDataset | None
) -> tuple[ox.Store, DatasetOptions]:
    """The store to ask for the dataset wanted, and the engine's options, which beat FROM."""
    if wanted is None:
        return store, {}
    default: list[ox.NamedNode | ox.DefaultGraph] = [*wanted.default]
    if len(default) > 1:
        store, default = _merged(store, wanted), [ox.DefaultGraph()]
    return store, {"default_graph": default, "named_graphs": [*wanted.named]}


def _merged(store: ox.Store, wanted: QueryDataset) -> ox.Store:
    """A store in memory whose default graph is the union, within the worker's limits."""
    merged = ox.Store()
    merged.bulk_extend(_quads(store, wanted))
    return merged


def _quads(store: ox.Store, wanted: QueryDataset) -> Iterator[ox.Quad]:
    for graph in wanted.default:
        for quad in store.quads_for_pattern(None, None, None, graph):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
    for graph in wanted.named:
        yield from store.quads_for_pattern(None, None, None, graph)
