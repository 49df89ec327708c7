"""What a metric looks at: a thing in a graph, and what was found out beside the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from vocab.namespaces import DCAT, RDF
from vocab.terms import Node, Term

_BATCH = 50_000


@dataclass(frozen=True)
class ScoredResource:
    """A dataset, a distribution, a record … in the default graph of a store.

    What is said of it is read once, because every metric asks again.
    """

    store: ox.Store
    node: Node

    @property
    def iri(self) -> str:
        """Its IRI; the label of a blank node."""
        return self.node.value if isinstance(self.node, ox.NamedNode) else str(self.node)

    @cached_property
    def said(self) -> dict[ox.NamedNode, list[Term]]:
        """Everything said of it by property, but blank texts, which say nothing."""
        found: dict[ox.NamedNode, list[Term]] = {}
        for quad in self.store.quads_for_pattern(self.node, None, None, ox.DefaultGraph()):
            if not isinstance(quad.object, ox.Triple) and _says_something(quad.object):
                found.setdefault(quad.predicate, []).append(quad.object)
        return found

    @cached_property
    def _things(self) -> dict[ox.NamedNode, list[ScoredResource]]:
        return {}

    def values(self, predicate: ox.NamedNode) -> list[Term]:
        """What a property says."""
        return self.said.get(predicate, [])

    def texts(self, predicate: ox.NamedNode) -> list[ox.Literal]:
        """The literals of a property."""
        return [value for value in self.values(predicate) if isinstance(value, ox.Literal)]

    def things(self, predicate: ox.NamedNode) -> list[ScoredResource]:
        """The resources a property points at, sorted by IRI, because a graph has no order."""
        if predicate not in self._things:
            nodes = (v for v in self.values(predicate) if isinstance(v, Node))
            found = (ScoredResource(self.store, node) for node in nodes)
            self._things[predicate] = sorted(found, key=lambda thing: thing.iri)
        return self._things[predicate]

    def subjects(self, predicate: ox.NamedNode) -> list[ScoredResource]:
        """The things that point here with a property."""
        found = self.store.quads_for_pattern(None, predicate, self.node, ox.DefaultGraph())
        return [
            ScoredResource(self.store, q.subject)
            for q in found
            if not isinstance(q.subject, ox.Triple)
        ]

    def pointed_at(self) -> Iterator[str]:
        """The IRIs of everything it points at."""
        for values in self.said.values():
            for value in values:
                if isinstance(value, Node):
                    yield ScoredResource(self.store, value).iri


def _says_something(term: Term) -> bool:
    return not isinstance(term, ox.Literal) or bool(term.value.strip())


@dataclass(frozen=True, slots=True)
class ProbedAddress:
    """What asking a URL gave.

    `status` is that of HTTP after redirects, 0 where nothing answered; `length` in bytes; `sha256`
    in hex where the whole body was read; `html` when the body is a web page, whatever its header.
    """

    status: int
    media_type: str = ""
    length: int | None = None
    sha256: str = ""
    html: bool = False

    @property
    def answers(self) -> bool:
        """2xx or 3xx, as the MQA methodology counts it."""
        return 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """What no graph says of itself.

    `addresses` by URL, as far as they were asked; `violating` are the focus nodes the profile's
    shapes refuse, None where nothing was validated; `identifiers` are those of the version before
    by dataset, None where there is none.
    """

    today: date
    addresses: Mapping[str, ProbedAddress] = field(default_factory=dict)
    violating: frozenset[str] | None = None
    identifiers: Mapping[str, str] | None = None


def store_of(lines: Iterable[bytes]) -> ox.Store:
    """N-Triples lines, with or without line feed, as a store in memory."""
    store = ox.Store()
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        store.bulk_load(b"\n".join(batch), ox.RdfFormat.N_TRIPLES)
    return store


def datasets(store: ox.Store) -> list[ScoredResource]:
    """Every dataset of a catalogue graph: listed by a catalogue, or typed as one."""
    listed = store.quads_for_pattern(None, DCAT.dataset, None, ox.DefaultGraph())
    typed = store.quads_for_pattern(None, RDF.type, DCAT.Dataset, ox.DefaultGraph())
    nodes = {quad.object for quad in listed} | {quad.subject for quad in typed}
    found = [ScoredResource(store, n) for n in nodes if isinstance(n, Node)]
    return sorted(found, key=lambda thing: thing.iri)
