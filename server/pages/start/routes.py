"""`/`: the start page, whose state is `?map=`; `/index.json` and `/index.csv`: what it says."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, g, render_template, request
from markupsafe import Markup

from graph.core.errors import ConfigError
from server.core.context import AppContext
from server.http.language import text
from server.http.negotiation import CSV, Offer
from server.pages.figures import maps
from server.pages.start.data import as_csv, as_json
from server.pages.start.layers import MapLayer
from server.pages.start.overview import Overview, read_overview, units_on_map
from server.sparql.examples import examples

_JSON = Offer("application/json", "json", text=True)
EXAMPLES = 6  # shown on the start page; the page of examples has all
AUDIENCE = {
    "citizen": (("citizen_places", "/places"), ("citizen_data", "/datasets")),
    "journalist": (
        ("journalist_findings", "/findings"),
        ("journalist_trace", "/trace"),
        ("nav_sparql", "/sparql"),
    ),
    "officer": (
        ("officer_quality", "/quality"),
        ("nav_organisations", "/organisations"),
        ("nav_add_data", "/help/publish"),
    ),
    "auditor": (
        ("nav_log_checks", "/log"),
        ("nav_verify", "/verify"),
        ("nav_catalogue", "/catalog.ttl"),
        ("nav_examples", "/.well-known/sparql-examples"),
    ),
}
"""For whom this is: the key of a heading (and of its text, `…_text`), and links."""


@dataclass(frozen=True, slots=True)
class StartMap:
    """The map in one language: hexagons, tiles for phones, and the layer that they show."""

    layer: MapLayer | None
    mosaic: Markup
    tiles: Markup


def blueprint(context: AppContext) -> Blueprint:
    """The start page."""
    part = Blueprint("start", __name__)

    kept: dict[str, Overview] = {}  # of the newest snapshot

    def overview(snapshot: str) -> Overview:
        """A snapshot never changes, but what was missing may be there next time."""
        found = kept.get(snapshot) or read_overview(context)
        if not found.missing and snapshot not in kept:
            kept.clear()
            kept[snapshot] = found
        return found

    @part.get("/")
    def start() -> Response | str:
        try:
            snapshot = context.pool.snapshot()
        except ConfigError:  # nothing is published yet
            return render_template("start/empty.html")
        content = overview(snapshot)
        shown = _draw(context, content, g.language, request.args.get("map", ""))
        first = examples(context.instance.base)[:EXAMPLES]
        page = render_template(
            "start/start.html", content=content, map=shown, examples=first, audience=AUDIENCE
        )
        return Response(page, headers={"Cache-Control": "no-store"} if content.missing else None)

    @part.get("/index.<any(json,csv):form>")
    def data(form: str) -> Response:
        content = overview(context.pool.snapshot())
        body, offer = (as_json, _JSON) if form == "json" else (as_csv, CSV)
        kept = {"Cache-Control": "no-store"} if content.missing else {}
        headers = {"Access-Control-Allow-Origin": "*", **kept}
        return Response(body(content), content_type=offer.content_type, headers=headers)

    return part


def _layer(content: Overview, key: str) -> MapLayer | None:
    """The layer that is asked for, else the first."""
    found = [layer for layer in content.layers if layer.key == key] or content.layers
    return found[0] if found else None


def _draw(context: AppContext, content: Overview, language: str, key: str) -> StartMap:
    layer = _layer(content, key)
    units = units_on_map(context, content.units, language, layer)
    digits = layer.digits if layer else None
    return StartMap(
        layer,
        maps.mosaic(units, text("map_label"), digits=digits),
        maps.tiles(units, language, text("no_figure"), digits),
    )
