"""Axes and classes: round steps from zero, so that no small difference looks large."""

from __future__ import annotations

import math
from collections.abc import Sequence

_MOST_STEPS = 6
CLASSES = 5


def round_step(top: float) -> float:
    """The step of an axis from 0 to at least `top`: 2, 2.5, 5 or 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(top))
    steps = (0.2 * power, 0.25 * power, 0.5 * power, power, 2 * power)
    return next(step for step in steps if top / step <= _MOST_STEPS)


def top_of_axis(values: Sequence[float]) -> tuple[float, float]:
    """The end of the axis, and its step; 1 and 1 where there is nothing above zero."""
    top = max(values, default=0)
    if top <= 0:
        return 1.0, 1.0
    step = round_step(top)
    return math.ceil(top / step) * step, step


def class_bounds(values: Sequence[float]) -> list[float]:
    """The limits of CLASSES equal classes from zero."""
    top, _ = top_of_axis(values)
    return [top / CLASSES * i for i in range(CLASSES + 1)]


def class_of(value: float, bounds: Sequence[float]) -> int:
    """The class of a value, 1 to CLASSES."""
    return min(CLASSES, 1 + sum(value >= bound for bound in bounds[1:-1]))


def tick_text(value: float) -> str:
    """A number at an axis: thousands separated, no more decimals than it needs."""
    return f"{value:,.10g}" if value != int(value) else f"{value:,.0f}"
