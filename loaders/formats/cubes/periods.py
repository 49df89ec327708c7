"""Periods of observations: a dct:PeriodOfTime with its first and last day, and its year.

Keys: `2024`, `2000-Q4`, `2019-02`, `2019-W05` (ISO 8601 weeks), a day `2019-01-02`; two joined by
`--` are the span from the first to the last of them, both inclusive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import mapping
from loaders.formats.catalogue import PropertyObject, about
from loaders.formats.cubes.observations import DimensionCode
from loaders.pipeline.record import Statement
from vocab.namespaces import DCAT, DCT, RDF, STAT, XSD

Days = tuple[date, date]
"""The first and the last day of a period."""


def period_code(key: str) -> DimensionCode:
    """The term of a period. Raises ValueError for what is no key of a period."""
    days(key)
    return DimensionCode(key, ox.NamedNode(iris.period(key)))


def period(key: str) -> Iterator[Statement]:
    """A period with its first and last day, and its year where it lies in one.

    Raises ValueError for what is no key of a period.
    """
    first, last = days(key)
    pairs: list[PropertyObject] = [
        (RDF.type, DCT.PeriodOfTime),
        (DCAT.startDate, mapping.date(first.isoformat())),
        (DCAT.endDate, mapping.date(last.isoformat())),
    ]
    years = {part[:4] for part in key.split("--")}  # of a week: the year that ISO 8601 counts it in
    if len(years) == 1:
        pairs.append((STAT.year, ox.Literal(years.pop(), datatype=XSD.gYear)))
    return about(ox.NamedNode(iris.period(key)), pairs, "period")


def days(key: str) -> Days:
    """The days of a period. Raises ValueError for what is no key, or ends before it begins."""
    first, _, last = key.partition("--")
    start, end = _days(first)[0], _days(last or first)[1]
    if end < start:
        raise ValueError(f"the period {key} ends before it begins")
    return start, end


def span(keys: Iterator[str] | list[str]) -> str:
    """The key of the period from the earliest to the latest of some periods (at least one)."""
    parts = sorted({part for key in keys for part in key.split("--")}, key=_days)
    first, last = parts[0], max(parts, key=lambda part: _days(part)[1])
    return first if first == last else f"{first}--{last}"


def _days(key: str) -> Days:
    for pattern, make in _FORMS.items():
        if match := pattern.fullmatch(key):
            return make(*map(int, match.groups()))
    raise ValueError(f"“{key}” is not a period")


def _year(year: int) -> Days:
    return date(year, 1, 1), date(year, 12, 31)


def _quarter(year: int, quarter: int) -> Days:
    return date(year, 3 * quarter - 2, 1), _month(year, 3 * quarter)[1]


def _month(year: int, month: int) -> Days:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _week(year: int, week: int) -> Days:
    return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)


def _day(year: int, month: int, day: int) -> Days:
    return date(year, month, day), date(year, month, day)


_YEAR = r"([12]\d{3})"
_FORMS: dict[re.Pattern[str], Callable[..., Days]] = {
    re.compile(_YEAR, re.ASCII): _year,
    re.compile(rf"{_YEAR}-Q([1-4])", re.ASCII): _quarter,
    re.compile(rf"{_YEAR}-(0[1-9]|1[0-2])", re.ASCII): _month,
    re.compile(rf"{_YEAR}-W(\d\d)", re.ASCII): _week,
    re.compile(rf"{_YEAR}-(\d\d)-(\d\d)", re.ASCII): _day,
}
