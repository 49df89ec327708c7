"""Circles on a map, moved apart where one would cover another one's number."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

_GAP = 2.0  # pixels between two circles
_ROUNDS = 80
_ALONE = 0.75  # the part of the way that a movable circle goes when the other one is not


@dataclass(frozen=True, slots=True)
class MapCircle:
    """A circle: middle and radius in pixels of the picture."""

    x: float
    y: float
    radius: float


def apart(circles: Mapping[str, MapCircle], movable: Collection[str]) -> dict[str, MapCircle]:
    """The circles, none of which covers another one.

    Each pair that overlaps is moved apart on the line between its middles, again and again.
    `movable`: those that go most of the way, for a line leads to them from their names.
    """
    placed = dict(circles)
    for _ in range(_ROUNDS):
        moved = False
        for one, other in combinations(sorted(placed), 2):
            moved |= _part(placed, one, other, movable)
        if not moved:
            break
    return placed


def _part(placed: dict[str, MapCircle], one: str, other: str, movable: Collection[str]) -> bool:
    a, b = placed[one], placed[other]
    dx, dy = b.x - a.x, b.y - a.y
    distance = math.hypot(dx, dy)
    short = a.radius + b.radius + _GAP - distance
    if short <= 0.05 or not (a.radius and b.radius):
        return False
    ux, uy = (dx / distance, dy / distance) if distance else (1.0, 0.0)
    mine = _share(one in movable, other in movable) * short
    placed[one] = replace(a, x=a.x - ux * mine, y=a.y - uy * mine)
    rest = short - mine
    placed[other] = replace(b, x=b.x + ux * rest, y=b.y + uy * rest)
    return True


def _share(is_movable: bool, other_is: bool) -> float:
    """Which part of the way a circle goes."""
    if is_movable == other_is:
        return 0.5
    return _ALONE if is_movable else 1 - _ALONE
