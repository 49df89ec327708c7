"""Real files of Mongolian agencies: rows, cells, empty cells and exact sums, read as guessed."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from loaders.pipeline.record import Capture
from loaders.tables import values
from loaders.tables.grids import Table, detect, table
from tests.shared import SHARED

FOLDER = SHARED / "data" / "mn"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the shared folder with real files is absent"
)


def capture(path: str) -> Capture:
    file = FOLDER / path
    data = file.read_bytes()
    return Capture(hashlib.sha256(data).hexdigest(), file.name, "", "text/csv", data)


NSO = "nso_tables/DT_NSO_"
# file, columns of names, rows, cells with a figure, empty cells, sum
TABLES = [
    (f"{NSO}0300_019V1_2021-10-18_www.1212.mn.csv", 2, 9, 234, 0, "967475"),
    (f"{NSO}0300_021V1_2021-10-18_www.1212.mn.csv", 1, 6, 192, 0, "126579"),
    (f"{NSO}0400_021V1_2019-04-25_www.1212.mn.csv", 2, 1, 70, 1, "31411.3"),
    (f"{NSO}0400_021V1_2021-10-06_www.1212.mn.csv", 2, 2, 160, 1, "86962.6"),
    (f"{NSO}0400_021V1_2021-12-15_www.1212.mn.csv", 2, 1, 25, 0, "9629.5"),
    (f"{NSO}0600_001V2_2019-04-25_www.1212.mn.csv", 1, 1, 158, 0, "18993.1"),
    (f"{NSO}1001_021V1_2019-04-22_www.1212.mn.csv", 2, 1, 49, 0, "1538592.03"),
    (f"{NSO}1900_032V1_2021-12-15_www.1212.mn.csv", 2, 30, 300, 54, "3000.0"),
    (f"{NSO}2300_010V1_2021-09-13_www.1212.mn.csv", 2, 4569, 36552, 13662, "1419973"),
    ("nso_tables/nso-0100-t0023-en.csv", 2, 169, 169, 22, "92687"),
    ("nso_tables/nso-1001-109v1-en.csv", 3, 9900, 9900, 208, "11621262.5"),
    ("nso_tables/wages-by-region-en.csv", 3, 2520, 2520, 415, "1237563.6"),
    ("prices/ub_market_prices_en.csv", 4, 61932, 61932, 15227, "149295970.6725490079209"),
]


@pytest.mark.parametrize(("path", "names", "rows", "cells", "empty", "total"), TABLES)
def test_figures_of_the_statistics_office(
    path: str, names: int, rows: int, cells: int, empty: int, total: str
) -> None:
    data = capture(path)
    found = table(data, detect(data).dialect)
    figures = [cell for row in found.rows for cell in row.cells[names:]]
    blank = [cell for cell in figures if values.missing(cell.text)]
    texts = [cell.text for cell in figures if not values.missing(cell.text)]
    assert {cell.row for cell in figures} == set(range(2, rows + 2))
    assert values.fitting_locales(texts[:5000]).locales[0] == "1,234.5"
    assert sum(values.number(text, "1,234.5") for text in texts) == Decimal(total)
    assert (len(figures), len(blank)) == (cells, empty)


def guessed(path: str) -> Table:
    data = capture(path)
    return table(data, detect(data).dialect)


@pytest.mark.parametrize(
    ("path", "names", "kind"),
    [
        (f"{NSO}0400_021V1_2021-10-06_www.1212.mn.csv", 2, "quarter"),
        (f"{NSO}0600_001V2_2019-04-25_www.1212.mn.csv", 1, "month"),
        (f"{NSO}1900_032V1_2021-12-15_www.1212.mn.csv", 2, "year"),
    ],
)
def test_heads_that_are_periods(path: str, names: int, kind: str) -> None:
    fit = values.fitting_kinds(guessed(path).heads[names:])
    assert (fit.kinds[0], fit.others) == (kind, 0)


def test_budgets_of_khoroos_with_line_ends_of_old_programs() -> None:
    """CR only, tabs, names of firms that begin with quotation marks, two levels of groups."""
    found = guessed("budget/sukhbaatar.csv")
    rows = list(found.rows)
    assert found.heads == ["№", "Хийгдсэн ажил", "Гүйцэтгэгч", "Төсөв"]
    assert len(rows) == 57
    assert [one and one.text for one in rows[0].sections] == ["9", "2013"]
    assert [one and one.text for one in rows[-1].sections] == ["17", "2015"]
    assert rows[0].texts[2] == '"Сентек сервис" ХХК'
    assert rows[0].cells[3].locator == "cell=4,4"
    last = [row for row in rows if row.sections[0] and row.sections[0].text == "17"]
    works = [row.texts[3] for row in last if row.texts[0]]
    total = sum(values.number(text, "1,234.5") for text in works)
    stated = values.number(last[-1].texts[3], "1,234.5")  # БҮГД ДҮН
    assert (total, stated) == (Decimal("198452800"), Decimal("198452800"))


def test_measurements_after_a_notice_of_use() -> None:
    found = guessed("weather/Ulaanbaatar_HourlyPM25_201901.csv")
    assert len(found.preamble) == 2
    assert found.heads[:3] == ["Site", "Parameter", "Date (LST)"]
    [*rows] = found.rows
    assert len(rows) == 744
    days = {values.date_time(row.texts[2], "MM/dd/yyyy HH:mm").day for row in rows}
    assert len(days) == 31  # the month is January; as dd/MM it would be the first of each month


def test_the_index_of_tables_and_tenders_in_json() -> None:
    assert len(list(guessed("nso/px_index_mongolstats_2026-01.json").rows)) == 1244
    tenders = guessed("procurement/tender_gov_mn_invitations_sample.json")
    assert len(list(tenders.rows)) == 9


def test_every_file_is_read_as_guessed() -> None:
    paths = [one for one in FOLDER.rglob("*.*") if one.suffix in {".csv", ".xlsx"}]
    assert len(paths) > 30
    for path in paths:
        found = guessed(str(path.relative_to(FOLDER)))
        assert not [row.problem for row in found.rows if row.problem], path
        assert len(found.heads) > 1, path
