"""What stands above a table: unit, period, and a title, which is no group; mixed encodings."""

from __future__ import annotations

from typing import Any

import pytest

from graph.core.errors import InputError
from graph.core.toml_schema import find_errors
from loaders.pipeline.record import Capture
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Dialect, table
from loaders.tables.values import period
from tests.mapped_tables import TwoSoums, figures, mapped, options
from tests.test_tables_units import described

BUDGET = (
    '"Төсвийн гїйцэтгэл, 2024 оны эхний хагас",,\n,,{unit}\nАймаг,Орлого,Зарлага\n'
    "Архангай,12.5,11\nУвс,9.5,8\n"
)


@pytest.mark.parametrize("unit", ["(мян.төг)", "мянган төгрөг", "Хэмжих нэгж: мян.төг"])
def test_the_unit_may_stand_in_a_cell_of_its_own(unit: str) -> None:
    _, found = described(BUDGET.format(unit=unit))
    assert (found["dataset"]["unit"], found["dataset"]["multiplier"]) == ("togrog", 3)


def test_a_unit_without_a_name_here_is_said() -> None:
    written, found = described("Станц,PM2.5 (мкг/м3)\nТуул,12.5\nБаруун,15.5\n")
    assert "unit" not in found["dataset"]
    assert (
        '# unit = "…", a key of [options.units.…] with mn and en: the table says “мкг/м3”'
        in written
    )


def test_a_period_that_only_the_title_has_is_a_column() -> None:
    text = BUDGET.format(unit="")
    _, found = described(text)
    assert found["columns"][0] == {
        "name": "@title", "role": "dimension", "kind": "period",
        "pattern": r"(\d\d\d\d оны эхний хагас)",
    }  # fmt: skip
    assert figures(mapped(text, found))["2024-01--2024-06/arkhangai/orlogo"] == "12.5"
    later = figures(mapped(text.replace("2024", "2025"), found))
    assert "2025-01--2025-06/uvs/zarlaga" in later
    with pytest.raises(InputError, match="what stands above the table has nothing"):
        mapped(text.replace("эхний", "сүүлийн"), found)


def test_a_table_with_periods_needs_none_of_its_title() -> None:
    _, found = described('"Хүн ам, 2024 он",,\nАймаг,2022,2023\nУвс,1.5,2\n')
    assert [one["name"] for one in found["columns"]] == ["Аймаг", "2022"]


def test_only_such_columns_have_a_pattern() -> None:
    said = options({"name": "@title", "role": "ignore"}, {"name": "А", "role": "measure"})
    (error,) = find_errors(TableOptions, said)
    assert error.message.startswith("“@file” and “@title” need a pattern")


def test_a_title_is_no_group_and_the_total_above_groups_is_theirs() -> None:
    text = (
        "Суралцагчийн тоо,,\nНэр,2022,2023\nНийт,10.5,20\nБаруун бүс,,\nА,1,2\nБ,3,4\n"
        "Хангай,,\nВ,5,6\nГ,7,8\n"
    )
    _, found = described(text)
    assert found["columns"][0]["total"] == "Нийт"
    made = figures(mapped(text, found))
    assert made["niit/niit/2022"] == "10.5"
    assert made["baruun-bus/a/2022"] == "1"
    assert len(made) == 10


def test_a_word_above_periods_is_part_of_their_heads() -> None:
    assert period("Улирал / II улирал", "", 2024).key == "2024-Q2"
    text = "Төрөлт 2024 он,,\nАймаг,Улирал,\n,I улирал,II улирал\nУвс,1.5,2\nТөв,3,4\n"
    _, found = described(text)
    (run,) = [one for one in found["columns"] if one["role"] == "measure"]
    assert run["heads"] == [{"kind": "period", "year": "@title"}]
    assert figures(mapped(text, found))["uvs/2024-Q1"] == "1.5"


def test_names_of_persons_are_known_by_their_form() -> None:
    rows = ["Д.Сараа", "Б. Бат-Эрдэнэ", "Др.Оюун"]
    text = "Аймаг,Бүртгэсэн,Тоо\n" + "".join(f"Увс,{one},1.5\n" for one in rows)
    written, found = described(text)
    assert [one["role"] for one in found["columns"]] == ["dimension", "ignore", "measure"]
    assert "Сараа" not in written
    bodies = "Аймаг,Газар,Тоо\nУвс,Эрүүл мэндийн газар,1.5\nУвс,Боловсролын газар,2\n"
    assert [one["role"] for one in described(bodies)[1]["columns"]][1] == "dimension"


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "ibm866"])
def test_a_cell_in_another_encoding_is_refused_with_its_place(encoding: str) -> None:
    good = "Аймаг;Тоо\r\nУвс;1\r\nЗавхан;2\r\nХєвсгєл;3\r\n".replace("є", "е")
    data = good.encode(encoding)
    rows = list(_rows(data, encoding))
    assert [row.texts[0] for row in rows] == ["Увс", "Завхан", "Хевсгел"]
    mixed = data.replace("Завхан".encode(encoding), "Завхан".encode())
    with pytest.raises(InputError, match=rf"bytes that are not {encoding}") as found:
        list(_rows(mixed, encoding))
    assert found.value.where.endswith("row 3 column 1")


def _rows(data: bytes, encoding: str) -> Any:
    dialect = Dialect(encoding=encoding, delimiter=";")
    return table(Capture("0" * 64, "t.csv", "", "", data), dialect).rows


SOUMS = '"{} сумдын мал, мянган толгой",,\nСум,2022,2023\nБулган,1,2\nЖаргалант,3,4\n'


def test_the_aimag_that_only_the_title_has_says_which_soums_are_meant() -> None:
    """There is a soum Булган in several aimags."""
    text = SOUMS.format("Архангай аймгийн")
    _, found = described(text)
    title, soum = found["columns"][:2]
    assert (title["name"], title["role"], title["level"]) == ("@title", "context", "aimag")
    assert soum["within"] == "@title"
    assert "06507/2022" in figures(mapped(text, found, TwoSoums()))
    other = mapped(text.replace("Архангай", "Өмнөговь"), found, TwoSoums())
    assert "04610/2022" in figures(other)


@pytest.mark.parametrize("title", ["Манай аймгийн", "Архангай аймгийн, Булган аймгийн", "Бүх"])
def test_a_title_without_one_aimag_says_nothing(title: str) -> None:
    _, found = described(SOUMS.format(title))
    assert [one["name"] for one in found["columns"]] == ["Сум", "2022"]
    assert "within" not in found["columns"][0]
