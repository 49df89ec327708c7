"""Measure two systems alternately, so that other work on the machine affects both."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Comparison(NamedTuple):
    """The medians of both, the median ratio of the pairs, and all these ratios as text."""

    ours: float
    theirs: float
    ratio: float
    detail: str


def compare(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> Comparison:
    """Measure two rates alternately, ours first, `rounds` times."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratios = [us / them for us, them in pairs]
    detail = "ratios of the turns " + ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
    return Comparison(
        median(us for us, _ in pairs), median(b for _, b in pairs), median(ratios), detail
    )
