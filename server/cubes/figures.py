"""Figures as people read them, and numbers of a column with equal decimals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

NO_FIGURE = "…"
_MOST_DECIMALS = 6


def decimals(values: Iterable[Decimal | None]) -> int:
    """How many decimals the most exact of some numbers has, at most 6."""
    places = (-int(one.normalize().as_tuple().exponent) for one in values if one is not None)
    return min(max(max(places, default=0), 0), _MOST_DECIMALS)


def written(value: Decimal | None, places: int = 0) -> str:
    """A number as CLDR writes it in Mongolian and English alike: `57,649.7`; `…` for none."""
    return NO_FIGURE if value is None else f"{value:,.{places}f}"
