"""`/sources`: where data come from, when each source was fetched, and when it changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from flask import Blueprint, Response, render_template, request

from graph.core.errors import EngineFailure
from graph.lists import index as lists
from graph.lists.kinds import KINDS
from graph.reports.checks import SourceChecks, checks
from graph.search.collation import sort_key
from graph.snapshots import published_events
from graph.snapshots.directory import current
from graph.versions.state import is_public, state
from server.core.context import AppContext
from server.http.language import choose
from server.http.negotiation import CSV, HTML, Offer
from server.pages.find.offers import JSON, chosen

_OFFERS = [HTML, JSON, CSV]


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A public source: its names, how it stands, and how many datasets it has in the catalogue."""

    id: str
    iri: str
    title: Mapping[str, str]
    version: int
    checks: SourceChecks
    datasets: int | None


def blueprint(context: AppContext) -> Blueprint:
    """`/sources`, as a page, JSON and CSV."""
    part = Blueprint("sources", __name__)

    @part.get("/sources", defaults={"form": ""})
    @part.get("/sources.<any(json,csv):form>")
    def sources(form: str) -> Response:
        rows = read(context)
        response = _written(chosen(form, _OFFERS), rows)
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    return part


def read(context: AppContext) -> list[ListedSource]:
    """All public sources that are published, by name in the reader's language."""
    instance = context.instance
    events = published_events.events_of(instance, published_events.size(instance))
    rows = [
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
    return sorted(rows, key=lambda row: sort_key(choose(dict(row.title)) or row.id))


def _datasets(context: AppContext, source: str) -> int | None:
    """How many datasets the lists have of a source; None where there are no lists."""
    now = current(context.instance)
    try:
        value = lists.of(now).value(KINDS["dataset"], "source", source) if now else None
    except EngineFailure:
        return None
    return int(value.count or 0) if value else 0


def _written(offer: Offer, rows: list[ListedSource]) -> Response:
    if offer == HTML:
        return Response(render_template("find/sources.html", sources=rows))
    if offer == JSON:
        body = json.dumps({"items": [asdict(row) for row in rows]}, ensure_ascii=False)
        return Response(body, content_type=JSON.content_type)
    out = io.StringIO()
    writer = csv.writer(out)
    names = ("checked", "changed", "failures", "broken_since", "datasets")
    writer.writerow(["id", "iri", "title_mn", "title_en", "version", *names])
    for row in rows:
        was = row.checks
        stands = (was.checked, was.changed, was.failures, was.broken_since, row.datasets)
        titles = (row.title.get(tag, "") for tag in ("mn", "en"))
        writer.writerow([row.id, row.iri, *titles, row.version, *stands])
    return Response(out.getvalue(), content_type=CSV.content_type)
