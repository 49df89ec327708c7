"""The statistics of a graph after a change, from those before it.

Only the subjects and objects of changed statements are looked up, once in the store before the
change and once in the store after it. So the cost depends on the change, not on the graph's size.
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
    """A store that can be searched by pattern."""

    def matching(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: Object | None,
        graph: str | None,
    ) -> Iterator[ox.Quad]:
        """The statements of a named graph, or of the union (None), that match."""


VoidTriple = tuple[ox.NamedNode, ox.NamedNode, Object]


def _triple(quad: ox.Quad) -> VoidTriple:
    """The triple of a quad; neither blank nodes nor triple terms are published."""
    subject, value = quad.subject, quad.object
    assert isinstance(subject, ox.NamedNode)
    assert isinstance(value, Object)
    return subject, quad.predicate, value


@dataclass(slots=True)
class View:
    """A named graph of a store, or its union (None), without subjects below `{base}void`."""

    store: Store
    graph: str | None
    names: Names
    _classes: dict[str, Classes] = field(default_factory=dict)

    def statements_of(self, subject: ox.NamedNode) -> list[VoidTriple]:
        """The triples of a subject."""
        return [_triple(quad) for quad in self.store.matching(subject, None, None, self.graph)]

    def statements_to(
        self, value: Object, name: ox.NamedNode | None = None
    ) -> Iterator[VoidTriple]:
        """The triples with an object, and with the property `name` where it is given."""
        triples = map(_triple, self.store.matching(None, name, value, self.graph))
        return (t for t in triples if not self.names.is_void(t[0].value))

    def has_object(self, value: Object, name: ox.NamedNode | None = None) -> bool:
        """Whether a triple has this object."""
        return next(self.statements_to(value, name), None) is not None

    def classes(self, thing: ox.NamedNode) -> Classes:
        """The classes of a thing, sorted."""
        classes = self._classes.get(thing.value)
        if classes is None:
            types = () if self.names.is_void(thing.value) else self._types(thing)
            classes = self._classes[thing.value] = tuple(sorted(types))
        return classes

    def _types(self, thing: ox.NamedNode) -> Iterator[str]:
        for quad in self.store.matching(thing, RDF.type, None, self.graph):
            if isinstance(quad.object, ox.NamedNode):  # a literal is not a class
                yield quad.object.value

    def object_classes(self, value: Object) -> ObjectClasses:
        """The kind of an object: its classes or its datatype."""
        return self.classes(value) if isinstance(value, ox.NamedNode) else value.datatype.value


def apply_delta(tally: Tally, before: View, after: View, delta: Iterable[bytes]) -> Tally:
    """The statistics of `after`, given those of `before`.

    `delta` are canonical lines, at least all that only one of the two contains.
    """
    result = Counter(tally)
    subjects, pairs, values = _terms(delta)
    # subtract what these subjects and objects contributed before, add what they contribute now
    for view, sign in ((before, -1), (after, 1)):
        for subject in subjects.values():
            _add_subject(result, view, subject, sign)
        for name, value in pairs:
            has_object = view.has_object(value, name)
            result[of_property(name.value), "distinctObjects"] += sign * has_object
        result[WHOLE, "distinctObjects"] += sign * sum(map(view.has_object, values))
    for subject in subjects.values():
        if before.classes(subject) != after.classes(subject):
            _add_links(result, before, subject, -1, subjects)
            _add_links(result, after, subject, 1, subjects)
    return +result  # without the numbers that are 0 now


_Pair = tuple[ox.NamedNode, Object]


def _terms(
    delta: Iterable[bytes],
) -> tuple[dict[str, ox.NamedNode], set[_Pair], set[Object]]:
    subjects: dict[str, ox.NamedNode] = {}
    pairs: set[_Pair] = set()
    for quad in ox.parse(b"\n".join(delta), ox.RdfFormat.N_TRIPLES):
        subject, name, value = _triple(quad)
        subjects[subject.value] = subject
        pairs.add((name, value))
    return subjects, pairs, {value for _, value in pairs}


def _add_subject(tally: Tally, view: View, subject: ox.NamedNode, sign: int) -> None:
    """Add what a subject contributes, or subtract it (`sign` -1)."""
    triples, classes = view.statements_of(subject), view.classes(subject)
    if triples:
        add_subjects(tally, classes, sign)
    for used in {name.value for _, name, _ in triples}:
        add_uses(tally, classes, used, sign)
    for _, name, value in triples:
        add_triples(tally, classes, name.value, view.object_classes(value), sign)


def _add_links(
    tally: Tally, view: View, thing: ox.NamedNode, sign: int, changed: dict[str, ox.NamedNode]
) -> None:
    """Add the links to a thing whose classes changed, from subjects that did not change."""
    for subject, name, _ in view.statements_to(thing):
        if subject.value not in changed:  # else `_add_subject` has counted it
            for one in view.classes(subject):
                part = of_class(one) + of_property(name.value)
                for kind in view.classes(thing):
                    tally[part + of_class(kind), "triples"] += sign
