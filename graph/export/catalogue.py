"""Collect the statements of the catalogue: from dcat:Catalog along the table of properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from graph.export.descriptions import NONE, Descriptions, Graphs
from graph.export.properties import DESCRIPTION, NEEDS_NAME, PROPERTIES, PropertyRange, ValueKind
from vocab.literals import with_profile_datatype
from vocab.namespaces import RDF
from vocab.terms import Object, Triples

_DEFAULT = ox.DefaultGraph()

PropertyTable = Mapping[ox.NamedNode, PropertyRange]


def catalogue(store: ox.Store, root: str) -> Triples:
    """The statements of a catalogue and of everything it refers to, in a fixed order.

    `root` is the catalogue's IRI. Subjects are sorted by IRI, each with its types first; datatypes
    are those that DCAT-AP 3.0.1 requires. Memory use grows with the number of subjects only.

    Where several sources describe one dataset, it is exported as the source describes it that has
    its entry in the catalogue, with what it refers to.
    """
    walk = _Walk(store, Descriptions(store, root))
    walk.follow(ox.NamedNode(root))
    for subject in sorted(walk.tables, key=lambda node: node.value):
        yield from sorted(set(walk.triples_of(subject)), key=_order)


def _order(triple: ox.Triple) -> tuple[bool, str]:
    return triple.predicate != RDF.type, str(triple)


class _Walk:
    """The nodes that are reached, the table of each, and the types that they must have."""

    def __init__(self, store: ox.Store, descriptions: Descriptions) -> None:
        self._store = store
        self._descriptions = descriptions
        self._rivals: dict[ox.NamedNode, Graphs] = {}
        self.tables: dict[ox.NamedNode, PropertyTable] = {}
        self._stubs: dict[ox.NamedNode, set[ox.NamedNode]] = {}

    def follow(self, root: ox.NamedNode) -> None:
        """Reach all nodes from `root`."""
        pending: list[tuple[ox.NamedNode, PropertyTable, Graphs]] = [(root, PROPERTIES, NONE)]
        while pending:
            node, table, rivals = pending.pop()
            rivals |= self._descriptions.rivals(node)
            # a part of the catalogue stays one, also where something else only refers to it, and a
            # graph counts where anything leads here that it does not contradict
            known = self._rivals.get(node, rivals)
            if self.tables.get(node) in (table, PROPERTIES) and known <= rivals:
                continue
            self.tables[node] = PROPERTIES if self.tables.get(node) is PROPERTIES else table
            self._rivals[node] = known & rivals
            pending.extend((*one, known & rivals) for one in self._next(node, table))

    def _next(
        self, node: ox.NamedNode, table: PropertyTable
    ) -> Iterator[tuple[ox.NamedNode, PropertyTable]]:
        for predicate, value in self._properties(node):
            values = table.get(predicate)
            if values is None or not isinstance(value, ox.NamedNode):
                continue
            if values.stub is not None:
                self._stubs.setdefault(value, set()).add(values.stub)
            if values.kind is ValueKind.PART:
                yield value, PROPERTIES
            elif values.kind is ValueKind.NAMED:
                yield value, DESCRIPTION

    def triples_of(self, node: ox.NamedNode) -> Triples:
        """The statements about a node that are exported."""
        properties = list(self._properties(node))
        for predicate, value in properties:
            if predicate in self.tables[node] or predicate in DESCRIPTION:
                yield ox.Triple(node, predicate, with_profile_datatype(predicate, value))
        names = {predicate for predicate, _ in properties}
        for stub in self._stubs.get(node, ()):
            if NEEDS_NAME.get(stub, RDF.type) in names | {RDF.type}:
                yield ox.Triple(node, RDF.type, stub)

    def _properties(self, node: ox.NamedNode) -> Iterator[tuple[ox.NamedNode, Object]]:
        if rivals := self._rivals.get(node):
            yield from self._descriptions.properties(node, rivals)
            return
        for quad in self._store.quads_for_pattern(node, None, None, _DEFAULT):
            if isinstance(quad.object, Object):
                yield quad.predicate, quad.object
