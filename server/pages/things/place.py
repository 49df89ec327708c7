"""The page of a place: what it is part of, its codes, the units below, its figures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask import g
from markupsafe import Markup

from graph.core.iris import ROOT
from graph.search.collation import sort_key
from server.core.context import AppContext
from server.http.language import text
from server.pages.figures import maps
from server.pages.figures.charts import ChartSeries, MarkedPoint, line_chart
from server.pages.figures.hexagons.grid import project
from server.pages.layout.writing import Texts, number_text, texts_by_language
from server.pages.thing import ThingDocument
from server.pages.things import incoming
from server.pages.things.datasets import DatasetInList, dataset_items
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from vocab.namespaces import GEO, PLACE, RDFS
from vocab.terms import Object

CLASSES = (
    PLACE.Country,
    PLACE.Aimag,
    PLACE.Capital,
    PLACE.Soum,
    PLACE.District,
    PLACE.Bag,
    PLACE.Khoroo,
)
_POINT = re.compile(r"POINT ?\(([-\d.]+) ([-\d.]+)\)")
_PLACES = ROOT + "id/place/"

Degrees = tuple[float, float]
"""Longitude and latitude."""


@dataclass(frozen=True, slots=True)
class PlaceCode:
    """A code of the place: its classification, the notation, the name it has there."""

    iri: str
    scheme: Texts
    notation: str
    name: Texts


@dataclass(frozen=True, slots=True)
class PlaceAround:
    """A unit directly above or below."""

    iri: str
    names: Texts
    notation: str
    point: Degrees | None


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """A dataset with figures of the place, and how many."""

    dataset: DatasetInList
    figures: int


@dataclass(frozen=True, slots=True)
class PlaceCentre:
    """A service centre in the place: what it is, and whether it is open or planned."""

    iri: str
    kind: Texts
    status: Texts


@dataclass(frozen=True, slots=True)
class LivestockSeries:
    """Livestock by year as a chart, with the newest figure; thousand head."""

    chart: Markup
    first: int
    last: int
    value: Decimal
    figure: str
    warnings: int


_QUERIES = ("around", "codes", "figures", "centres", "livestock")


def queries(iri: str) -> list[str]:
    """The queries that its IRI alone decides (server.resources.class_pages)."""
    of = internal_queries.texts_of
    return [text for name in _QUERIES for text in of(f"pages/things/place_{name}", [iri])]


def page(context: AppContext, thing: ThingDocument) -> str:
    """Its page."""
    around = internal_queries.select(context.pool, "pages/things/place_around", [thing.iri])
    below = _around(around, "below")
    above = _around(around, "above")
    points = [point for one in below if (point := one.point)]
    own = degrees(thing.values(GEO.asWKT, next(iter(thing.iris(GEO.hasGeometry)), "")))
    return thing.render(
        "things/place.html",
        names=thing.texts(RDFS.label),
        kind=next((one.value for one in CLASSES if one.value in thing.classes), ""),
        above=above,
        country=[] if above else _around(around, "country"),
        below=below,
        without_point=len(below) - len(points),
        point=own,
        codes=_codes(context, thing.iri),
        tables=tables(context, thing.iri),
        centres=_centres(context, thing.iri),
        livestock=_livestock(context, thing.iri),
        locator=_locator(thing, above, points or [own] if own else points),
        incoming=incoming.read(context, thing),
    )


def _around(rows: Iterable[QueryRow], direction: str) -> list[PlaceAround]:
    by_place = defaultdict[str, list[QueryRow]](list)
    for row in rows:
        if row["direction"].value == direction:
            by_place[row["place"].value].append(row)
    found = [
        PlaceAround(
            iri,
            texts_by_language(row.get("name") for row in said),
            next((row["notation"].value for row in said if "notation" in row), ""),
            degrees(row["point"] for row in said if "point" in row),
        )
        for iri, said in by_place.items()
    ]
    return sorted(found, key=lambda one: sort_key(_name(one.names)))


def _name(names: Texts) -> str:
    return names.get(g.language) or next(iter(names.values()), "")


def degrees(values: Iterable[Object]) -> Degrees | None:
    """The first point in WKT."""
    for value in values:
        if match := _POINT.search(value.value):
            return float(match[1]), float(match[2])
    return None


def _codes(context: AppContext, iri: str) -> list[PlaceCode]:
    by_code = defaultdict[str, list[QueryRow]](list)
    for row in internal_queries.select(context.pool, "pages/things/place_codes", [iri]):
        by_code[row["code"].value].append(row)
    found = [
        PlaceCode(
            code,
            texts_by_language(row.get("title") for row in said),
            next((row["notation"].value for row in said if "notation" in row), ""),
            texts_by_language(row.get("name") for row in said),
        )
        for code, said in by_code.items()
    ]
    return sorted(found, key=lambda one: sort_key(_name(one.scheme)))


def _centres(context: AppContext, iri: str) -> list[PlaceCentre]:
    by_centre = defaultdict[str, list[QueryRow]](list)
    for row in internal_queries.select(context.pool, "pages/things/place_centres", [iri]):
        by_centre[row["centre"].value].append(row)
    return [
        PlaceCentre(
            centre,
            texts_by_language(row.get("kind") for row in said),
            texts_by_language(row.get("status") for row in said),
        )
        for centre, said in by_centre.items()
    ]


def tables(context: AppContext, iri: str) -> list[PlaceTable]:
    """The datasets with figures of a place, those with the most first."""
    rows = internal_queries.select(context.pool, "pages/things/place_figures", [iri])
    of_dataset = defaultdict[str, int](int)
    for row in rows:
        of_dataset[row.get("dataset", row["cube"]).value] += int(row["figures"].value)
    items = dataset_items(context, of_dataset)
    return [PlaceTable(item, of_dataset[item.iri]) for item in items]


def _livestock(context: AppContext, iri: str) -> LivestockSeries | None:
    """Its livestock by year; None where there are not two years with a figure."""
    rows = internal_queries.select(context.pool, "pages/things/place_livestock", [iri])
    found = {
        int(year): row for row in rows if (year := row["period"].value.rpartition("/")[2]).isdigit()
    }
    known = {year: Decimal(row["value"].value) for year, row in found.items() if "value" in row}
    if len(known) < 2:
        return None
    years = range(min(found), max(found) + 1)
    points = [(year, float(known[year]) if year in known else None) for year in years]
    flags = [
        MarkedPoint(year, float(known[year]), text("differs"))
        for year, row in found.items()
        if "warning" in row and year in known
    ]
    first, last = min(known), max(known)
    top = max(known, key=lambda year: known[year])
    says = text("livestock_line").format(
        first=first,
        start=number_text(known[first]),
        top=top,
        most=number_text(known[top]),
        last=last,
        end=number_text(known[last]),
    )
    title = text("livestock_by_year")
    chart = line_chart([ChartSeries(title, points)], title, says, flags)
    figure = found[last]["figure"].value
    return LivestockSeries(chart, first, last, known[last], figure, len(flags))


def _locator(
    thing: ThingDocument, above: list[PlaceAround], points: Iterable[Degrees]
) -> Markup | None:
    """The schematic map with the unit, or the one above it, and points; None for others."""
    drawn = maps.hexagon_map()
    candidates = [thing.iri, *(one.iri for one in above)]
    codes = (iri.removeprefix(_PLACES) for iri in candidates)
    here = next((code for code in codes if code in drawn.units), "")
    if not here:
        return None
    names = thing.texts(RDFS.label) if here in thing.iri else above[0].names
    tag = "" if g.language in names else next(iter(names), "")
    unit = maps.UnitOnMap(_name(names), tag, "#")
    dots = [_in_picture(drawn, point) for point in points]
    return maps.mosaic({here: unit}, text("map_label"), here=here, dots=dots)


def _in_picture(drawn: maps.HexagonMap, point: Degrees) -> tuple[float, float]:
    x, y = project(point[1], point[0])
    return (x - drawn.origin[0]) * drawn.scale, (y - drawn.origin[1]) * drawn.scale
