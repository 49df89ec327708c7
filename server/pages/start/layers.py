"""What the map of the start page can show: one number for each aimag and the capital."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from graph.core.iris import ROOT
from server.core.context import AppContext
from server.pages.figures import maps
from server.pages.layout.writing import texts_by_language
from server.sparql import internal_queries

_PLACES = ROOT + "id/place/"
LONGEST = 5.0  # seconds for a query of the start page: it shows what there is until then


@dataclass(frozen=True, slots=True)
class MapSource:
    """A table that the map can show: its dataset below `id/dataset/`, and decimals on the map."""

    dataset: str
    digits: int


SOURCES = {
    "livestock": MapSource("nso/DT_NSO_1001_109V1", 0),
    "services": MapSource("emongolia-local/2022-07-19", 0),
}
"""By the value of `?map=`; each has a query `map_KEY` and texts `map_KEY`, `…_title`, `…_unit`."""


@dataclass(frozen=True, slots=True)
class MapLayer:
    """The numbers of one table by land-agency code, and the period that they are of."""

    key: str
    period: str
    values: Mapping[str, Decimal]
    dataset: str
    title: Mapping[str, str]
    digits: int


def read_layers(context: AppContext) -> list[MapLayer]:
    """The layers that have figures here, in the order of SOURCES."""
    found = (_layer(context, key, source) for key, source in SOURCES.items())
    return [layer for layer in found if layer.values]


def _layer(context: AppContext, key: str, source: MapSource) -> MapLayer:
    rows = internal_queries.select(context.pool, f"pages/start/map_{key}", timeout=LONGEST)
    drawn = maps.hexagon_map().units
    values = {
        code: Decimal(row["value"].value)
        for row in rows
        if (code := row["place"].value.removeprefix(_PLACES)) in drawn
    }
    period = next((row["period"].value.rpartition("/")[2] for row in rows if "period" in row), "")
    dataset = f"{context.instance.base}id/dataset/{source.dataset}"
    named = internal_queries.select(context.pool, "sparql/labels", [dataset])
    title = texts_by_language(row["label"] for row in named)
    return MapLayer(key, _written(period), values, dataset, title, source.digits)


def _written(period: str) -> str:
    """A period as people write it: `2022-03--2022-06` is 2022-03–2022-06."""
    return period.replace("--", "–")
