"""Which source's description of a dataset counts, where several describe it.

A source that harvests a catalogue may describe a dataset that another one described before. Both
keep what they say in their own graphs; in the catalogue the dataset has one entry, by the first.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from vocab.namespaces import DCAT, RDF
from vocab.terms import Object

Graphs = frozenset[str]
"""Names of graphs, each for all layers of a source."""

NONE: Graphs = frozenset()

_DEFAULT = ox.DefaultGraph()
_LINKS = (DCAT.dataset, DCAT.service)
_TYPES = (DCAT.Dataset, DCAT.DataService)


class Descriptions:
    """Answers for the catalogue `root` in a store with named graphs."""

    def __init__(self, store: ox.Store, root: str) -> None:
        self._store = store
        self._root = ox.NamedNode(root)

    def rivals(self, node: ox.NamedNode) -> Graphs:
        """The graphs that describe a dataset or service whose entry is another source's."""
        describing = self._graphs(ox.Quad(node, RDF.type, type_) for type_ in _TYPES)
        if len(describing) < 2:
            return NONE
        owners = self._graphs(ox.Quad(self._root, link, node) for link in _LINKS)
        return describing - owners if owners else NONE

    def _graphs(self, triples: Iterator[ox.Quad]) -> Graphs:
        return frozenset(
            _source_graph(quad.graph_name)
            for one in triples
            for quad in self._store.quads_for_pattern(one.subject, one.predicate, one.object, None)
            if quad.graph_name != _DEFAULT
        )

    def properties(
        self, node: ox.NamedNode, rivals: Graphs
    ) -> Iterator[tuple[ox.NamedNode, Object]]:
        """The public properties of a node that not only these graphs state."""
        found = {
            (quad.predicate, quad.object): None
            for quad in self._store.quads_for_pattern(node, None, None, None)
            if quad.graph_name != _DEFAULT and _source_graph(quad.graph_name) not in rivals
        }
        for predicate, value in found:
            # the default graph has no restricted statements
            is_public = ox.Quad(node, predicate, value, _DEFAULT) in self._store
            if is_public and isinstance(value, Object):
                yield predicate, value


def _source_graph(graph: object) -> str:
    """The graph of what a source states, for the graph of any of its layers."""
    return str(getattr(graph, "value", "")).removesuffix("/inferred")
