"""The description of a resource: the statements about it and its parts.

The IRI of a part is the IRI of its owner followed by `#…` or `/…`. The store indexes IRIs by hash
and cannot list them by prefix (a scan of 1.8 million statements took 12 s), so parts are found by
following links in both directions, as long as the IRIs begin with the owner's. Observations and
findings are parts of which there may be thousands: `graph.queries.results.resource_parts` pages
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import pyoxigraph as ox

from vocab.namespaces import CORE, QB, RDF
from vocab.terms import Triples

Nodes = Sequence[ox.NamedNode]


class Links(Protocol):
    """A store in which links between resources are looked up."""

    def outgoing(self, subjects: Nodes) -> Iterable[ox.Triple]:
        """The statements with these subjects, grouped by subject."""

    def incoming(self, objects: Nodes, prefixes: tuple[str, str]) -> Iterable[object]:
        """The subjects of statements with these objects.

        Subjects whose IRIs do not begin with one of the prefixes may be left out.
        """

    def of_class(self, nodes: Nodes, class_: ox.NamedNode) -> Iterable[object]:
        """Those of the nodes that are of a class."""


class StoreLinks:
    """Links in an embedded store."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def outgoing(self, subjects: Nodes) -> Triples:
        """See Links."""
        for subject in subjects:
            for quad in self._store.quads_for_pattern(subject, None, None, ox.DefaultGraph()):
                yield quad.triple

    def incoming(self, objects: Nodes, _: tuple[str, str]) -> Iterator[object]:
        """See Links."""
        for node in objects:
            for quad in self._store.quads_for_pattern(None, None, node, ox.DefaultGraph()):
                yield quad.subject

    def of_class(self, nodes: Nodes, class_: ox.NamedNode) -> Iterator[object]:
        """See Links."""
        for node in nodes:
            if ox.Quad(node, RDF.type, class_, ox.DefaultGraph()) in self._store:
                yield node


Members = dict[str, list[ox.NamedNode]]
"""Parts that are listed apart, by the name of their list."""
MEMBER_CLASSES = {
    "observations": (QB.Observation,),
    "findings": (CORE.Finding, CORE.ComputedValue),
}
"""The classes of parts of which there may be thousands, by the name of their list."""


def describe(links: Links, iri: str, apart: Members | None = None) -> Triples:
    """The statements about a resource, then those about its parts, breadth first.

    With `apart` observations and findings are collected there, and not described.
    """
    level = [ox.NamedNode(iri)]
    seen: set[object] = {*level}  # parts may link to each other in circles
    prefixes = (iri + "#", iri + "/")
    while level:
        next_level: list[ox.NamedNode] = []

        def visit(term: object, next_level: list[ox.NamedNode] = next_level) -> None:
            is_part = isinstance(term, ox.NamedNode) and term.value.startswith(prefixes)
            if is_part and term not in seen:
                seen.add(term)
                next_level.append(term)  # type: ignore[arg-type]

        for triple in links.outgoing(level):
            yield triple
            visit(triple.object)
        for subject in links.incoming(level, prefixes):
            visit(subject)
        level = next_level if apart is None else _without_members(links, next_level, apart)


def _without_members(links: Links, nodes: list[ox.NamedNode], apart: Members) -> list[ox.NamedNode]:
    found = set[object]()
    for name, classes in MEMBER_CLASSES.items():
        of_list = {node for one in classes for node in links.of_class(nodes, one)}
        apart.setdefault(name, []).extend(n for n in nodes if n in of_list and n not in found)
        found |= of_list
    return [node for node in nodes if node not in found]


def abridge(triples: Iterable[ox.Triple], max_values: int) -> Triples:
    """The triples, with at most `max_values` values for each property of a subject."""
    count: Counter[tuple[object, ox.NamedNode]] = Counter()
    for triple in triples:
        key = (triple.subject, triple.predicate)
        count[key] += 1
        if count[key] <= max_values:
            yield triple
