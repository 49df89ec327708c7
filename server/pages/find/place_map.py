"""The map above the list of places: each aimag and the capital, with how many units it has."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS
from server.core.context import AppContext
from server.http.language import text
from server.pages.figures import maps
from server.pages.figures.maps import UnitOnMap
from server.pages.start.overview import read_units


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """The map in one language: hexagons, and tiles for phones."""

    mosaic: Markup
    tiles: Markup


def place_map(context: AppContext, index: ListIndex, language: str) -> PlaceMap | None:
    """The map of the snapshot that the lists are of; None where it has no aimags."""
    units = {
        code: UnitOnMap(
            name=unit.names.get(language) or next(iter(unit.names.values()), code),
            tag="" if language in unit.names else next(iter(unit.names), ""),
            href=context.urls.page(unit.iri),
            value=float(index.counts_of(KINDS["place"], "within", f"<{unit.iri}>")),
        )
        for code, unit in read_units(context).items()
    }
    if not units:
        return None
    return PlaceMap(
        maps.mosaic(units, text("map_label"), digits=0),
        maps.tiles(units, language, text("no_figure"), 0),
    )
