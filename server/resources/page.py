"""Reads what the page of a resource shows: its statements with labels, and links to it."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from graph.core.instance import Instance
from graph.queries import ResourceDocument
from graph.queries.model.query import COUNTED
from graph.reports.checks import SourceChecks, checks, last_published
from graph.snapshots import published_events
from graph.versions.state import is_public
from server.core.context import AppContext
from server.pages.thing import ThingDocument
from server.resources import class_pages
from server.sparql import internal_queries, tables
from server.sparql.labels import labels
from server.sparql.tables import Grouped


def is_graph(context: AppContext, iri: str) -> bool:
    """Whether an IRI names a graph of this instance."""
    return iri.startswith(context.instance.base + "graph/")


def resource_page(context: AppContext, iri: str, path: str, data: str = "") -> str:
    """The page of a resource, or of a named graph; `data` is its JSON-LD, if it has any."""
    statements, total = _statements(context, iri)
    incoming = internal_queries.select(context.pool, "resources/incoming", [iri])
    shown = sum(len(values) for of_subject in statements.values() for values in of_subject.values())
    thing = ThingDocument(
        iri=iri,
        path=path,
        data=data,
        statements=statements,
        shown=shown,
        total=max(total, shown),
        counted=total < COUNTED or is_graph(context, iri),
        incoming=incoming,
        stated_in=[
            row["graph"].value
            for row in internal_queries.select(context.pool, "resources/stated_in", [iri])
        ],
        inferred=frozenset(
            (row["property"].value, row["value"])
            for row in internal_queries.select(context.pool, "resources/inferred", [iri])
        ),
        labels=labels(context, [iri, *_iris(statements), *(r["property"].value for r in incoming)]),
        is_graph=is_graph(context, iri),
        checks=checks_of(context.instance, iri.removeprefix(context.instance.names.source(""))),
    )
    return class_pages.page_of(context, thing)


def checks_of(instance: Instance, source: str) -> SourceChecks | None:
    """How a public source stands now; None for what is none. The ledger is asked and not the graph,
    for runs that change nothing are no publication."""
    events = published_events.events_of(instance, published_events.size(instance))
    load = last_published(events, source)
    return checks(events, source) if load and is_public(load) else None


def _statements(context: AppContext, iri: str) -> tuple[Grouped, int]:
    limit = context.settings.statements
    if is_graph(context, iri):
        with internal_queries.construct(
            context.pool, "resources/graph_start", [iri], "nt"
        ) as answer:
            return tables.group_by_subject(tables.read_triples(answer)), _size(context, iri)
    document = ResourceDocument(iri, "nt", limit, context.settings.values)
    with context.pool.run(document) as answer:
        return tables.group_by_subject(tables.read_triples(answer)), answer.total


def _size(context: AppContext, graph: str) -> int:
    rows = internal_queries.count_from_void(context.pool, "resources/size", [graph])
    return int(rows[0]["statements"].value) if rows else 0


def _iris(statements: Grouped) -> Iterable[str]:
    for subject, properties in statements.items():
        yield subject
        for name, values in properties.items():
            yield name
            yield from (v.value for v in values if isinstance(v, ox.NamedNode))
