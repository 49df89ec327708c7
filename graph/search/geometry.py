"""Bounding boxes and distances of geometry literals: WKT and GeoJSON in CRS84 (degrees).

Whether one shape is within another is tested by the engine (GeoSPARQL functions). This module finds
the candidates, and measures distances that the engine cannot measure. Edges are straight lines in
longitude and latitude, as in the engine.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

from graph.search.properties import GEOJSON

RADIUS = 6_371_008.8
"""The mean radius of the earth in metres, as in the engine."""

_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_CRS = re.compile(r"\s*<([^>]*)>")
# Each character is read once, whatever a literal contains: literals have megabytes.
_PATH = re.compile(r"(MULTIPOINT\s*+(?:ZM?|M)?\s*+)?\(?\(([^()]*)\)", re.IGNORECASE)
_STEPS = 60  # of the ternary search; 44 steps find a metre on an edge around the earth

# JSON of any form may be in a literal: a list instead of an object, a number of 400 digits.
_INVALID = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)

Position = tuple[float, float]  # longitude, latitude


class Box(NamedTuple):
    """A bounding box in degrees."""

    west: float
    south: float
    east: float
    north: float


def bounding_box(value: str, datatype: str) -> Box | None:
    """The bounding box of a literal; None if it is empty, invalid, or not in CRS84.

    Such literals are never found; the engine's functions give an error for them as well.
    """
    try:
        positions = [position for path in paths(value, datatype) for position in path]
        if not positions or not all(map(math.isfinite, chain.from_iterable(positions))):
            return None
        longitudes, latitudes = zip(*positions, strict=True)
        return Box(
            west=min(longitudes), south=min(latitudes), east=max(longitudes), north=max(latitudes)
        )
    except _INVALID:
        return None


def paths(value: str, datatype: str) -> list[list[Position]]:
    """The lines, rings and single positions of a literal.

    Raises ValueError for another reference system, and one of _INVALID for an invalid literal.
    """
    return list(_geojson_paths(json.loads(value)) if datatype == GEOJSON else _wkt_paths(value))


def _wkt_paths(text: str) -> Iterator[list[Position]]:
    crs = _CRS.match(text)
    if crs and crs[1] != _CRS84:
        raise ValueError(f"not in CRS84: {crs[1]}")
    start = crs.end() if crs else 0
    for match in _PATH.finditer(text, start):
        positions = [_wkt_position(text) for text in match[2].split(",")]
        yield from ([position] for position in positions) if match[1] else [positions]


def _wkt_position(text: str) -> Position:
    x, y, *_ = map(float, text.split())
    return x, y


def _geojson_paths(value: Any) -> Iterator[list[Position]]:
    # geometries, collections, features and feature collections, whatever their "type" says
    for key in ("geometries", "features"):
        for part in value.get(key) or ():
            yield from _geojson_paths(part)
    if value.get("geometry"):
        yield from _geojson_paths(value["geometry"])
    if "coordinates" in value:
        yield from _coordinate_paths(value["coordinates"], value["type"] == "MultiPoint")


def _coordinate_paths(value: Any, is_multipoint: bool) -> Iterator[list[Position]]:
    if not value:
        return
    if not isinstance(value[0], list):
        yield [(float(value[0]), float(value[1]))]
    elif value[0] and not isinstance(value[0][0], list) and not is_multipoint:
        yield [(float(position[0]), float(position[1])) for position in value]
    else:
        for part in value:
            yield from _coordinate_paths(part, is_multipoint)


def boxes_around(position: Position, metres: float) -> list[Box]:
    """Boxes that contain every position within a distance; two if they cross 180 degrees."""
    angle = metres / RADIUS * (1 + 1e-9) + 1e-12  # a little more, against rounding
    latitude = math.radians(position[1])
    south, north = position[1] - math.degrees(angle), position[1] + math.degrees(angle)
    if south <= -90 or north >= 90:  # a pole is inside: all longitudes
        return [Box(-180, max(south, -90), 180, min(north, 90))]
    width = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(latitude))))
    west, east = position[0] - width, position[0] + width
    if west < -180:
        return [Box(-180, south, east, north), Box(west + 360, south, 180, north)]
    if east > 180:
        return [Box(west, south, 180, north), Box(-180, south, east - 360, north)]
    return [Box(west, south, east, north)]


def distance(one: Position, other: Position) -> float:
    """Metres between two positions on a sphere (haversine), as in the engine's geof:distance."""
    latitude1, latitude2 = math.radians(one[1]), math.radians(other[1])
    across = math.sin(math.radians(other[0] - one[0]) / 2)
    up = math.sin((latitude2 - latitude1) / 2)
    haversine = up * up + math.cos(latitude1) * math.cos(latitude2) * across * across
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, haversine)))


def distance_to(position: Position, shape: Sequence[Sequence[Position]]) -> float:
    """Metres to the nearest point on the edges of a shape (see `paths`)."""
    points = (distance(position, path[0]) for path in shape if len(path) == 1)
    edges = (_distance_to_edge(position, *edge) for path in shape for edge in pairwise(path))
    return min((*points, *edges))


def _distance_to_edge(position: Position, start: Position, end: Position) -> float:
    """Metres to the nearest point of an edge, by ternary search."""

    def distance_at(fraction: float) -> float:
        longitude = start[0] + fraction * (end[0] - start[0])
        return distance(position, (longitude, start[1] + fraction * (end[1] - start[1])))

    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        third = (high - low) / 3
        if distance_at(low + third) <= distance_at(high - third):
            high -= third
        else:
            low += third
    return min(distance_at(0.0), distance_at(1.0), distance_at((low + high) / 2))
