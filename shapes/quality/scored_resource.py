"""The input of a metric: a resource in a graph, and evidence from outside the graph."""

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

    Its properties are read once and cached, because every metric uses them.
    """

    store: ox.Store
    node: Node

    @property
    def iri(self) -> str:
        """The IRI, or the label of a blank node."""
        return self.node.value if isinstance(self.node, ox.NamedNode) else str(self.node)

    @cached_property
    def properties(self) -> dict[ox.NamedNode, list[Term]]:
        """Its values by property, without blank texts and triple terms."""
        found: dict[ox.NamedNode, list[Term]] = {}
        for quad in self.store.quads_for_pattern(self.node, None, None, ox.DefaultGraph()):
            if not isinstance(quad.object, ox.Triple) and _is_not_blank(quad.object):
                found.setdefault(quad.predicate, []).append(quad.object)
        return found

    @cached_property
    def _resources(self) -> dict[ox.NamedNode, list[ScoredResource]]:
        return {}

    def values(self, predicate: ox.NamedNode) -> list[Term]:
        """The values of a property."""
        return self.properties.get(predicate, [])

    def texts(self, predicate: ox.NamedNode) -> list[ox.Literal]:
        """The literals of a property."""
        return [value for value in self.values(predicate) if isinstance(value, ox.Literal)]

    def resources(self, predicate: ox.NamedNode) -> list[ScoredResource]:
        """The resources that are values of a property, sorted by IRI (a graph has no order)."""
        if predicate not in self._resources:
            nodes = (v for v in self.values(predicate) if isinstance(v, Node))
            found = (ScoredResource(self.store, node) for node in nodes)
            self._resources[predicate] = sorted(found, key=lambda thing: thing.iri)
        return self._resources[predicate]

    def subjects(self, predicate: ox.NamedNode) -> list[ScoredResource]:
        """The resources that have this one as value of a property."""
        found = self.store.quads_for_pattern(None, predicate, self.node, ox.DefaultGraph())
        return [
            ScoredResource(self.store, q.subject)
            for q in found
            if not isinstance(q.subject, ox.Triple)
        ]

    def linked_iris(self) -> Iterator[str]:
        """The IRIs of all resources it links to."""
        for values in self.properties.values():
            for value in values:
                if isinstance(value, Node):
                    yield ScoredResource(self.store, value).iri


def _is_not_blank(term: Term) -> bool:
    return not isinstance(term, ox.Literal) or bool(term.value.strip())


@dataclass(frozen=True, slots=True)
class ProbedAddress:
    """The result of requesting a URL.

    `status` is the HTTP status after redirects, 0 without a response; `length` in bytes; `sha256`
    in hex if the whole body was read; `html`: the body is a web page, whatever its media type.
    """

    status: int
    media_type: str = ""
    length: int | None = None
    sha256: str = ""
    html: bool = False

    @property
    def responds(self) -> bool:
        """Whether the status is 2xx or 3xx, as the MQA methodology counts it."""
        return 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts about a catalogue that its graph does not contain.

    `addresses` by URL, as far as they were probed; `violating`: the focus nodes that violate the
    profile's shapes, None if nothing was validated; `identifiers` of the previous version by
    dataset, None if there is none.
    """

    today: date
    addresses: Mapping[str, ProbedAddress] = field(default_factory=dict)
    violating: frozenset[str] | None = None
    identifiers: Mapping[str, str] | None = None


def store_of(lines: Iterable[bytes]) -> ox.Store:
    """A store in memory with N-Triples lines (with or without line feed)."""
    store = ox.Store()
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        # in batches, because a bulk load holds all its input in memory
        store.bulk_load(b"\n".join(batch), ox.RdfFormat.N_TRIPLES)
    return store


def datasets(store: ox.Store) -> list[ScoredResource]:
    """All datasets of a catalogue graph: values of dcat:dataset, or of type dcat:Dataset."""
    listed = store.quads_for_pattern(None, DCAT.dataset, None, ox.DefaultGraph())
    typed = store.quads_for_pattern(None, RDF.type, DCAT.Dataset, ox.DefaultGraph())
    nodes = {quad.object for quad in listed} | {quad.subject for quad in typed}
    found = [ScoredResource(store, n) for n in nodes if isinstance(n, Node)]
    return sorted(found, key=lambda thing: thing.iri)
