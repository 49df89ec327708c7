"""Periods of a cube as whole numbers, for charts: evenly spaced, with the ones that are missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from server.cubes.members import CubeCode

_YEAR, _QUARTER, _MONTH = (
    re.compile(r"\d{4}"),
    re.compile(r"(\d{4})-Q(\d)"),
    re.compile(r"(\d{4})-(\d\d)"),
)


@dataclass(frozen=True, slots=True)
class PeriodScale:
    """Codes by their number; `per_year`: how many there are a year, 0 where days are counted.

    `numbers` has all periods from the first to the last, also those without a code; of days only
    those that have one, and one between two that lie further apart than usual.
    """

    per_year: int
    codes: dict[int, CubeCode]
    numbers: tuple[int, ...]

    def of_year(self, year: int) -> int:
        """The number of the first period of a year."""
        return year * self.per_year if self.per_year else date(year, 1, 1).toordinal()

    def year_of(self, number: int) -> int:
        """The year that a period is in."""
        return number // self.per_year if self.per_year else date.fromordinal(number).year

    def write(self, number: int) -> str:
        """The name of a period."""
        return self.codes[number].key if number in self.codes else ""


def scale(codes: Sequence[CubeCode]) -> PeriodScale | None:
    """The scale of some periods: of the length that most of them have, years before quarters and
    months. None where no two have one length, or two have the same place."""
    counted = [_of_length(per_year, read, codes) for per_year, read in _READERS[:-1]]
    known = max(counted, key=lambda one: len(one.codes))
    if len(known.codes) < 2:
        known = _of_length(*_READERS[-1], codes)
    return known if len(known.codes) > 1 else None


def _of_length(
    per_year: int, read: Callable[[CubeCode], int | None], codes: Sequence[CubeCode]
) -> PeriodScale:
    found = [(read(code), code) for code in codes]
    by_number = {number: code for number, code in found if number is not None}
    if len(by_number) < sum(number is not None for number, _ in found):
        by_number = {}
    numbers = _numbers(sorted(by_number), per_year) if by_number else []
    return PeriodScale(per_year, by_number, tuple(numbers))


def _year(code: CubeCode) -> int | None:
    return int(code.key) if _YEAR.fullmatch(code.key) else None


def _quarter(code: CubeCode) -> int | None:
    match = _QUARTER.fullmatch(code.key)
    return int(match[1]) * 4 + int(match[2]) - 1 if match else None


def _month(code: CubeCode) -> int | None:
    match = _MONTH.fullmatch(code.key)
    return int(match[1]) * 12 + int(match[2]) - 1 if match else None


def _day(code: CubeCode) -> int | None:
    """The first day of a day or week; a span of several periods has no place of its own."""
    try:
        return date.fromisoformat(code.start[:10]).toordinal() if "--" not in code.key else None
    except ValueError:
        return None


_READERS: tuple[tuple[int, Callable[[CubeCode], int | None]], ...] = (
    (1, _year),
    (4, _quarter),
    (12, _month),
    (0, _day),
)


def _numbers(known: Sequence[int], per_year: int) -> list[int]:
    if per_year:
        return [*range(known[0], known[-1] + 1)]
    steps = [after - before for before, after in pairwise(known)]
    usual = median(steps) if steps else 0
    made = [known[0]]
    for before, after in pairwise(known):
        if after - before > 1.5 * usual:
            made.append(before + round(usual))
        made.append(after)
    return made
