"""Which hexagons are land, and to which unit each of them belongs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.pages.figures.hexagons.grid import (
    Cell,
    Kilometres,
    cell_at,
    centre,
    neighbours,
    pieces,
)

_LEAST_POINTS = 2  # in a hexagon, so that a mistaken point makes no land
_ENCLOSED = 4  # neighbours that are land
_LEAST_CELLS = 2  # of a unit, so that it can be seen and clicked


@dataclass(frozen=True, slots=True)
class UnitSeat:
    """A first-level unit: land-agency code, GeoNames' code, ISO 3166-2, and where its seat is."""

    code: str
    admin1: str
    iso: str
    seat: Kilometres


Owners = dict[Cell, str]
"""The unit of each hexagon, by land-agency code."""


def assign(points: Iterable[tuple[Kilometres, str]], units: Mapping[str, UnitSeat]) -> Owners:
    """Each hexagon to the unit most of its points are in; `points`: place and land-agency code."""
    votes: dict[Cell, Counter[str]] = {}
    for place, code in points:
        votes.setdefault(cell_at(place), Counter())[code] += 1
    land = _land(votes)
    owners = {cell: _most(votes[cell]) for cell in land if cell in votes}
    _fill(owners, land)
    _enlarge_small(owners, units)
    _unite(owners)
    return owners


def _most(votes: Counter[str]) -> str:
    return min(votes, key=lambda code: (-votes[code], code))


def _land(votes: Mapping[Cell, Counter[str]]) -> set[Cell]:
    land = {cell for cell, counted in votes.items() if counted.total() >= _LEAST_POINTS}
    for _ in range(6):  # holes are filled
        around = {near for cell in land for near in neighbours(cell)} - land
        land |= {cell for cell in around if len(land.intersection(neighbours(cell))) >= _ENCLOSED}
    for _ in range(3):  # hexagons that stick out are dropped
        land = {cell for cell in land if len(land.intersection(neighbours(cell))) >= 2}
    return land


def _fill(owners: Owners, land: set[Cell]) -> None:
    """Hexagons without a point follow their neighbours."""
    while len(owners) < len(land):
        found = {
            cell: code
            for cell in land - owners.keys()
            if (code := _of_neighbours(owners, cell, ""))
        }
        if not found:
            return
        owners.update(found)


def _of_neighbours(owners: Owners, cell: Cell, not_of: str) -> str:
    near = Counter(owners[one] for one in neighbours(cell) if owners.get(one, not_of) != not_of)
    return _most(near) if near else ""


def _enlarge_small(owners: Owners, units: Mapping[str, UnitSeat]) -> None:
    """Units with fewer hexagons than can be seen get those that are nearest to their seats."""
    taken = set[Cell]()
    sizes = Counter(owners.values())
    for code in sorted(units, key=lambda code: (sizes[code], code)):
        if sizes[code] > _LEAST_CELLS:
            continue
        kept = _nearest(owners.keys() - taken, units[code].seat)
        for cell in [cell for cell, owner in owners.items() if owner == code and cell not in kept]:
            owners[cell] = _of_neighbours(owners, cell, code) or owners[cell]
        owners.update(dict.fromkeys(kept, code))
        taken |= kept


def _nearest(cells: Iterable[Cell], seat: Kilometres) -> set[Cell]:
    kept = set[Cell]()
    for cell in sorted(cells, key=lambda cell: (math.dist(centre(cell), seat), cell)):
        if not kept or kept.intersection(neighbours(cell)):
            kept.add(cell)
        if len(kept) == _LEAST_CELLS:
            break
    return kept


def _unite(owners: Owners) -> None:
    """Each unit is one piece: what lies apart goes to its neighbours."""
    for _ in range(4):
        for code in sorted(set(owners.values())):
            of_unit = [cell for cell, owner in owners.items() if owner == code]
            for piece in pieces(of_unit)[:-1]:
                for cell in sorted(piece):
                    owners[cell] = _of_neighbours(owners, cell, code) or owners[cell]
