"""Walking the catalogue: from dcat:Catalog along the table of properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from graph.export.properties import DESCRIPTION, NEEDS_NAME, PROPERTIES, PropertyRange, ValueKind
from vocab.literals import with_profile_datatype
from vocab.namespaces import RDF
from vocab.terms import Object, Triples

_DEFAULT = ox.DefaultGraph()

PropertyTable = Mapping[ox.NamedNode, PropertyRange]


def catalogue(store: ox.Store, root: str) -> Triples:
    """The statements of a catalogue and of everything it refers to, in one fixed order.

    `root` is the catalogue's IRI. Subjects come in order of their IRIs, each with its type first;
    datatypes as DCAT-AP 3.0.1 demands them. Memory grows with the number of subjects only.
    """
    walk = _Walk(store)
    walk.follow(ox.NamedNode(root))
    for subject in sorted(walk.tables, key=lambda node: node.value):
        yield from sorted(set(walk.told(subject)), key=_order)


def _order(triple: ox.Triple) -> tuple[bool, str]:
    return triple.predicate != RDF.type, str(triple)


class _Walk:
    """What is reached, by which table it is told, and the types it is asked to have."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.tables: dict[ox.NamedNode, PropertyTable] = {}
        self._stubs: dict[ox.NamedNode, set[ox.NamedNode]] = {}

    def follow(self, root: ox.NamedNode) -> None:
        """Reach everything from here; a part stays one, however often it is only named."""
        waiting: list[tuple[ox.NamedNode, PropertyTable]] = [(root, PROPERTIES)]
        while waiting:
            node, table = waiting.pop()
            if self.tables.get(node) in (table, PROPERTIES):
                continue
            self.tables[node] = table
            waiting.extend(self._next(node, table))

    def _next(
        self, node: ox.NamedNode, table: PropertyTable
    ) -> Iterator[tuple[ox.NamedNode, PropertyTable]]:
        for predicate, value in self._said(node):
            found = table.get(predicate)
            if found is None or not isinstance(value, ox.NamedNode):
                continue
            if found.stub is not None:
                self._stubs.setdefault(value, set()).add(found.stub)
            if found.kind is ValueKind.PART:
                yield value, PROPERTIES
            elif found.kind is ValueKind.NAMED:
                yield value, DESCRIPTION

    def told(self, node: ox.NamedNode) -> Triples:
        """What is said of a node outside."""
        said = list(self._said(node))
        for predicate, value in said:
            if predicate in self.tables[node] or predicate in DESCRIPTION:
                yield ox.Triple(node, predicate, with_profile_datatype(predicate, value))
        names = {predicate for predicate, _ in said}
        for stub in self._stubs.get(node, ()):
            if NEEDS_NAME.get(stub, RDF.type) in names | {RDF.type}:
                yield ox.Triple(node, RDF.type, stub)

    def _said(self, node: ox.NamedNode) -> Iterator[tuple[ox.NamedNode, Object]]:
        for quad in self._store.quads_for_pattern(node, None, None, _DEFAULT):
            if isinstance(quad.object, Object):
                yield quad.predicate, quad.object
