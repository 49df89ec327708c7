"""Groups of rows: guessed where totals lack figures, and rows in them that lack all figures."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from loaders.pipeline.record import Capture, LoadFinding
from loaders.tables.grids import Dialect, detect, table
from tests.mapped_tables import TwoSoums, figures, mapped, options
from tests.test_tables_units import described

TEXTS = [r".*\D.*"]


def guessed(text: str) -> tuple[Dialect, list[tuple[str, str]]]:
    """The guessed dialect, and group and label of each row that is read by it."""
    data = text.encode()
    capture = Capture(hashlib.sha256(data).hexdigest(), "t.csv", "", "text/csv", data)
    found = detect(capture).dialect
    rows = table(capture, found).rows
    return found, [
        (row.sections[0].text if row.sections and row.sections[0] else "", row.texts[0])
        for row in rows
    ]


def test_totals_without_figures_do_not_hide_groups() -> None:
    """In a group, and at the end of the table, where a total was taken for the last group."""
    found, rows = guessed(
        "Нэр,2022,2023\nБаруун бүс,,\nА,1,2\nБ,3,4\nНийт,,\nЗүүн бүс,,\nВ,5,6\nГ,7,8\nНийт,,\n"
    )
    assert list(found.sections) == TEXTS
    assert rows == [
        *[("Баруун бүс", one) for one in ("А", "Б", "Нийт")],
        *[("Зүүн бүс", one) for one in ("В", "Г", "Нийт")],
    ]


def test_a_total_with_rows_of_its_own_is_a_group() -> None:
    _, rows = guessed("Нэр,2022\nБүгд,\nА,1\nБ,2\nХот,\nА,1\nБ,2\n")
    assert [group for group, _ in rows] == ["Бүгд", "Бүгд", "Хот", "Хот"]


@pytest.mark.parametrize(
    ("first", "sections"),
    [("Баруун бүс", TEXTS), ("(мян.төг)", []), ("мянган төгрөг", []), ("Нийт", TEXTS)],
)
def test_the_only_group_stands_first(first: str, sections: list[str]) -> None:
    """A unit is no group; somewhere below, a row with a label only lacks its figures."""
    assert list(guessed(f"Нэр,2022,2023\n{first},,\nА,1,2\nБ,3,4\n")[0].sections) == sections
    assert not guessed(f"Нэр,2022,2023\nА,1,2\n{first},,\nБ,3,4\n")[0].sections


BY_YEAR = "Аймаг,А,Б\n2023 он,,\nАрхангай,1,2\nУвс,3,4\n2024 он,,\nАрхангай,5,6\nУвс,,\nТөв,7,8\n"
YEAR: dict[str, Any] = {"name": "§", "role": "dimension", "kind": "period"}
PLACE: dict[str, Any] = {"name": "Аймаг", "role": "dimension", "key": "aimag"}
MEASURES: list[dict[str, Any]] = [{"name": one, "role": "measure"} for one in "АБ"]


def in_years(text: str) -> list[Any]:
    return mapped(text, options(YEAR, PLACE, *MEASURES, file={"sections": [r"\d{4} он"]}))


def test_a_row_that_lacks_all_figures_is_published_and_said() -> None:
    """Увс had figures a year before; Говьсүмбэр only looks like the other rows."""
    made = in_years(BY_YEAR + "Говьсүмбэр,,\nСэлэнгэ,9,10\n")
    assert not [one for one in made if isinstance(one, str)]
    assert {key for key in figures(made) if key.startswith("2024")} == {
        f"2024/{one}" for one in ("arkhangai/a", "arkhangai/b", "tuv/a", "tuv/b",
                                  "selenge/a", "selenge/b")
    }  # fmt: skip
    found = [one for one in made if isinstance(one, LoadFinding)]
    assert [(one.kind, one.place, one.detail) for one in found] == [
        ("row-without-figures", "t.csv#row=7", "Увс"),
        ("row-without-figures", "t.csv#row=9", "Говьсүмбэр"),
    ]


def test_what_may_be_an_unknown_group_is_still_refused_with_its_rows() -> None:
    made = in_years(BY_YEAR + "2025 оны урьдчилсан,,\nАрхангай,9,9\n2026 он,,\nУвс,1,1\n")
    reasons = [one for one in made if isinstance(one, str)]
    assert [one.partition(":")[0] for one in reasons] == ["t.csv#row=9", "t.csv#row=10"]
    assert "2026/uvs/a" in figures(made)


AIMAG: dict[str, Any] = {
    "name": "Аймаг", "role": "context", "kind": "area", "level": "aimag", "total": "Улсын дүн"
}  # fmt: skip
SOUM: dict[str, Any] = {
    "name": "Сум", "role": "dimension", "kind": "area", "level": "soum", "within": "Аймаг",
    "total": "Дүн",
}  # fmt: skip
WITHIN = "Аймаг,Сум,А,Б\nУлсын дүн,,10,20\nАрхангай,Дүн,3,4\nАрхангай,Булган,3,4\n"


@pytest.mark.parametrize("soum", [SOUM, {**SOUM, "total": ""}])
def test_the_total_of_a_context_is_the_total_of_the_places(soum: dict[str, Any]) -> None:
    text = WITHIN if soum["total"] else WITHIN.replace("Дүн", "")
    made = mapped(text, options(AIMAG, soum, *MEASURES), TwoSoums())
    assert not [one for one in made if isinstance(one, str)]
    assert figures(made)["ulsyn-dun/a"] == "10"
    assert figures(made)["065/a"] == figures(made)["06507/a"] == "3"
    assert not [one for one in made if isinstance(one, LoadFinding)]


def test_a_guess_loads_totals_of_both_columns() -> None:
    _, found = described(WITHIN + "Өмнөговь,Булган,7,16\n")
    roles = [(one["role"], one.get("total")) for one in found["columns"][:2]]
    assert roles == [("context", "Улсын дүн"), ("dimension", "Дүн")]
    made = mapped(WITHIN, found, TwoSoums())
    assert not [one for one in made if isinstance(one, str)]


NESTED = """Нэр,2022,2023
{0},,
{1},,
Адуу,5,6
Бусад,3,4
{2},,
Буудай,1,2
{3},,
Нүүрс,1,2
Бусад,5,6
{4},,
{5},,
Сүү,3,4
"""


@pytest.mark.parametrize(
    "names",
    [
        ("ХӨДӨӨ АЖ АХУЙ", "Мал", "Тариалан", "УУЛ УУРХАЙ", "ҮЙЛДВЭР", "Хүнс"),
        ("1. Хөдөө", "1.1 Мал", "1.2 Тариалан", "2. Уул уурхай", "3. Үйлдвэр", "3.1 Хүнс"),
        ("I. Хөдөө", "Мал", "Тариалан", "II. Уул уурхай", "III. Үйлдвэр", "Хүнс"),
        ("Хөдөө (аж ахуй)", "Мал", "Тариалан", "Хүнс", "Үйлдвэр", "Хүнс"),
    ],
)
def test_groups_within_groups_are_guessed(names: tuple[str, ...]) -> None:
    """By what the outer names have in common, else by the names themselves."""
    data = NESTED.format(*names).encode()
    capture = Capture(hashlib.sha256(data).hexdigest(), "t.csv", "", "text/csv", data)
    found = detect(capture).dialect
    assert (len(found.sections), found.sections[-1]) == (2, TEXTS[0])
    rows = list(table(capture, found).rows)
    groups = [tuple(cell and cell.text for cell in row.sections) for row in rows]
    assert groups[:3] == [(names[0], names[1])] * 2 + [(names[0], names[2])]
    assert groups[-1] == (names[4], names[5])
    is_known = names[3] != names[5]  # by the names alone it could be an inner one too
    assert groups[3] == ((names[3], None) if is_known else (names[0], names[3]))


def test_a_group_without_groups_within_is_its_only_part() -> None:
    names = ("ХӨДӨӨ АЖ АХУЙ", "Мал", "Тариалан", "УУЛ УУРХАЙ", "ҮЙЛДВЭР", "Хүнс")
    levels = [
        {"name": "§", "role": "dimension", "key": "group"},
        {"name": "§2", "role": "dimension", "key": "part"},
    ]
    measure = {"name": "2022", "to": "2023", "role": "measure", "heads": [{"kind": "period"}]}
    label = {"name": "Нэр", "role": "dimension", "key": "name"}
    file = {"sections": ["[А-ЯӨҮ ]*", TEXTS[0]]}
    made = mapped(NESTED.format(*names), options(*levels, label, measure, file=file))
    assert len(figures(made)) == 12


def test_figures_that_are_missing_make_no_groups_within_groups() -> None:
    found, _ = guessed("Нэр,2022,2023\nМал,,\nАдуу,1,2\nТЭМЭЭ,,\nХонь,,\nЯмаа,5,6\nҮхэр,7,8\n")
    assert list(found.sections) == TEXTS


def test_small_tables_of_groups_within_groups_are_told_by_the_form_of_names() -> None:
    """Most of their rows name groups, as in tables whose figures are missing."""
    rows = (
        "I. УРСГАЛ,,\nЦалин,,\nҮндсэн,1,2\nБараа,,\nЦаас,3,4\nII. ХӨРӨНГӨ,,\nБарилга,,\nГэр,5,6\n"
    )
    found, _ = guessed(f"Нэр,2022,2023\n{rows}")
    assert len(found.sections) == 2
    found, _ = guessed(f"Нэр,2022,2023\n{rows.replace('II. ХӨРӨНГӨ', 'Хөрөнгө')}")
    assert not found.sections
