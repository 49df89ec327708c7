"""`spatial:…`: places near a place or in a box, in the form that users of Apache Jena know.

?thing spatial:nearby (47.92 106.92 50)                      latitude, longitude, kilometres
(?thing ?distance ?geometry) spatial:nearby (47.92 106.92 500 uom:metre 10)
?thing spatial:withinBox (47 106 48 108)                     south, west, north, east
?thing spatial:intersectBoxGeom ("POLYGON((…))"^^geo:wktLiteral)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox

from graph.queries.property_functions.calls import (
    ArgumentValue,
    Bilingual,
    FunctionCall,
    InvalidCall,
    PropertyFunction,
    SolutionRow,
)
from graph.queries.property_functions.text_search import parse_limit
from graph.search import geometry, spatial
from graph.search.geometry import Box, Position
from graph.search.properties import GEOJSON, WKT
from graph.search.query import SearchIndex
from graph.search.spatial import SpatialHit, SpatialScope
from vocab.namespaces import XSD

UOM = "http://www.opengis.net/def/uom/OGC/1.0/"
METRES = {
    **dict.fromkeys((f"{UOM}metre", f"{UOM}meter", "m", "metre"), 1.0),
    **dict.fromkeys((f"{UOM}kilometre", f"{UOM}kilometer", "km", "kilometre"), 1000.0),
    **dict.fromkeys((f"{UOM}statuteMile", f"{UOM}mile", "mi", "mile"), 1609.344),
}
"""Units of length by IRI or name, in metres."""

_NUMERIC = frozenset((XSD.integer, XSD.decimal, XSD.double, XSD.float))
_NEARBY_HINT = (
    "(өргөрөг уртраг зай нэгж хязгаар) гэж бичнэ үү; нэгжийг орхивол uom:kilometre.",
    "Write (latitude longitude radius unit limit); the unit is uom:kilometre if left out.",
)
_BOX_HINT = (
    "(өмнөд баруун хойд зүүн хязгаар) гэж градусаар бичнэ үү.",
    "Write (south west north east limit), in degrees.",
)
_GEOMETRY_HINT = (
    '"POINT(106.92 47.92)"^^geo:wktLiteral гэх мэт литералыг CRS84-өөр бичнэ үү.',
    'Write a literal such as "POINT(106.92 47.92)"^^geo:wktLiteral, in CRS84.',
)
BoxSearch = Callable[[SearchIndex, Box, SpatialScope, int | None], list[SpatialHit]]


def _nearby(index: SearchIndex, question: FunctionCall) -> Iterator[SolutionRow]:
    place, rest = _parse_position(question.arguments)
    return _within_radius(index, question, place, rest)


def _nearby_geometry(index: SearchIndex, question: FunctionCall) -> Iterator[SolutionRow]:
    first, *rest = question.arguments
    box = _parse_box(first)
    if (box.west, box.south) != (box.east, box.north):
        raise InvalidCall(
            ("зайг цэгээс хэмжинэ", "distances are measured from a point"), _GEOMETRY_HINT
        )
    return _within_radius(index, question, (box.west, box.south), rest)


def _within_radius(
    index: SearchIndex, question: FunctionCall, place: Position, rest: Sequence[ArgumentValue]
) -> Iterator[SolutionRow]:
    if not 1 <= len(rest) <= 3:
        raise InvalidCall(
            (
                "зай хэрэгтэй, дараа нь нэгж, хязгаар байж болно",
                "a radius is wanted, then perhaps a unit and a limit",
            ),
            _NEARBY_HINT,
        )
    unit = _parse_unit(rest[1]) if len(rest) > 1 else 1000.0
    radius = _parse_number(rest[0], _NEARBY_HINT) * unit
    if radius < 0:
        raise InvalidCall(("зай 0-ээс бага байна", "the radius is below 0"), _NEARBY_HINT)
    limit = _parse_limit(rest[2], _NEARBY_HINT) if len(rest) > 2 else None
    found = spatial.nearest(index, place, radius, _scope(question), limit)
    return (
        {**_row(one), "distance": ox.Literal(repr(one.metres / unit), datatype=XSD.double)}
        for one in found
    )


def _in_box(find: BoxSearch) -> Callable[[SearchIndex, FunctionCall], Iterator[SolutionRow]]:
    def answer(index: SearchIndex, question: FunctionCall) -> Iterator[SolutionRow]:
        if not 4 <= len(question.arguments) <= 5:
            raise InvalidCall(
                (
                    "дөрвөн тал хэрэгтэй, дараа нь хязгаар байж болно",
                    "four sides are wanted, then perhaps a limit",
                ),
                _BOX_HINT,
            )
        south, west, north, east = (_parse_number(a, _BOX_HINT) for a in question.arguments[:4])
        if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
            raise InvalidCall(
                ("эдгээр тал градусаар дөрвөлжин үүсгэхгүй", "these sides make no box in degrees"),
                _BOX_HINT,
            )
        limit = (
            _parse_limit(question.arguments[4], _BOX_HINT) if len(question.arguments) > 4 else None
        )
        return map(_row, find(index, Box(west, south, east, north), _scope(question), limit))

    return answer


def _in_box_of_geometry(
    find: BoxSearch,
) -> Callable[[SearchIndex, FunctionCall], Iterator[SolutionRow]]:
    def answer(index: SearchIndex, question: FunctionCall) -> Iterator[SolutionRow]:
        first, *rest = question.arguments
        if len(rest) > 1:
            raise InvalidCall(
                (
                    "литерал хэрэгтэй, дараа нь хязгаар байж болно",
                    "a literal is wanted, then perhaps a limit",
                ),
                _GEOMETRY_HINT,
            )
        limit = _parse_limit(rest[0], _GEOMETRY_HINT) if rest else None
        return map(_row, find(index, _parse_box(first), _scope(question), limit))

    return answer


def _parse_position(arguments: Sequence[ArgumentValue]) -> tuple[Position, Sequence[ArgumentValue]]:
    if len(arguments) < 3:
        raise InvalidCall(
            ("өргөрөг, уртраг, зай хэрэгтэй", "latitude, longitude and a radius are wanted"),
            _NEARBY_HINT,
        )
    latitude, longitude = (_parse_number(a, _NEARBY_HINT) for a in arguments[:2])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        said = (
            f"{latitude} {longitude} өргөрөг, уртраг биш",
            f"{latitude} {longitude} is no latitude and longitude",
        )
        raise InvalidCall(said, _NEARBY_HINT)
    return (longitude, latitude), arguments[2:]


def _parse_number(value: ArgumentValue, form: Bilingual) -> float:
    if isinstance(value, ox.Literal) and value.datatype in _NUMERIC:
        return float(value.value)
    raise InvalidCall((f"{value} тоо биш", f"{value} is no number"), form)


def _parse_limit(value: ArgumentValue, form: Bilingual) -> int:
    if not isinstance(value, ox.Literal) or value.datatype != XSD.integer:
        raise InvalidCall((f"{value} хязгаар биш", f"{value} is no limit"), form)
    return parse_limit(value.value)


def _parse_unit(value: ArgumentValue) -> float:
    known = METRES.get(value.value)
    if known is None:
        known_ones = ", ".join(f"<{UOM}{name}>" for name in ("metre", "kilometre", "statuteMile"))
        raise InvalidCall(
            (f"{value} гэсэн уртын нэгжийг мэдэхгүй", f"{value} is no unit of length known here"),
            (f"Эдгээр бий: {known_ones}.", f"Known are {known_ones}."),
        )
    return known


def _parse_box(value: ArgumentValue) -> Box:
    if isinstance(value, ox.Literal) and value.datatype.value in (WKT, GEOJSON):
        box = geometry.bounding_box(value.value, value.datatype.value)
        if box is not None:
            return box
    raise InvalidCall((f"{value} геометр биш", f"{value} is no geometry"), _GEOMETRY_HINT)


def _scope(question: FunctionCall) -> SpatialScope:
    return SpatialScope(question.graphs, question.thing, question.by_graph)


def _row(one: SpatialHit) -> SolutionRow:
    row: SolutionRow = {"thing": ox.NamedNode(one.iri), "geometry": one.literal}
    if one.graph:
        row["graph"] = ox.NamedNode(one.graph)
    return row


_BOX_COLUMNS = ("thing", "geometry", "graph")
_NEARBY_COLUMNS = ("thing", "distance", "geometry", "graph")
FUNCTIONS = {
    "nearby": PropertyFunction(_NEARBY_COLUMNS, _nearby),
    "nearbyGeom": PropertyFunction(_NEARBY_COLUMNS, _nearby_geometry),
    "withinBox": PropertyFunction(_BOX_COLUMNS, _in_box(spatial.within)),
    "withinBoxGeom": PropertyFunction(_BOX_COLUMNS, _in_box_of_geometry(spatial.within)),
    "intersectBox": PropertyFunction(_BOX_COLUMNS, _in_box(spatial.intersecting)),
    "intersectBoxGeom": PropertyFunction(_BOX_COLUMNS, _in_box_of_geometry(spatial.intersecting)),
}
"""The property functions by local name."""
