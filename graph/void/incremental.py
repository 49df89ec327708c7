"""The numbers of a graph after a change, from those before it.

Only what the change touches is looked at, once as it was and once as it is: the subjects of its
statements, and their objects. So the cost is that of the change, however large the graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import pyoxigraph as ox

from graph.core.iris import Names
from graph.void.counts import (
    WHOLE,
    Classes,
    ObjectClasses,
    Tally,
    add_subjects,
    add_triples,
    add_uses,
    of_class,
    of_property,
)
from vocab.namespaces import RDF
from vocab.terms import Object


class Store(Protocol):
    """What a store must be able to tell."""

    def matching(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: Object | None,
        graph: str | None,
    ) -> Iterator[ox.Quad]:
        """The statements of a named graph, or of the union (None), that match."""


VoidTriple = tuple[ox.NamedNode, ox.NamedNode, Object]


def _said(quad: ox.Quad) -> VoidTriple:
    """A statement; neither blank nodes nor triple terms are published."""
    subject, value = quad.subject, quad.object
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(value, Object)
    return subject, quad.predicate, value


@dataclass(slots=True)
class View:
    """A named graph of a store, or its union (None), without the subjects under `{base}void`."""

    store: Store
    graph: str | None
    names: Names
    _classes: dict[str, Classes] = field(default_factory=dict)

    def statements_of(self, subject: ox.NamedNode) -> list[VoidTriple]:
        """What is said of a subject."""
        return [_said(quad) for quad in self.store.matching(subject, None, None, self.graph)]

    def statements_to(
        self, value: Object, name: ox.NamedNode | None = None
    ) -> Iterator[VoidTriple]:
        """What points at an object."""
        found = map(_said, self.store.matching(None, name, value, self.graph))
        return (said for said in found if not self.names.is_void(said[0].value))

    def has_object(self, value: Object, name: ox.NamedNode | None = None) -> bool:
        """Whether anything points at an object."""
        return next(self.statements_to(value, name), None) is not None

    def classes(self, thing: ox.NamedNode) -> Classes:
        """The classes of a thing, in order."""
        known = self._classes.get(thing.value)
        if known is None:
            found = () if self.names.is_void(thing.value) else self._types(thing)
            known = self._classes[thing.value] = tuple(sorted(found))
        return known

    def _types(self, thing: ox.NamedNode) -> Iterator[str]:
        for quad in self.store.matching(thing, RDF.type, None, self.graph):
            if isinstance(quad.object, ox.NamedNode):  # a literal is no class
                yield quad.object.value

    def object_classes(self, value: Object) -> ObjectClasses:
        """What an object is."""
        return self.classes(value) if isinstance(value, ox.NamedNode) else value.datatype.value


def apply_delta(tally: Tally, before: View, after: View, touched: Iterable[bytes]) -> Tally:
    """The tally of `after`, given that of `before`.

    `touched` are canonical lines, among them all that only one of the two holds.
    """
    made = Counter(tally)
    subjects, pairs, values = _terms(touched)
    for view, sign in ((before, -1), (after, 1)):
        for subject in subjects.values():
            _subject(made, view, subject, sign)
        for name, value in pairs:
            made[of_property(name.value), "distinctObjects"] += sign * view.has_object(value, name)
        made[WHOLE, "distinctObjects"] += sign * sum(map(view.has_object, values))
    for subject in subjects.values():
        if before.classes(subject) != after.classes(subject):
            _links(made, before, subject, -1, subjects)
            _links(made, after, subject, 1, subjects)
    return +made


_Pair = tuple[ox.NamedNode, Object]


def _terms(
    touched: Iterable[bytes],
) -> tuple[dict[str, ox.NamedNode], set[_Pair], set[Object]]:
    subjects: dict[str, ox.NamedNode] = {}
    pairs: set[_Pair] = set()
    for quad in ox.parse(b"\n".join(touched), ox.RdfFormat.N_TRIPLES):
        subject, name, value = _said(quad)
        subjects[subject.value] = subject
        pairs.add((name, value))
    return subjects, pairs, {value for _, value in pairs}


def _subject(made: Tally, view: View, subject: ox.NamedNode, sign: int) -> None:
    """Add what a subject adds, or take it away."""
    said, classes = view.statements_of(subject), view.classes(subject)
    if said:
        add_subjects(made, classes, sign)
    for used in {name.value for _, name, _ in said}:
        add_uses(made, classes, used, sign)
    for _, name, value in said:
        add_triples(made, classes, name.value, view.object_classes(value), sign)


def _links(
    made: Tally, view: View, thing: ox.NamedNode, sign: int, touched: dict[str, ox.NamedNode]
) -> None:
    """Links to a thing whose classes are others now, from subjects that stayed as they were."""
    for subject, name, _ in view.statements_to(thing):
        if subject.value not in touched:
            for one in view.classes(subject):
                part = of_class(one) + of_property(name.value)
                for kind in view.classes(thing):
                    made[part + of_class(kind), "triples"] += sign
