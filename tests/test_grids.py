"""Tables in files: their rows, cells and places; how the form of a file is guessed."""

from __future__ import annotations

import hashlib

from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, detect, read, table

AGENCY = '№\tАжил\tГүйцэтгэгч\tТөсөв\r1\tЗасвар\t"Цогт хас" ХХК\t 77,150,000.00\r'


def capture(data: bytes, name: str = "table.csv") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, "", "text/csv", data)


def test_rows_and_cells_have_their_places() -> None:
    [sheet] = read(capture(b'name,n\n"a\nb",1\n'), Dialect())
    rows = list(sheet.rows)
    assert [row.texts for row in rows] == [["name", "n"], ["a\nb", "1"]]
    assert [row.locator for row in rows] == ["row=1", "row=2"]
    assert rows[1].cells[1].locator == "cell=2,2"


def test_a_file_of_an_agency_is_guessed() -> None:
    found = detect(capture(AGENCY.encode()))
    assert (found.dialect.delimiter, found.dialect.quote) == ("\t", "")
    [sheet] = read(capture(AGENCY.encode()), found.dialect)
    assert [row.texts for row in sheet.rows][1][2:] == ['"Цогт хас" ХХК', " 77,150,000.00"]


BUDGET = (
    '9\r№\tАжил\tГүйцэтгэгч\tТөсөв\r2013\r1\tЗасвар\t"Цогт хас" ХХК\t 5.00\r2014\r2\tГүүр\r\r13\r'
    "№\tАжил\tГүйцэтгэгч\tТөсөв\r2013\r1\tШат\tИБ\t -\rТайлбар: дутуу\rдоор\r"
)


def test_sections_repeated_heads_and_footnotes() -> None:
    dialect = Dialect(
        delimiter="\t",
        quote="",
        preamble=1,
        sections=(r"\d{1,2}", r"\d{4}"),
        footnotes="Тайлбар",
    )
    found = table(capture(BUDGET.encode()), dialect)
    rows = list(found.rows)
    assert found.heads == ["№", "Ажил", "Гүйцэтгэгч", "Төсөв"]
    assert [[one and one.text for one in row.sections] for row in rows] == [
        ["9", "2013"],
        ["9", "2014"],
        ["13", "2013"],
    ]
    assert [row.number for row in rows] == [4, 6, 11]
    assert rows[1].problem == "2 cells instead of 4: “Гүйцэтгэгч” is missing"
    assert [row.texts for row in found.notes] == [["Тайлбар: дутуу"], ["доор"]]


def test_heads_of_several_rows_become_one_name() -> None:
    text = "Аймаг,2020,,2021,\n,эр,эм,эр,эм\nТөв,1,2,3,4\n"
    found = table(capture(text.encode()), Dialect(header=2))
    assert found.heads == ["Аймаг", "2020 / эр", "2020 / эм", "2021 / эр", "2021 / эм"]
    assert [cell.locator for cell in found.head_cells[:2]] == ["cell=1,1", "cell=2,2"]


def test_what_stands_above_is_filled_with_its_own_place() -> None:
    text = "Аймаг,Сум,n\nТөв,Зуунмод,1\n,Баян,2\n"
    rows = list(table(capture(text.encode()), Dialect(fill_down=("Аймаг",))).rows)
    assert rows[1].texts == ["Төв", "Баян", "2"]
    assert rows[1].cells[0].locator == "cell=2,1"
