"""Periods as lists of PX-Web tables write them: years, quarters, months, days.

`2024`, `2024-III`, `2025M2`, `2025-2`, `2025.02`, `2026-01-19` are periods; `2015=100` is the base
of an index and no period.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

_QUARTERS = {"I": 1, "II": 2, "III": 3, "IV": 4}
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>[12]\d{3})",
        r"(?P<year>[12]\d{3})-(?P<quarter>IV|I{1,3})",
        r"(?P<year>[12]\d{3})(?:-|\.|M)(?P<month>\d{1,2})",
        r"(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})",
    )
)


@dataclass(frozen=True, slots=True)
class ListedPeriod:
    """From the first to the last day, both inclusive, `YYYY-MM-DD`; `first` and `last` in `key`
    are written as precisely as the source does: `1970--2024`, `2021-01--2025-11`."""

    key: str
    start: str
    end: str


def is_reversed(start: str, end: str) -> bool:
    """Whether a period is written with its end first, compared as text."""
    return bool(start and end) and start > end


def span(start: str, end: str) -> ListedPeriod | None:
    """The period between two that were written, in the order of time; None where one is unknown."""
    first, last = _read(start), _read(end)
    if first is None or last is None:
        return None
    if first[1] > last[1]:
        first, last = last, first
    key = first[0] if first[0] == last[0] else f"{first[0]}--{last[0]}"
    return ListedPeriod(key, first[1], last[2])


def _read(text: str) -> tuple[str, str, str] | None:
    """Key, first day and last day of one period."""
    match = next((m for form in _FORMS if (m := form.fullmatch(text.strip()))), None)
    if match is None:
        return None
    found = match.groupdict()
    year = int(found["year"])
    if quarter := _QUARTERS.get(found.get("quarter") or ""):
        return f"{year}-Q{quarter}", *_months(year, 3 * quarter - 2, 3 * quarter)
    if not found.get("month"):
        return str(year), *_months(year, 1, 12)
    month = int(found["month"])
    if not 1 <= month <= 12:
        return None
    if day := found.get("day"):
        return _day(year, month, int(day))
    return f"{year}-{month:02}", *_months(year, month, month)


def _months(year: int, first: int, last: int) -> tuple[str, str]:
    days = calendar.monthrange(year, last)[1]
    return f"{year}-{first:02}-01", f"{year}-{last:02}-{days}"


def _day(year: int, month: int, day: int) -> tuple[str, str, str] | None:
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return (f"{year}-{month:02}-{day:02}",) * 3
