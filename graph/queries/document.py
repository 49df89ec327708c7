"""A thing's document: what is said of it and of its parts.

A part's IRI is its owner's IRI and `#…` or `/…`. The store keeps IRIs by hash and so cannot list
them by prefix (a scan of 1.8 million statements took 12 s); parts are found along links, in both
directions, inside the owner's own address space.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator

import pyoxigraph as ox


def statements(store: ox.Store, iri: str) -> Iterator[ox.Triple]:
    """The statements of a document, the thing's own first, then its parts' as links reach them."""
    waiting = deque([ox.NamedNode(iri)])
    seen = set(waiting)
    inside = (iri + "#", iri + "/")

    def meet(term: object) -> None:
        part = isinstance(term, ox.NamedNode) and term.value.startswith(inside)
        if part and term not in seen:
            seen.add(term)  # type: ignore[arg-type]
            waiting.append(term)  # type: ignore[arg-type]

    while waiting:
        here = waiting.popleft()
        for quad in store.quads_for_pattern(here, None, None, ox.DefaultGraph()):
            yield quad.triple
            meet(quad.object)
        for quad in store.quads_for_pattern(None, None, here, ox.DefaultGraph()):
            meet(quad.subject)


def abridged(found: Iterable[ox.Triple], values: int) -> Iterator[ox.Triple]:
    """Statements without what goes beyond so many values of one property of a subject."""
    seen: Counter[tuple[object, ox.NamedNode]] = Counter()
    for triple in found:
        key = (triple.subject, triple.predicate)
        seen[key] += 1
        if seen[key] <= values:
            yield triple
