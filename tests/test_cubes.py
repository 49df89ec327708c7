"""Data cubes as tables: dimensions and codes in order, the choice of a slice, its cells."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.instance import open_instance
from graph.queries import Pool, QueryLimits
from server.cubes import cells as cube_cells
from server.cubes import figures
from server.cubes.cells import Cells
from server.cubes.members import CubeCode
from server.cubes.structure import AREA, CODE, TIME, CubeStructure, Dimension, cubes
from server.cubes.view import CubeView, view
from server.http.problem_details import HttpProblem
from tests.pools import ready

ROOT = "https://w3id.org/ulzii/"
LIVESTOCK = f"{ROOT}id/dataset/nso/DT_NSO_1001_109V1"


@pytest.fixture(scope="module")
def few_pool(few_datasets: Path) -> Iterator[Pool]:
    with Pool.start(open_instance(few_datasets), workers=1, limits=QueryLimits()) as pool:
        yield ready(pool)


@pytest.fixture(scope="module")
def livestock(few_pool: Pool) -> CubeStructure:
    (cube,) = cubes(few_pool, LIVESTOCK)
    return cube


def dimension(key: str, count: int, kind: str = CODE) -> Dimension:
    made = (CubeCode(ox.NamedNode(f"{ROOT}{key}/{n}"), str(n), {}) for n in range(count))
    return Dimension(f"{ROOT}def#{key}", key, {}, kind, tuple(made))


def cube_of(*dimensions: Dimension, measures: tuple[str, ...] = (f"{ROOT}def#v",)) -> CubeStructure:
    return CubeStructure(f"{ROOT}cube", {}, dimensions, measures, (), {}, None, 10)


def test_totals_come_first_and_siblings_in_mongolian_order(livestock: CubeStructure) -> None:
    areas = livestock.dimension("refArea")
    assert areas is not None
    named = [(one.level, one.labels.get("mn", "")) for one in areas.members]
    assert named[0] == (0, "Улсын дүн")
    regions = [label for level, label in named if level == 1]
    assert len(regions) == 7
    western = [m.labels["mn"] for m in areas.members if m.level == 2][-5:]
    assert western == ["Баян-Өлгий", "Говь-Алтай", "Завхан", "Увс", "Ховд"]
    assert areas.usual is areas.members[0]


def test_periods_are_in_order_of_time_and_the_latest_is_usual(livestock: CubeStructure) -> None:
    periods = livestock.dimension("refPeriod")
    assert periods is not None
    assert [one.key for one in periods.members] == [str(year) for year in range(1970, 2025)]
    assert periods.usual.key == "2024"


def test_the_unit_of_a_cube_is_named_with_its_power_of_ten(livestock: CubeStructure) -> None:
    assert livestock.unit is not None
    assert livestock.unit.labels == {"mn": "толгой мал", "en": "head of livestock"}
    assert livestock.unit.power == 3
    assert (livestock.observations, livestock.is_whole) == (1650, True)


def slice_of(pool: Pool, shown: CubeView) -> Cells:
    columns = (shown.columns, shown.column_page.shown) if shown.columns else None
    return cube_cells.cells(
        pool, shown.cube, shown.measure, (shown.rows, shown.row_page.shown), columns, shown.fixed
    )


def test_a_slice_has_the_newest_columns_and_findings_in_their_cells(
    few_pool: Pool, livestock: CubeStructure
) -> None:
    shown = view(livestock, {"columns-page": "5"})
    found = slice_of(few_pool, shown)
    assert [one.key for one in shown.column_page.shown] == [str(y) for y in range(2001, 2009)]
    newest = view(livestock, {})
    found = slice_of(few_pool, newest)
    assert [one.key for one in newest.column_page.shown] == [str(y) for y in range(2017, 2025)]
    total, year = newest.rows.members[0].term, newest.column_page.shown[-1].term
    assert found[total, year].value == Decimal("57649.7")
    assert found[total, year].observation == f"{LIVESTOCK}/cube/total/total/2024"
    marked = [cell for cell in found.values() if cell.findings]
    assert marked
    assert all({"mn", "en"} <= set(cell.findings[0].texts) for cell in marked)


def test_a_cell_without_a_figure_has_its_status(few_pool: Pool, livestock: CubeStructure) -> None:
    found = slice_of(few_pool, view(livestock, {"columns-page": "1"}))
    empty = [cell for cell in found.values() if cell.value is None]
    assert {cell.status for cell in empty} == {"M"}
    assert figures.written(empty[0].value) == "…"


def test_rows_and_columns_can_be_exchanged(few_pool: Pool, livestock: CubeStructure) -> None:
    shown = view(livestock, {"rows": "refPeriod", "columns": "refArea"})
    assert (shown.rows.key, shown.columns and shown.columns.key) == ("refPeriod", "refArea")
    assert len(slice_of(few_pool, shown)) == 12 * 8


@pytest.mark.parametrize(
    ("dimensions", "rows", "columns", "fixed"),
    [
        ((("a", 7, CODE),), "a", None, {}),
        ((("t", 7, TIME),), "t", None, {}),
        ((("a", 7, CODE), ("t", 1, TIME)), "a", "t", {}),
        ((("a", 1, CODE), ("t", 9, TIME)), "t", "a", {}),
        ((("a", 3, CODE), ("b", 2, CODE)), "a", "b", {}),
        ((("a", 9, CODE), ("p", 3, AREA), ("t", 4, TIME)), "p", "t", {"a": "0"}),
        (
            (("a", 2, CODE), ("b", 3, CODE), ("c", 4, CODE), ("d", 5, CODE), ("t", 6, TIME)),
            "d", "t", {"a": "0", "b": "0", "c": "0"},
        ),
    ],
)  # fmt: skip
def test_the_table_of_cubes_of_one_to_five_dimensions(
    dimensions: tuple[Any, ...], rows: str, columns: str | None, fixed: dict[str, str]
) -> None:
    shown = view(cube_of(*(dimension(*one) for one in dimensions)), {})
    assert shown.rows.key == rows
    assert (shown.columns and shown.columns.key) == columns
    assert {one.key: member.key for one, member in shown.fixed} == fixed


def test_the_address_of_a_view_gives_the_view_again() -> None:
    cube = cube_of(dimension("a", 30), dimension("b", 4), dimension("t", 9, TIME))
    shown = view(cube, {"rows": "b", "fix.a": "3"})
    again = view(cube, shown.parameters())
    assert again == shown
    assert "fix.a" not in shown.parameters(**{"fix.a": ""})


@pytest.mark.parametrize(
    "asked",
    [
        {"rows": "z"}, {"columns": "z"}, {"rows": "a", "columns": "a"}, {"fix.b": "99"},
        {"page": "0"}, {"page": "x"}, {"page": "99"}, {"page": "²"}, {"columns-page": "7"},
        {"measure": "z"},
    ],
)  # fmt: skip
def test_what_a_cube_does_not_have_is_refused(asked: dict[str, str]) -> None:
    cube = cube_of(dimension("a", 30), dimension("b", 4), dimension("t", 9, TIME))
    with pytest.raises(HttpProblem):
        view(cube, asked)


def test_pages_of_periods_are_full_at_the_end() -> None:
    cube = cube_of(dimension("a", 30), dimension("t", 20, TIME))
    first, last = view(cube, {"columns-page": "1"}), view(cube, {})
    assert [one.key for one in first.column_page.shown] == ["0", "1", "2", "3"]
    assert [one.key for one in last.column_page.shown] == [str(n) for n in range(12, 20)]
    assert (last.column_page.number, last.column_page.pages) == (3, 3)


def test_numbers_of_a_slice_have_equal_decimals() -> None:
    values = [Decimal("57649.7"), Decimal(3192), None, Decimal("-0.25")]
    places = figures.decimals(values)
    assert [figures.written(one, places) for one in values] == [
        "57,649.70",
        "3,192.00",
        "…",
        "-0.25",
    ]
    assert figures.decimals([None]) == 0
    assert figures.written(Decimal("1E+3")) == "1,000"
