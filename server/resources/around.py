"""What the page of a thing needs of the store, asked of a worker at once."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox
from flask import g

from graph.core.iris import ROOT
from graph.queries import Query, ResourceDocument
from graph.queries.model.query import BatchPart
from server.core.context import AppContext
from server.sparql import internal_queries, tables
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import Labels, labels_in
from server.sparql.tables import Grouped
from vocab.terms import Object

_OF_THING = ("incoming", "stated_in", "inferred", "labels_around")
_ANSWERS = 1 + len(_OF_THING)


@dataclass(frozen=True, slots=True)
class ThingAround:
    """What the store has of a thing: `total` of its statements are there (up to COUNTED exact),
    `statements` those that a page shows; `labels` of itself, its properties and their values."""

    iri: str
    statements: Grouped
    total: int
    incoming: list[QueryRow]
    stated_in: list[str]
    inferred: frozenset[tuple[str, Object]]
    labels: Labels


def known(context: AppContext, iris: list[str], *, page: bool = False) -> str | None:
    """The first of some IRIs that the graph speaks of; None where it speaks of none.

    `page`: its page is wanted, so what that needs is asked at the same time of all of them (two at
    most: of this instance and of the project), and kept for this request.
    """
    asked: list[Query | ResourceDocument] = [_query("known", iris)]
    for iri in iris if page else ():
        asked += _of_thing(context, iri)
    found = internal_queries.run_batch(context.pool, asked)
    spoken = {str(row["thing"].value) for row in internal_queries.rows_in(found[0].body)}
    first = next((iri for iri in iris if iri in spoken), None)
    if page and first is not None:
        begin = 1 + iris.index(first) * _ANSWERS
        g.thing_around = _read(first, found[begin : begin + _ANSWERS])
    return first


def around(context: AppContext, iri: str) -> ThingAround:
    """What the store has of a thing; asked once in a request."""
    found: ThingAround | None = g.get("thing_around")
    if found is None or found.iri != iri:
        asked = _of_thing(context, iri)
        found = _read(iri, internal_queries.run_batch(context.pool, asked))
    return found


def _query(name: str, iris: list[str]) -> Query:
    return Query(internal_queries.query_with_values(f"resources/{name}", iris), "json")


def _of_thing(context: AppContext, iri: str) -> list[Query | ResourceDocument]:
    settings = context.settings
    limit = settings.terms if iri.startswith(f"{ROOT}def/") else settings.statements
    document = ResourceDocument(iri, "nt", limit, settings.values)
    return [document, *(_query(name, [iri]) for name in _OF_THING)]


def _read(iri: str, found: list[BatchPart]) -> ThingAround:
    document, *others = found
    incoming, stated_in, inferred, labelled = (internal_queries.rows_in(one.body) for one in others)
    triples = (quad.triple for quad in ox.parse(document.body, ox.RdfFormat.N_TRIPLES))
    return ThingAround(
        iri=iri,
        statements=tables.group_by_subject(triples),
        total=document.total,
        incoming=incoming,
        stated_in=[row["graph"].value for row in stated_in],
        inferred=frozenset((row["property"].value, row["value"]) for row in inferred),
        labels=labels_in(labelled),
    )
