"""`/sources`: where data come from, when each source was fetched, and when it changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from graph.core.errors import EngineFailure
from graph.lists import index as lists
from graph.lists.kinds import KINDS
from graph.reports.checks import checks
from graph.snapshots import published_events
from graph.snapshots.directory import current
from graph.versions.state import is_public, state
from server.core.context import AppContext
from server.http.negotiation import CSV, HTML, Offer
from server.pages.find.addresses import no_page
from server.pages.find.offers import JSON, chosen
from server.pages.find.source_facets import ListedSource, SourcePage, page
from server.sparql.service_description import serialize
from vocab.namespaces import DCT, RDF, SCHEMA, XSD

_TURTLE = Offer("text/turtle", "ttl", text=True)
_OFFERS = [HTML, JSON, CSV, _TURTLE]


def blueprint(context: AppContext) -> Blueprint:
    """`/sources`, as a page, JSON, CSV and Turtle."""
    part = Blueprint("sources", __name__)

    @part.get("/sources", defaults={"form": ""})
    @part.get("/sources.<any(json,csv,ttl):form>")
    def sources(form: str) -> Response:
        offer = chosen(form, _OFFERS)
        found = page(read(context), request.args, is_data=offer != HTML)
        if found.number > found.last:
            raise no_page(found.number, found.last)
        response = _written(context, offer, found)
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    return part


def read(context: AppContext) -> list[ListedSource]:
    """All public sources that are published."""
    instance = context.instance
    events = published_events.events_of(instance, published_events.size(instance))
    return [
        ListedSource(
            id=source,
            iri=instance.names.source(source),
            title=dict(load.get("title", {})) or {"": source},
            version=int(load["version"]),
            checks=checks(events, source),
            datasets=_datasets(context, source),
        )
        for source, load in state(events).items()
        if is_public(load)
    ]


def _datasets(context: AppContext, source: str) -> int | None:
    """How many datasets the lists have of a source; None where there are no lists."""
    now = current(context.instance)
    try:
        value = lists.of(now).value(KINDS["dataset"], "source", source) if now else None
    except EngineFailure:
        return None
    return int(value.count or 0) if value else 0


def _written(context: AppContext, offer: Offer, found: SourcePage) -> Response:
    if offer == HTML:
        return Response(render_template("find/sources.html", list=found))
    if offer == JSON:
        body = json.dumps(_as_json(context, found), ensure_ascii=False)
        return Response(body, content_type=JSON.content_type)
    if offer == CSV:
        return Response(_as_csv(found), content_type=CSV.content_type)
    listed = context.urls.absolute(found.page_href(found.number))
    return Response(serialize(_triples(listed, found), "ttl"), content_type=_TURTLE.content_type)


def _as_json(context: AppContext, found: SourcePage) -> dict[str, object]:
    more = found.page_href(found.number + 1) if found.number < found.last else ""
    return {
        "total": len(found.found),
        "page": found.number,
        "pages": found.last,
        "next": context.urls.absolute(more) if more else None,
        "items": [asdict(one) for one in found.shown],
    }


def _as_csv(found: SourcePage) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    names = ("checked", "changed", "failures", "broken_since", "datasets")
    writer.writerow(["id", "iri", "title_mn", "title_en", "version", *names])
    for row in found.shown:
        was = row.checks
        stands = (was.checked, was.changed, was.failures, was.broken_since, row.datasets)
        titles = (row.title.get(tag, "") for tag in ("mn", "en"))
        writer.writerow([row.id, row.iri, *titles, row.version, *stands])
    return out.getvalue()


def _triples(iri: str, found: SourcePage) -> Iterator[ox.Triple]:
    """The sources as the items of a schema:ItemList, with their titles and their last change."""
    listed = ox.NamedNode(iri)
    yield ox.Triple(listed, RDF.type, SCHEMA.ItemList)
    total = ox.Literal(str(len(found.found)), datatype=XSD.integer)
    yield ox.Triple(listed, SCHEMA.numberOfItems, total)
    for one in found.shown:
        source = ox.NamedNode(one.iri)
        yield ox.Triple(listed, SCHEMA.itemListElement, source)
        for tag, title in one.title.items():
            literal = ox.Literal(title, language=tag) if tag else ox.Literal(title)
            yield ox.Triple(source, DCT.title, literal)
        changed = ox.Literal(one.checks.changed, datatype=XSD.dateTime)
        yield ox.Triple(source, DCT.modified, changed)
