"""The VoID description as served: the VoID graph, and the addresses of whole sources.

The graph is part of a snapshot, so it cannot say where this service is reached: `void:dataDump`
begins with the instance's base there, and with `public_url` here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pyoxigraph as ox

from graph import snapshots
from graph.export.dump import MEDIA_TYPES
from graph.ledger import Event
from graph.snapshots.published_events import events_of
from graph.statements.layer import NAMES
from graph.versions.state import is_public, state
from graph.void import GRAPH
from server.core.context import AppContext
from server.sparql import internal_queries, tables
from server.sparql.service_description import serialize
from vocab.namespaces import DCT, PROV, RDF, VOID, XSD
from vocab.terms import Object, Triples


class VoidDescription:
    """The VoID descriptions of one instance, made once for each snapshot and format."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._cached = lru_cache(maxsize=8)(self._write)

    def of(self, form: str) -> bytes:
        """The description in the graph format `form`. Raises ConfigError before a publication."""
        return self._cached(form, self._context.pool.snapshot())

    def _write(self, form: str, _snapshot: str) -> bytes:
        return serialize([*self._graph(), *self._sources()], form)

    def _graph(self) -> Triples:
        pool, graph = self._context.pool, self._context.instance.names.graph(GRAPH)
        with internal_queries.construct(pool, "resources/graph", [graph], "nt") as answer:
            for triple in tables.read_triples(answer):
                yield triple if triple.predicate != VOID.dataDump else self._reachable(triple)

    def _reachable(self, triple: ox.Triple) -> ox.Triple:
        urls = self._context.urls
        assert isinstance(triple.object, ox.NamedNode)
        url = urls.absolute(triple.object.value.removeprefix(urls.base))
        return ox.Triple(triple.subject, triple.predicate, ox.NamedNode(url))

    def _sources(self) -> Triples:
        """Each public source of the current snapshot as a dataset with its dumps."""
        instance = self._context.instance
        now = snapshots.current(instance)
        published = state(events_of(instance, now.number)) if now else {}
        root = ox.NamedNode(instance.names.void())
        for source, load in published.items():
            if is_public(load):
                node = ox.NamedNode(f"{instance.names.void(source)}#source")
                yield ox.Triple(root, VOID.subset, node)
                for predicate, value in self._source(source, load):
                    yield ox.Triple(node, predicate, value)

    def _source(self, source: str, load: Event) -> Iterator[tuple[ox.NamedNode, Object]]:
        names = self._context.instance.names
        yield RDF.type, VOID.Dataset
        yield DCT.source, ox.NamedNode(names.source(source))
        yield DCT.modified, ox.Literal(load["at"], datatype=XSD.dateTime)
        yield PROV.wasDerivedFrom, ox.NamedNode(names.version(source, load["version"]))
        for language, title in load["title"].items():
            yield DCT.title, ox.Literal(title, language=language)
        for form in MEDIA_TYPES:
            yield VOID.dataDump, ox.NamedNode(self._context.urls.absolute(f"dump/{source}.{form}"))
        for layer in NAMES:
            if load["layers"][layer]["statements"]:
                yield VOID.subset, ox.NamedNode(names.void(names.graph_name(source, layer)))
