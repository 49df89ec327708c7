"""Ours and another measured in turns, so that what the machine does meanwhile meets both."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Measured(NamedTuple):
    """The medians of both, the median of the ratios of all turns, and these ratios in words."""

    ours: float
    theirs: float
    ratio: float
    told: str


def measure(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> Measured:
    """Measure rates in turns, ours first."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratios = [us / them for us, them in pairs]
    told = "ratios of the turns " + ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
    return Measured(
        median(us for us, _ in pairs), median(b for _, b in pairs), median(ratios), told
    )
