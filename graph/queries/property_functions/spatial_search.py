"""`spatial:…`: spatial search in a query, with the arguments of Apache Jena's GeoSPARQL.

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
    FunctionCall,
    InvalidCall,
    PropertyFunction,
    SolutionRow,
)
from graph.queries.property_functions.text_search import parse_limit
from graph.queries.syntax.bilingual import Bilingual
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
"""Metres in each unit of length, by IRI or name."""

_NUMERIC = frozenset((XSD.integer, XSD.decimal, XSD.double, XSD.float))
_NEARBY_HINT = Bilingual(
    mn="(өргөрөг уртраг зай нэгж хязгаар) гэж бичнэ үү; нэгжийг орхивол uom:kilometre.",
    en="Write (latitude longitude radius unit limit); the default unit is uom:kilometre.",
)
_BOX_HINT = Bilingual(
    mn="(өмнөд баруун хойд зүүн хязгаар) гэж градусаар бичнэ үү.",
    en="Write (south west north east limit), in degrees.",
)
_GEOMETRY_HINT = Bilingual(
    mn='"POINT(106.92 47.92)"^^geo:wktLiteral гэх мэт литералыг CRS84-өөр бичнэ үү.',
    en='Write a literal such as "POINT(106.92 47.92)"^^geo:wktLiteral, in CRS84.',
)
BoxSearch = Callable[[SearchIndex, Box, SpatialScope, int | None], list[SpatialHit]]
Evaluate = Callable[[SearchIndex, FunctionCall], Iterator[SolutionRow]]


def _nearby(index: SearchIndex, call: FunctionCall) -> Iterator[SolutionRow]:
    position, rest = _parse_position(call.arguments)
    return _within_radius(index, call, position, rest)


def _nearby_geometry(index: SearchIndex, call: FunctionCall) -> Iterator[SolutionRow]:
    first, *rest = call.arguments
    box = _parse_box(first)
    if (box.west, box.south) != (box.east, box.north):
        message = Bilingual(
            mn="зайг зөвхөн цэгээс хэмжинэ", en="distances can only be measured from a point"
        )
        raise InvalidCall(message, _GEOMETRY_HINT)
    return _within_radius(index, call, (box.west, box.south), rest)


def _within_radius(
    index: SearchIndex, call: FunctionCall, position: Position, rest: Sequence[ArgumentValue]
) -> Iterator[SolutionRow]:
    if not 1 <= len(rest) <= 3:
        message = Bilingual(
            mn="зайг заавал, дараа нь нэгж, хязгаарыг шаардлагатай бол бичнэ",
            en="a radius is required, and may be followed by a unit and a limit",
        )
        raise InvalidCall(message, _NEARBY_HINT)
    unit = _parse_unit(rest[1]) if len(rest) > 1 else 1000.0
    radius = _parse_number(rest[0], _NEARBY_HINT) * unit
    if radius < 0:
        message = Bilingual(mn="зай 0-ээс бага байж болохгүй", en="the radius cannot be negative")
        raise InvalidCall(message, _NEARBY_HINT)
    limit = _parse_limit(rest[2], _NEARBY_HINT) if len(rest) > 2 else None
    hits = spatial.nearest(index, position, radius, _scope(call), limit)
    return (
        {**_row(hit), "distance": ox.Literal(repr(hit.metres / unit), datatype=XSD.double)}
        for hit in hits
    )


def _in_box(find: BoxSearch) -> Evaluate:
    def evaluate(index: SearchIndex, call: FunctionCall) -> Iterator[SolutionRow]:
        if not 4 <= len(call.arguments) <= 5:
            message = Bilingual(
                mn="дөрвөн талыг заавал, дараа нь хязгаарыг шаардлагатай бол бичнэ",
                en="four sides are required, and may be followed by a limit",
            )
            raise InvalidCall(message, _BOX_HINT)
        south, west, north, east = (_parse_number(a, _BOX_HINT) for a in call.arguments[:4])
        if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
            message = Bilingual(
                mn="эдгээр утга градусаар зөв тэгш өнцөгт болохгүй байна",
                en="these values are not a valid box in degrees",
            )
            raise InvalidCall(message, _BOX_HINT)
        rest = call.arguments[4:]
        limit = _parse_limit(rest[0], _BOX_HINT) if rest else None
        return map(_row, find(index, Box(west, south, east, north), _scope(call), limit))

    return evaluate


def _in_box_of_geometry(find: BoxSearch) -> Evaluate:
    def evaluate(index: SearchIndex, call: FunctionCall) -> Iterator[SolutionRow]:
        first, *rest = call.arguments
        if len(rest) > 1:
            message = Bilingual(
                mn="литералыг заавал, дараа нь хязгаарыг шаардлагатай бол бичнэ",
                en="a literal is required, and may be followed by a limit",
            )
            raise InvalidCall(message, _GEOMETRY_HINT)
        limit = _parse_limit(rest[0], _GEOMETRY_HINT) if rest else None
        return map(_row, find(index, _parse_box(first), _scope(call), limit))

    return evaluate


def _parse_position(
    arguments: Sequence[ArgumentValue],
) -> tuple[Position, Sequence[ArgumentValue]]:
    """The position at the beginning of the arguments, and the rest of them."""
    if len(arguments) < 3:
        message = Bilingual(
            mn="өргөрөг, уртраг, зайг заавал бичнэ",
            en="latitude, longitude and a radius are required",
        )
        raise InvalidCall(message, _NEARBY_HINT)
    latitude, longitude = (_parse_number(a, _NEARBY_HINT) for a in arguments[:2])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        message = Bilingual(
            mn=f"{latitude} {longitude} зөв өргөрөг, уртраг биш",
            en=f"{latitude} {longitude} is not a valid latitude and longitude",
        )
        raise InvalidCall(message, _NEARBY_HINT)
    return (longitude, latitude), arguments[2:]


def _parse_number(value: ArgumentValue, hint: Bilingual) -> float:
    if isinstance(value, ox.Literal) and value.datatype in _NUMERIC:
        return float(value.value)
    raise InvalidCall(Bilingual(mn=f"{value} тоо биш", en=f"{value} is not a number"), hint)


def _parse_limit(value: ArgumentValue, hint: Bilingual) -> int:
    if not isinstance(value, ox.Literal) or value.datatype != XSD.integer:
        message = Bilingual(mn=f"{value} хязгаар биш", en=f"{value} is not a limit")
        raise InvalidCall(message, hint)
    return parse_limit(value.value)


def _parse_unit(value: ArgumentValue) -> float:
    """Metres in a unit of length."""
    metres = METRES.get(value.value)
    if metres is None:
        known = ", ".join(f"<{UOM}{name}>" for name in ("metre", "kilometre", "statuteMile"))
        raise InvalidCall(
            Bilingual(
                mn=f"{value} гэсэн уртын нэгж байхгүй", en=f"{value} is not a known unit of length"
            ),
            Bilingual(mn=f"Дараах нэгжүүд бий: {known}.", en=f"Available are {known}."),
        )
    return metres


def _parse_box(value: ArgumentValue) -> Box:
    """The bounding box of a geometry literal."""
    if isinstance(value, ox.Literal) and value.datatype.value in (WKT, GEOJSON):
        box = geometry.bounding_box(value.value, value.datatype.value)
        if box is not None:
            return box
    message = Bilingual(mn=f"{value} геометрийн утга биш", en=f"{value} is not a geometry")
    raise InvalidCall(message, _GEOMETRY_HINT)


def _scope(call: FunctionCall) -> SpatialScope:
    return SpatialScope(graphs=call.graphs, subject=call.subject, by_graph=call.by_graph)


def _row(hit: SpatialHit) -> SolutionRow:
    row: SolutionRow = {"thing": ox.NamedNode(hit.iri), "geometry": hit.literal}
    if hit.graph:
        row["graph"] = ox.NamedNode(hit.graph)
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
"""The property functions by the local name of their IRI."""
