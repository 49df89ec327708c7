"""Periods that are written without their year: the description says which it is, or where."""

from __future__ import annotations

from typing import Any

import pytest

from graph.core.errors import InputError
from loaders.tables.values import period
from tests.mapped_tables import figures, mapped, options
from tests.test_tables_units import described

LABEL: dict[str, Any] = {"name": "Хүйс", "role": "dimension", "key": "sex"}


def heads(first: str, last: str, year: str, **keys: Any) -> dict[str, Any]:
    dimension = {"kind": "period", "year": year, **keys}
    return {"name": first, "to": last, "role": "measure", "heads": [dimension]}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("I.06", "2024-01-06"),
        ("3-р сар", "2024-03"),
        ("XII сар", "2024-12"),
        ("арван нэгдүгээр сар", "2024-11"),
        ("II улирал", "2024-Q2"),
        ("2-р улирал", "2024-Q2"),
        ("Улирал III", "2024-Q3"),
        ("I-IX сар", "2024-01--2024-09"),
        ("эхний 6 сар", "2024-01--2024-06"),
        ("March", "2024-03"),
    ],
)
def test_forms_without_a_year(text: str, key: str) -> None:
    assert period(text, "", 2024).key == key
    with pytest.raises(ValueError, match="has no year: state which year it is of"):
        period(text)


@pytest.mark.parametrize(("text", "kind"), [("4", "month"), ("4", "quarter"), ("IV", "quarter")])
def test_bare_numbers_need_a_declared_kind_too(text: str, kind: str) -> None:
    assert period(text, kind, 2024).key == {"month": "2024-04", "quarter": "2024-Q4"}[kind]
    with pytest.raises(ValueError, match="not a period"):
        period(text, "", 2024)


def test_the_year_is_written_into_the_description() -> None:
    made = mapped("Хүйс,I.06,I.13\nЭр,1,2\n", options(LABEL, heads("I.06", "I.13", "2023")))
    assert figures(made) == {"er/2023-01-06": "1", "er/2023-01-13": "2"}


def test_the_year_stands_above_the_table() -> None:
    said = options(LABEL, heads("I", "II", "@title", period="quarter"), file={"preamble": 1})
    made = mapped("Ажилгүйчүүд 2022 он,,\nХүйс,I,II\nЭр,1,2\n", said)
    assert figures(made) == {"er/2022-Q1": "1", "er/2022-Q2": "2"}
    with pytest.raises(InputError, match="there is none, or several"):
        mapped("Ажилгүйчүүд 2022-2023 он,,\nХүйс,I,II\nЭр,1,2\n", said)


def test_the_year_stands_in_another_column() -> None:
    column = {"name": "Он", "role": "context"}
    said = options(column, LABEL, heads("1-р сар", "2-р сар", "Он"))
    made = mapped("Он,Хүйс,1-р сар,2-р сар\n2022 он,Эр,1,2\n2023,Эр,3,4\n,Эр,5,6\n", said)
    assert figures(made) == {
        "er/2022-01": "1", "er/2022-02": "2", "er/2023-01": "3", "er/2023-02": "4"
    }  # fmt: skip
    assert sum("has no year" in str(one) for one in made) == 2


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Ажилгүйчүүд 2022 он,,\nХүйс,I.06,I.13\nЭр,1.5,2\n", "@title"),
        ("Он,Хүйс,1-р сар,2-р сар\n2022,Эр,1.5,2\n2023,Эр,3,4\n", "Он"),
        ("Хүйс,I улирал,II улирал\nЭр,1.5,2\n", "?"),
    ],
)
def test_a_guess_says_where_the_year_is_from(text: str, year: str) -> None:
    written, found = described(text)
    run = found["columns"][-1]
    assert run["heads"] == [{"kind": "period", "year": year}]
    assert ("# QUESTION: Of which year are the periods?" in written) == (year == "?")
    if year != "?":
        assert len(figures(mapped(text, found))) == 2 * text.count("Эр")


def test_a_column_of_months_asks_for_its_year() -> None:
    _, found = described("Сар,Тоо\n1-р сар,4.5\n2-р сар,5.5\n")
    assert found["columns"][0] == {
        "name": "Сар", "role": "dimension", "kind": "period", "year": "?"
    }  # fmt: skip
    _, found = described("Он,Сар,Тоо\n2022,1-р сар,4.5\n2022,2-р сар,5.5\n")
    assert [one["role"] for one in found["columns"]] == ["context", "dimension", "measure"]
    assert found["columns"][1]["year"] == "Он"
