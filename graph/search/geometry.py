"""Geometry literals (WKT and GeoJSON) in degrees of longitude and latitude, CRS84: their bounding
boxes, and how far they are.

What lies within what is the engine's to say (GeoSPARQL functions); this finds candidates for it,
and measures where the engine has no measure. Edges are straight in longitude and latitude, as
there.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from graph.search.properties import GEOJSON

RADIUS = 6_371_008.8
"""The mean radius of the earth in metres, which the engine measures with too."""

_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_CRS = re.compile(r"\s*<([^>]*)>")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_POSITION = re.compile(rf"({_NUMBER})\s+({_NUMBER})(?:\s+{_NUMBER})*")
_PATH = re.compile(r"(MULTIPOINT[^(]*)?\(?\(([^()]*)\)", re.IGNORECASE)
_STEPS = 60  # of halving; a metre of an edge around the earth needs 26

Position = tuple[float, float]  # longitude, latitude


class Box(NamedTuple):
    """West, south, east and north in degrees."""

    west: float
    south: float
    east: float
    north: float


def bounding_box(value: str, datatype: str) -> Box | None:
    """The box of a literal; None where it is empty, broken, or in another reference system.

    Such a literal is in no box of the index; the engine's own functions give an error for it too.
    """
    try:
        places = [place for path in paths(value, datatype) for place in path]
        if not places:
            return None
        easts, norths = zip(*places, strict=True)
        return Box(min(easts), min(norths), max(easts), max(norths))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def paths(value: str, datatype: str) -> list[list[Position]]:
    """The lines, rings and single places a literal is made of.

    Raises ValueError or TypeError where it is broken, ValueError for another reference system.
    """
    return list(_geojson_paths(json.loads(value)) if datatype == GEOJSON else _wkt_paths(value))


def _wkt_paths(text: str) -> Iterator[list[Position]]:
    system = _CRS.match(text)
    if system and system[1] != _CRS84:
        raise ValueError(f"not in CRS84: {system[1]}")
    start = system.end() if system else 0
    for match in _PATH.finditer(text, start):
        places = [(float(x), float(y)) for x, y in _POSITION.findall(match[2])]
        yield from ([place] for place in places) if match[1] else [places]


def _geojson_paths(value: Any) -> Iterator[list[Position]]:
    for key in ("geometries", "features"):
        for part in value.get(key) or ():
            yield from _geojson_paths(part)
    if value.get("geometry"):
        yield from _geojson_paths(value["geometry"])
    if "coordinates" in value:
        yield from _coordinate_paths(value["coordinates"], value["type"] == "MultiPoint")


def _coordinate_paths(value: Any, single: bool) -> Iterator[list[Position]]:
    if not value:
        return
    if not isinstance(value[0], list):
        yield [(float(value[0]), float(value[1]))]
    elif value[0] and not isinstance(value[0][0], list) and not single:
        yield [(float(place[0]), float(place[1])) for place in value]
    else:
        for part in value:
            yield from _coordinate_paths(part, single)


def boxes_around(place: Position, metres: float) -> list[Box]:
    """Boxes that hold every place within a distance; two where it reaches over 180 degrees."""
    angle = metres / RADIUS * (1 + 1e-9) + 1e-12
    latitude = math.radians(place[1])
    south, north = place[1] - math.degrees(angle), place[1] + math.degrees(angle)
    if south <= -90 or north >= 90:
        return [Box(-180, max(south, -90), 180, min(north, 90))]
    width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(latitude))))
    west, east = place[0] - width, place[0] + width
    if west < -180:
        return [Box(-180, south, east, north), Box(west + 360, south, 180, north)]
    if east > 180:
        return [Box(west, south, 180, north), Box(-180, south, east - 360, north)]
    return [Box(west, south, east, north)]


def distance(one: Position, other: Position) -> float:
    """Metres between two places on a sphere (haversine), as the engine's geof:distance."""
    here, there = math.radians(one[1]), math.radians(other[1])
    across = math.sin(math.radians(other[0] - one[0]) / 2)
    up = math.sin((there - here) / 2)
    share = up * up + math.cos(here) * math.cos(there) * across * across
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, share)))


def distance_to(place: Position, shape: Sequence[Sequence[Position]]) -> float:
    """Metres to the nearest place on the edges of a shape (see `paths`)."""
    ends = (distance(place, path[0]) for path in shape if len(path) == 1)
    edges = (_distance_to_edge(place, *edge) for path in shape for edge in pairwise(path))
    return min((*ends, *edges))


def _distance_to_edge(place: Position, start: Position, end: Position) -> float:
    """Metres to the nearest place of an edge: halved by thirds around where it is flat nearest."""

    def at(share: float) -> float:
        x = start[0] + share * (end[0] - start[0])
        return distance(place, (x, start[1] + share * (end[1] - start[1])))

    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        third = (high - low) / 3
        if at(low + third) <= at(high - third):
            high -= third
        else:
            low += third
    return min(at(0.0), at(1.0), at((low + high) / 2))
