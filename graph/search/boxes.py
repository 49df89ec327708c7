"""Bounding boxes of geometry literals, in degrees of longitude and latitude (CRS84)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from graph.search.properties import GEOJSON

_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_CRS = re.compile(r"\s*<([^>]*)>")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PLACE = re.compile(rf"({_NUMBER})\s+({_NUMBER})(?:\s+{_NUMBER})*")


class Box(NamedTuple):
    """West, south, east and north in degrees."""

    west: float
    south: float
    east: float
    north: float


def of(value: str, datatype: str) -> Box | None:
    """The box of a literal; None where it is empty, broken, or in another reference system.

    Such a literal is in no box of the index; the engine's own functions give an error for it too.
    """
    try:
        places = list(_of_json(json.loads(value)) if datatype == GEOJSON else _of_wkt(value))
        if not places:
            return None
        easts, norths = zip(*places, strict=True)
        return Box(min(easts), min(norths), max(easts), max(norths))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _of_wkt(text: str) -> Iterator[tuple[float, float]]:
    system = _CRS.match(text)
    if system and system[1] != _CRS84:
        raise ValueError(f"not in CRS84: {system[1]}")
    for match in _PLACE.finditer(text, system.end() if system else 0):
        yield float(match[1]), float(match[2])


def _of_json(value: Any) -> Iterator[tuple[float, float]]:
    for key in ("geometries", "features"):
        for part in value.get(key) or ():
            yield from _of_json(part)
    if value.get("geometry"):
        yield from _of_json(value["geometry"])
    if "coordinates" in value:
        yield from _of_coordinates(value["coordinates"])


def _of_coordinates(value: Any) -> Iterator[tuple[float, float]]:
    if value and not isinstance(value[0], list):
        yield float(value[0]), float(value[1])
    else:
        for part in value:
            yield from _of_coordinates(part)
