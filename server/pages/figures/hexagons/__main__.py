"""Write `mongolia.json` anew: `python -m server.pages.figures.hexagons GEONAMES.csv`.

GEONAMES.csv has the columns of GeoNames' table of places (CC BY 4.0, https://www.geonames.org/).
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from server.pages.figures.hexagons.assign import Owners, UnitSeat, assign
from server.pages.figures.hexagons.grid import RADIUS, WIDTH, Kilometres, centre, outline, project
from server.pages.figures.maps import FILE

UNITS = Path(__file__).parents[4] / "loaders" / "bundled" / "admin-units" / "aimags.csv"
_PICTURE = 1000  # units wide
_MARGIN = 4.0  # kilometres
_LATITUDES = (41.4, 52.3)
_LONGITUDES = (87.5, 120.2)


def read_units(path: Path = UNITS) -> dict[str, UnitSeat]:
    """The first-level units by land-agency code."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["au1"]: UnitSeat(
                row["au1"],
                row["geonames_admin1"].lstrip("0"),
                row["iso3166_2"],
                project(float(row["latitude"]), float(row["longitude"])),
            )
            for row in csv.DictReader(file)
        }


def read_points(path: Path, units: Mapping[str, UnitSeat]) -> Iterator[tuple[Kilometres, str]]:
    """Places within the country, and the unit that each is in."""
    codes = {unit.admin1: unit.code for unit in units.values()}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            code = codes.get(row["admin1_code"].strip().lstrip("0"))
            latitude, longitude = float(row["latitude"]), float(row["longitude"])
            inside = (
                _LATITUDES[0] < latitude < _LATITUDES[1]
                and _LONGITUDES[0] < longitude < _LONGITUDES[1]
            )
            if code and inside and row["country_code"] == "MN" and row["feature_code"] != "PCLI":
                yield project(latitude, longitude), code


def describe(owners: Owners, units: Mapping[str, UnitSeat]) -> dict[str, Any]:
    """The map as `server.pages.figures.maps` reads it."""
    places = [centre(cell) for cell in owners]
    origin = (
        min(x for x, _ in places) - WIDTH / 2 - _MARGIN,
        min(y for _, y in places) - RADIUS - _MARGIN,
    )
    width = max(x for x, _ in places) + WIDTH / 2 + _MARGIN - origin[0]
    height = max(y for _, y in places) + RADIUS + _MARGIN - origin[1]
    scale = _PICTURE / width
    return {
        "width": _PICTURE,
        "height": round(height * scale),
        "scale": round(scale, 9),
        "ox": round(origin[0], 6),
        "oy": round(origin[1], 6),
        "cells": len(owners),
        "units": {
            code: _unit(owners, units[code], scale, origin)
            for code in sorted(units)
            if code in owners.values()
        },
    }


def _unit(owners: Owners, unit: UnitSeat, scale: float, origin: Kilometres) -> dict[str, Any]:
    cells = sorted(cell for cell, code in owners.items() if code == unit.code)
    places = [centre(cell) for cell in cells]
    middle = (
        sum(x for x, _ in places) / len(places),
        sum(y for _, y in places) / len(places),
    )
    nearest = min(places, key=lambda place: math.dist(place, middle))
    x, y, bx, by = (
        round((value - origin[axis]) * scale)
        for place in (middle, nearest)
        for axis, value in enumerate(place)
    )
    path = outline(cells, scale, origin)
    return {"iso": unit.iso, "cells": len(cells), "x": x, "y": y, "bx": bx, "by": by, "d": path}


def make(geonames: Path) -> str:
    """The file, from GeoNames' points."""
    units = read_units()
    owners = assign(read_points(geonames, units), units)
    return json.dumps(describe(owners, units), ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    FILE.write_text(make(Path(sys.argv[1])), "utf-8")
