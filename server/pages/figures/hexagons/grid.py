"""A grid of equal hexagons in Albers' equal-area projection, and the outline of some of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

Cell = tuple[int, int]
"""Axial coordinates of a hexagon, https://www.redblobgames.com/grids/hexagons/"""

Kilometres = tuple[float, float]
"""A place: kilometres to the east and to the south of the middle of the projection."""

RADIUS = 36.5  # kilometres from the middle to a corner; a hexagon has about 3,460 km²
WIDTH = math.sqrt(3) * RADIUS
_HEIGHT = 1.5 * RADIUS
_EARTH = 6371.0
_PARALLELS = (43.0, 51.0)
_MIDDLE = (46.8, 103.8)
_AROUND = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))


def project(latitude: float, longitude: float) -> Kilometres:
    """A point in degrees in Albers' equal-area conic projection."""
    first, second = map(math.radians, _PARALLELS)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)

    def rho(degrees: float) -> float:
        return math.sqrt(c - 2 * n * math.sin(math.radians(degrees))) / n

    theta = n * math.radians(longitude - _MIDDLE[1])
    east = _EARTH * rho(latitude) * math.sin(theta)
    return east, -_EARTH * (rho(_MIDDLE[0]) - rho(latitude) * math.cos(theta))


def centre(cell: Cell) -> Kilometres:
    """The middle of a hexagon."""
    q, r = cell
    return WIDTH * (q + r / 2), _HEIGHT * r


def cell_at(place: Kilometres) -> Cell:
    """The hexagon in which a place lies."""
    x, y = place
    q, r = (math.sqrt(3) / 3 * x - y / 3) / RADIUS, (2 / 3 * y) / RADIUS
    s = -q - r
    near = [round(q), round(r), round(s)]
    off = [abs(a - b) for a, b in zip(near, (q, r, s), strict=True)]
    # The coordinate that was rounded most follows from the others: their sum is zero.
    if off[0] > off[1] and off[0] > off[2]:
        return -near[1] - near[2], near[1]
    return near[0], (-near[0] - near[2] if off[1] > off[2] else near[1])


def neighbours(cell: Cell) -> list[Cell]:
    """The six hexagons around one."""
    return [(cell[0] + q, cell[1] + r) for q, r in _AROUND]


def pieces(cells: Iterable[Cell]) -> list[set[Cell]]:
    """Hexagons that hang together, the smallest piece first."""
    left, found = set(cells), list[set[Cell]]()
    while left:
        piece, todo = set[Cell](), [left.pop()]
        while todo:
            piece.add(cell := todo.pop())
            near = left.intersection(neighbours(cell))
            left -= near
            todo += near
        found.append(piece)
    return sorted(found, key=lambda piece: (len(piece), sorted(piece)))


def outline(cells: Iterable[Cell], scale: float, origin: Kilometres) -> str:
    """Hexagons as one SVG path: edges that two of them share fall away."""
    edges: dict[tuple[Cell, Cell], Kilometres] = {}
    for cell in cells:
        corners = _corners(cell)
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            key, reverse = (_key(start), _key(end)), (_key(end), _key(start))
            if edges.pop(reverse, None) is None:
                edges[key] = start
    rings = [_ring_path(ring, scale, origin) for ring in _rings(edges)]
    return "".join(rings)


def _corners(cell: Cell) -> list[Kilometres]:
    x, y = centre(cell)
    turns = [math.radians(60 * i) for i in range(6)]
    return [(x + RADIUS * math.sin(t), y - RADIUS * math.cos(t)) for t in turns]


def _key(corner: Kilometres) -> Cell:
    """A corner, the same for the three hexagons that meet there: all lie on a grid of halves."""
    return round(corner[0] / (WIDTH / 2)), round(corner[1] / (RADIUS / 2))


def _rings(edges: dict[tuple[Cell, Cell], Kilometres]) -> Iterable[list[Kilometres]]:
    onward = defaultdict[Cell, list[tuple[Cell, Kilometres]]](list)
    for (start, end), corner in edges.items():
        onward[start].append((end, corner))
    for first, leaving in onward.items():
        while leaving:
            ring, at = list[Kilometres](), first
            while onward[at] and (at != first or not ring):
                at, corner = onward[at].pop()
                ring.append(corner)
            yield ring


def _ring_path(ring: Iterable[Kilometres], scale: float, origin: Kilometres) -> str:
    places = (((x - origin[0]) * scale, (y - origin[1]) * scale) for x, y in ring)
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in places) + "Z"
