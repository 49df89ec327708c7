"""Keys of periods: their days, and spans of several."""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.formats.cubes import periods
from vocab.namespaces import STAT, XSD

KEYS = {
    "2024": (date(2024, 1, 1), date(2024, 12, 31)),
    "2000-Q4": (date(2000, 10, 1), date(2000, 12, 31)),
    "2024-02": (date(2024, 2, 1), date(2024, 2, 29)),
    "2019-W01": (date(2018, 12, 31), date(2019, 1, 6)),
    "2019-01-02": (date(2019, 1, 2), date(2019, 1, 2)),
    "2022-03--2022-06": (date(2022, 3, 1), date(2022, 6, 30)),
}


@pytest.mark.parametrize(("key", "days"), KEYS.items())
def test_days_of_a_period(key: str, days: periods.Days) -> None:
    assert periods.days(key) == days


@pytest.mark.parametrize(
    ("key", "year"),
    [
        ("2024", "2024"),
        ("2000-Q4", "2000"),
        ("2019-W01", "2019"),
        ("2022-03--2022-06", "2022"),
        ("2023--2024", ""),
    ],
)
def test_a_period_within_a_year_has_it(key: str, year: str) -> None:
    years = [one.object for one in periods.period(key) if one.predicate == STAT.year]
    assert years == ([ox.Literal(year, datatype=XSD.gYear)] if year else [])


@pytest.mark.parametrize(
    "key", ["", "24", "2024-13", "2024-Q5", "2023-02-29", "2024--2023", "٢٠٢٤"]
)
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        periods.days(key)


@given(st.lists(st.sampled_from([*KEYS]), min_size=1))
def test_a_span_is_a_period_over_all_of_them(keys: list[str]) -> None:
    first, last = periods.days(periods.span(keys))
    assert first == min(periods.days(key)[0] for key in keys)
    assert last == max(periods.days(key)[1] for key in keys)
