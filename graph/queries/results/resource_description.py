"""A thing's document: what is said of it and of its parts.

A part's IRI is its owner's IRI and `#…` or `/…`. The store keeps IRIs by hash and so cannot list
them by prefix (a scan of 1.8 million statements took 12 s); parts are found along links, in both
directions, inside the owner's own address space.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import pyoxigraph as ox

from vocab.terms import Triples

Nodes = Sequence[ox.NamedNode]


class Links(Protocol):
    """Where statements are looked up."""

    def out_of(self, things: Nodes) -> Iterable[ox.Triple]:
        """The statements with one of these subjects, a subject's own together."""

    def into(self, things: Nodes, inside: tuple[str, str]) -> Iterable[object]:
        """The subjects of statements with one of these objects; of those whose IRIs do not begin
        with `inside` as many as it likes."""


class StoreLinks:
    """Links in an embedded store."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def out_of(self, things: Nodes) -> Triples:
        """See Links."""
        for thing in things:
            for quad in self._store.quads_for_pattern(thing, None, None, ox.DefaultGraph()):
                yield quad.triple

    def into(self, things: Nodes, _: tuple[str, str]) -> Iterator[object]:
        """See Links."""
        for thing in things:
            for quad in self._store.quads_for_pattern(None, None, thing, ox.DefaultGraph()):
                yield quad.subject


def describe(links: Links, iri: str) -> Triples:
    """The statements of a document, the thing's own first, then its parts', nearest ones first."""
    level = [ox.NamedNode(iri)]
    seen: set[object] = {*level}
    inside = (iri + "#", iri + "/")
    while level:
        parts: list[ox.NamedNode] = []

        def meet(term: object, parts: list[ox.NamedNode] = parts) -> None:
            part = isinstance(term, ox.NamedNode) and term.value.startswith(inside)
            if part and term not in seen:
                seen.add(term)
                parts.append(term)  # type: ignore[arg-type]

        for triple in links.out_of(level):
            yield triple
            meet(triple.object)
        for subject in links.into(level, inside):
            meet(subject)
        level = parts


def abridge(found: Iterable[ox.Triple], values: int) -> Triples:
    """Statements without what goes beyond so many values of one property of a subject."""
    seen: Counter[tuple[object, ox.NamedNode]] = Counter()
    for triple in found:
        key = (triple.subject, triple.predicate)
        seen[key] += 1
        if seen[key] <= values:
            yield triple
