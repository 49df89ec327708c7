"""What points at a thing: its properties, and the things of one of them, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import g, request

from graph.search.collation import sort_key
from server.core.context import AppContext
from server.cubes import templated
from server.pages.thing import ThingDocument
from server.sparql.labels import Labels, labels

PER_PAGE = 50
_MOST_SORTED = 2_000  # things whose names are all read to sort them


@dataclass(frozen=True, slots=True)
class IncomingProperty:
    """A property that points at the thing, how often, and the address of the list of these."""

    iri: str
    number: int
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class IncomingLinks:
    """The properties, and of the chosen one the things on this page, `last` being the last page."""

    properties: list[IncomingProperty]
    things: list[str]
    labels: Labels
    page: int
    last: int
    href: Callable[[int], str]


def read(context: AppContext, thing: ThingDocument) -> IncomingLinks:
    """What points at a thing, as `?in=` and `?page=` ask."""
    chosen = context.urls.short(asked) if (asked := request.args.get("in", "")) else ""
    found = [
        IncomingProperty(
            row["property"].value,
            int(row["number"].value),
            _href(context, row["property"].value, 1),
            context.urls.short(row["property"].value) == chosen,
        )
        for row in thing.incoming
    ]
    shown = next((one for one in found if one.is_chosen), None)
    last = -(-shown.number // PER_PAGE) if shown else 1
    page = min(page_number(), last)
    things = _things(context, thing.iri, shown, page) if shown else []
    return IncomingLinks(
        found,
        things,
        labels(context, things),
        page,
        last,
        lambda number: _href(context, shown.iri if shown else "", number),
    )


def _href(context: AppContext, iri: str, page: int) -> str:
    return "?" + urlencode({"in": context.urls.short(iri), "page": page}) + "#incoming"


def page_number() -> int:
    """The page that is asked for, from 1; what is no number is the first."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def _things(context: AppContext, iri: str, chosen: IncomingProperty, page: int) -> list[str]:
    """The things of a page, by name: in Mongolian order, as engines sort texts where they are very
    many."""
    start = (page - 1) * PER_PAGE
    is_sorted_here = chosen.number <= _MOST_SORTED
    filled = {
        "THING": str(ox.NamedNode(iri)),
        "PROPERTY": str(ox.NamedNode(chosen.iri)),
        "LANGUAGE": g.language,
        "WINDOW": "" if is_sorted_here else f"LIMIT {PER_PAGE} OFFSET {start}",
    }
    rows = templated.select(context.pool, "pages/things/incoming", filled)
    if is_sorted_here:
        rows.sort(key=lambda row: ("name" not in row, sort_key(row.get("name", row["from"]).value)))
        rows = rows[start : start + PER_PAGE]
    return [row["from"].value for row in rows]
