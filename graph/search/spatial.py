"""Spatial search of a snapshot.

The R*Tree of the index gives candidates by bounding box; the engine's GeoSPARQL functions then test
each exactly.
"""

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
_BATCH = 2000  # shapes tested with one query


@dataclass(frozen=True, slots=True)
class SpatialHit:
    """A geometry literal, and the thing that has it (`iri`).

    `graph` is empty without `SpatialScope.by_graph`; `metres` is the distance from the position
    that was searched.
    """

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
    """Where to search: `graphs` (None: all), `subject` (the IRI of the only thing to search).

    With `by_graph` the same shape in different graphs is several hits.
    """

    graphs: tuple[str, ...] | None = None
    subject: str = ""
    by_graph: bool = False


def nearest(
    index: SearchIndex,
    position: Position,
    metres: float,
    scope: SpatialScope,
    limit: int | None = None,
) -> list[SpatialHit]:
    """The shapes within a distance of a position, nearest first; 0 m if a shape contains it.

    Raises QueryTooLarge for more than MAX_HITS shapes without a limit.
    """
    candidates = _deduplicated(
        _in_box(index, box, scope) for box in geometry.boxes_around(position, metres)
    )
    point = ox.Literal(f"POINT({position[0]!r} {position[1]!r})", datatype=ox.NamedNode(WKT))
    tested = zip(candidates, intersects(candidates, point), strict=True)
    measured = (
        _with_distance(hit, position, contains) for hit, contains in tested if contains is not None
    )
    return _limited(sorted((m for m in measured if m.metres <= metres), key=_distance_order), limit)


def within(
    index: SearchIndex, box: Box, scope: SpatialScope, limit: int | None = None
) -> list[SpatialHit]:
    """The shapes that lie wholly in a box, edges included.

    Raises QueryTooLarge for more than MAX_HITS shapes without a limit.
    """
    candidates = _deduplicated([_in_box(index, box, scope, wholly=True)])
    everywhere = ox.Literal(_polygon(Box(-180, -90, 180, 90)), datatype=ox.NamedNode(WKT))
    # the boxes say enough; this only removes shapes that the engine cannot read
    tested = zip(candidates, intersects(candidates, everywhere), strict=True)
    return _limited([hit for hit, result in tested if result is not None], limit)


def intersecting(
    index: SearchIndex, box: Box, scope: SpatialScope, limit: int | None = None
) -> list[SpatialHit]:
    """The shapes that a box contains or touches.

    Raises QueryTooLarge for more than MAX_HITS shapes without a limit.
    """
    candidates = _deduplicated([_in_box(index, box, scope)])
    area = ox.Literal(_polygon(box), datatype=ox.NamedNode(WKT))
    tested = zip(candidates, intersects(candidates, area), strict=True)
    return _limited([hit for hit, result in tested if result], limit)


def intersects(shapes: Sequence[SpatialHit], other: ox.Literal) -> list[bool | None]:
    """Whether the engine finds that each shape intersects a literal; None for invalid shapes."""
    # An empty store evaluates the function over VALUES; invalid literals leave ?holds unbound.
    results: dict[int, bool] = {}
    for start in range(0, len(shapes), _BATCH):
        batch = enumerate(shapes[start : start + _BATCH], start)
        values = " ".join(f"({number} {hit.literal})" for number, hit in batch)
        rows = ox.Store().query(
            f"SELECT ?n (<{_GEOF}sfIntersects>(?shape, {other}) AS ?holds)"
            f" WHERE {{ VALUES (?n ?shape) {{ {values} }} }}"
        )
        assert isinstance(rows, ox.QuerySolutions)
        results.update(
            (int(row["n"].value), holds.value == "true")
            for row in rows
            if (holds := row["holds"]) is not None
        )
    return [results.get(number) for number in range(len(shapes))]


def _deduplicated(groups: Iterable[Iterable[SpatialHit]]) -> list[SpatialHit]:
    return list(dict.fromkeys(hit for group in groups for hit in group))


def _in_box(
    index: SearchIndex, box: Box, scope: SpatialScope, *, wholly: bool = False
) -> Iterator[SpatialHit]:
    """The shapes whose bounding box intersects a box, or lies `wholly` in it; in a fixed order."""
    # The R*Tree has 32-bit numbers, rounded outwards: enough for candidates. For `wholly` the exact
    # sides decide.
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
    for thing, subject, value, datatype, shape_graph, link_graph in rows:
        if scope.subject and scope.subject not in (thing, subject):
            continue
        graphs = {index.graph(n) for n in (shape_graph, link_graph) if n is not None}
        if scope.graphs is not None and not graphs <= set(scope.graphs):
            continue
        if scope.by_graph and len(graphs) > 1:  # no graph alone states the thing's shape
            continue
        graph = graphs.pop() if scope.by_graph else ""
        yield SpatialHit(iri=thing, value=value, datatype=datatype, graph=graph)


def _with_distance(hit: SpatialHit, position: Position, inside: bool) -> SpatialHit:
    if inside:
        return hit
    metres = geometry.distance_to(position, geometry.paths(hit.value, hit.datatype))
    return replace(hit, metres=metres)


def _distance_order(hit: SpatialHit) -> tuple[float, str, str, str]:
    return hit.metres, hit.iri, hit.value, hit.graph


def _polygon(box: Box) -> str:
    corners = ("west south", "east south", "east north", "west north", "west south")
    ring = (" ".join(repr(float(getattr(box, side))) for side in c.split()) for c in corners)
    return f"POLYGON(({', '.join(ring)}))"


def _limited(hits: list[SpatialHit], limit: int | None) -> list[SpatialHit]:
    if limit is None and len(hits) > MAX_HITS:
        raise QueryTooLarge(
            f"the search finds more than {MAX_HITS:,} shapes",
            hint="Give a limit, or search a smaller area.",
            message_mn=f"хайлт {MAX_HITS:,}-аас олон дүрс олж байна",
            hint_mn="Хязгаар зааж өгөх, эсвэл илүү бага талбайд хайна уу.",
        )
    return hits[:limit]
