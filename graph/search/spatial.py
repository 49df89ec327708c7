"""Finds shapes by where they are, from the R*Tree of a snapshot's index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.core.errors import QueryTooLarge
from graph.search import geometry
from graph.search.geometry import Box, Position
from graph.search.properties import WKT
from graph.search.query import MAX_HITS, SearchIndex

_GEOF = "http://www.opengis.net/def/function/geosparql/"
_BATCH = 2000  # shapes the engine is asked about at once


@dataclass(frozen=True, slots=True)
class SpatialHit:
    """A shape: the thing it belongs to, the literal, the graph that states it (empty unless asked
    for), metres from the place asked about."""

    iri: str
    value: str
    datatype: str
    graph: str = ""
    metres: float = 0.0

    @property
    def literal(self) -> ox.Literal:
        """The literal as a term."""
        return ox.Literal(self.value, datatype=ox.NamedNode(self.datatype))


@dataclass(frozen=True, slots=True)
class SpatialScope:
    """Graphs to look in (all where None), one thing by its IRI, whether graphs are told apart."""

    graphs: tuple[str, ...] | None = None
    subject: str = ""
    by_graph: bool = False


def nearest(
    index: SearchIndex,
    place: Position,
    metres: float,
    scope: SpatialScope,
    limit: int | None = None,
) -> list[SpatialHit]:
    """What lies within a distance of a place, nearest first; a shape that holds the place is at 0.

    Raises QueryTooLarge where there are more than MAX_HITS and no limit.
    """
    candidates = _deduplicated(
        _in_box(index, box, scope) for box in geometry.boxes_around(place, metres)
    )
    here = ox.Literal(f"POINT({place[0]!r} {place[1]!r})", datatype=ox.NamedNode(WKT))
    holding = zip(candidates, intersects(candidates, here), strict=True)
    measured = [_with_distance(one, place, holds) for one, holds in holding if holds is not None]
    nearest = sorted((m for m in measured if m.metres <= metres), key=_distance_order)
    return _check_limit(nearest, limit)


def within(
    index: SearchIndex, box: Box, scope: SpatialScope, limit: int | None = None
) -> list[SpatialHit]:
    """What lies wholly in a box, its edges included.

    Raises QueryTooLarge where there are more than MAX_HITS and no limit.
    """
    candidates = _deduplicated([_in_box(index, box, scope, wholly=True)])
    everywhere = ox.Literal(_polygon(Box(-180, -90, 180, 90)), datatype=ox.NamedNode(WKT))
    valid = zip(candidates, intersects(candidates, everywhere), strict=True)
    return _check_limit([one for one, holds in valid if holds is not None], limit)


def intersecting(
    index: SearchIndex, box: Box, scope: SpatialScope, limit: int | None = None
) -> list[SpatialHit]:
    """What a box holds or touches.

    Raises QueryTooLarge where there are more than MAX_HITS and no limit.
    """
    candidates = _deduplicated([_in_box(index, box, scope)])
    area = ox.Literal(_polygon(box), datatype=ox.NamedNode(WKT))
    touching = zip(candidates, intersects(candidates, area), strict=True)
    return _check_limit([one for one, touches in touching if touches], limit)


def intersects(shapes: Sequence[SpatialHit], other: ox.Literal) -> list[bool | None]:
    """Whether each shape and a literal have a place in common, as the engine says; None where it
    cannot read the shape."""
    found: dict[int, bool] = {}
    for start in range(0, len(shapes), _BATCH):
        some = enumerate(shapes[start : start + _BATCH], start)
        values = " ".join(f"({number} {one.literal})" for number, one in some)
        rows = ox.Store().query(
            f"SELECT ?n (<{_GEOF}sfIntersects>(?shape, {other}) AS ?holds)"
            f" WHERE {{ VALUES (?n ?shape) {{ {values} }} }}"
        )
        assert isinstance(rows, ox.QuerySolutions)
        found.update(
            (int(row["n"].value), holds.value == "true")
            for row in rows
            if (holds := row["holds"]) is not None
        )
    return [found.get(number) for number in range(len(shapes))]


def _deduplicated(found: Iterable[Iterable[SpatialHit]]) -> list[SpatialHit]:
    return list(dict.fromkeys(one for some in found for one in some))


def _in_box(
    index: SearchIndex, box: Box, scope: SpatialScope, *, wholly: bool = False
) -> Iterator[SpatialHit]:
    """Shapes of which the bounding box meets a box, or lies in it; in a fixed order."""
    sides = {"west": box.west, "south": box.south, "east": box.east, "north": box.north}
    condition = "b.west <= :east AND b.east >= :west AND b.south <= :north AND b.north >= :south"
    if wholly:
        condition += " AND s.west >= :west AND s.east <= :east"
        condition += " AND s.south >= :south AND s.north <= :north"
    rows = index.connection.execute(
        "SELECT COALESCE(l.feature, s.subject), s.subject, s.value, s.datatype, s.graph, l.graph"
        " FROM box b JOIN shape s USING (id) LEFT JOIN link l ON l.geometry = s.subject"
        f" WHERE {condition} ORDER BY 1, 3, 4",
        sides,
    )
    for thing, subject, value, datatype, stated, linked in rows:
        if scope.subject and scope.subject not in (thing, subject):
            continue
        graphs = {index.graph(number) for number in (stated, linked) if number is not None}
        if scope.graphs is not None and not graphs <= set(scope.graphs):
            continue
        if scope.by_graph and len(graphs) > 1:
            continue
        yield SpatialHit(thing, value, datatype, graphs.pop() if scope.by_graph else "")


def _with_distance(one: SpatialHit, place: Position, inside: bool) -> SpatialHit:
    if inside:
        return one
    metres = geometry.distance_to(place, geometry.paths(one.value, one.datatype))
    return replace(one, metres=metres)


def _distance_order(one: SpatialHit) -> tuple[float, str, str, str]:
    return one.metres, one.iri, one.value, one.graph


def _polygon(box: Box) -> str:
    corners = ("west south", "east south", "east north", "west north", "west south")
    ring = (" ".join(repr(float(getattr(box, side))) for side in c.split()) for c in corners)
    return f"POLYGON(({', '.join(ring)}))"


def _check_limit(found: list[SpatialHit], limit: int | None) -> list[SpatialHit]:
    if limit is None and len(found) > MAX_HITS:
        raise QueryTooLarge(
            f"more than {MAX_HITS:,} shapes are there",
            hint="Give a limit, or look in a smaller place.",
            message_mn=f"тэнд {MAX_HITS:,}-аас олон дүрс байна",
            hint_mn="Хязгаар заах, эсвэл жижиг газраас хайна уу.",
        )
    return found[:limit]
