"""Which kind of period a column holds, for who declares it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from loaders.tables.values.missing import missing
from loaders.tables.values.periods import KINDS, Period, period


class KindFit(NamedTuple):
    """Which kinds of period fit all texts of a column that are no missing marks.

    `ambiguous` where more than one does: then the kind must be declared. `provisional` is how many
    are marked so, `others` how many are no period of any kind, `example` the first of these.
    """

    kinds: tuple[str, ...]
    ambiguous: bool
    periods: int
    provisional: int
    others: int
    example: str


def fitting_kinds(texts: Iterable[str], year: int = 0) -> KindFit:
    """The kinds that could be declared for a column, or for the heads of a wide table."""
    fitting = set(KINDS)
    periods = provisional = others = 0
    example = ""
    for text in texts:
        if missing(text):
            continue
        found = {kind: one for kind in KINDS if (one := _period(text, kind, year))}
        if not found:
            others += 1
            example = example or text.strip()[:60]
            continue
        periods += 1
        provisional += any(one.provisional for one in found.values())
        fitting &= set(found)
    kinds = tuple(kind for kind in KINDS if kind in fitting and periods)
    return KindFit(kinds, len(kinds) > 1, periods, provisional, others, example)


def _period(text: str, kind: str, year: int) -> Period | None:
    try:
        return period(text, kind, year)
    except ValueError:
        return None
