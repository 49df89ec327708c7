"""Workbooks: rows, cells and their places; what they hide."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import InputError
from loaders.tables.grids import Dialect, detect, read, table
from loaders.tables.workbooks import binary_errors, compound, exact, legacy
from tests import parts
from tests.shared import SHARED
from tests.workbook_cells import MERGED, WORKBOOK, capture, cells, refusal
from tests.workbooks import ods_parts, packed, sheet, xls, xlsx, xlsx_parts

# ---- what stands in cells

TYPES = (
    '<sheetData><row r="2"><c r="B2" t="e"><v>#DIV/0!</v></c><c r="C2" s="1"><v>44000</v></c>'
    '<c r="D2" s="1"><v>44000.5</v></c><c r="E2" s="2"><v>61</v></c><c r="F2" t="b"><v>1</v></c>'
    '<c r="G2"><v>1.1000000000000001</v></c><c r="H2"><v>9007199254740993</v></c>'
    '<c r="I2" t="str"><f>A1</f><v> x </v></c><c r="J2" t="s"><v>1</v></c><c r="K2" s="3">'
    '<v>0.12</v></c><c r="L2" s="1"><v>-5</v></c><c r="M2" t="d"><v>2020-01-02</v></c></row>'
    "</sheetData>"
)


def test_values_of_every_type_with_their_places() -> None:
    assert cells(xlsx({"Хүн ам": TYPES}, strings=["a", "Төв & Увс"])) == {
        "'Хүн ам'!B2": "#DIV/0!",  # an error is no blank cell
        "'Хүн ам'!C2": date(2020, 6, 18),
        "'Хүн ам'!D2": datetime(2020, 6, 18, 12),
        "'Хүн ам'!E2": date(1900, 3, 1),
        "'Хүн ам'!F2": True,
        "'Хүн ам'!G2": Decimal("1.1"),
        "'Хүн ам'!H2": Decimal("9007199254740993"),
        "'Хүн ам'!I2": " x ",
        "'Хүн ам'!J2": "Төв & Увс",
        "'Хүн ам'!K2": Decimal("0.12"),
        "'Хүн ам'!L2": Decimal("-5"),  # no program shows a date for it
        "'Хүн ам'!M2": "2020-01-02",
    }


def test_strings_lose_formatting_and_phonetic_guides() -> None:
    parts = xlsx_parts({"S": '<sheetData><row><c t="s"><v>0</v></c></row></sheetData>'})
    strings = "<si><r><t>Ула</t></r><r><t>ан</t></r><rPh><t>x</t></rPh></si>"
    prefixed = re.sub("<(/?)", r"<\1x:", strings)
    parts["xl/sharedStrings.xml"] = f"<x:sst xmlns:x='m'>{prefixed}</x:sst>"
    assert cells(packed(parts)) == {"S!A1": "Улаан"}


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_a_number_of_fifteen_digits_is_kept_exactly(number: Decimal) -> None:
    typed = Decimal(f"{number:.15g}")
    for written in (f"{typed:f}", f"{float(typed):.17g}"):  # as typed, as programs store it
        found = exact.number(written)
        assert found is not None and found == typed


def test_dates_since_1904() -> None:
    parts = xlsx_parts({"S": '<sheetData><row><c s="1"><v>1</v></c></row></sheetData>'})
    book = str(parts["xl/workbook.xml"]).replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert cells(packed({**parts, "xl/workbook.xml": book})) == {"S!A1": date(1904, 1, 2)}


def test_a_time_of_day() -> None:
    assert cells(xlsx({"S": '<sheetData><row><c s="1"><v>0.25</v></c></row></sheetData>'})) == {
        "S!A1": time(6)
    }


# ---- sheets


def test_hidden_sheets_are_named_as_such() -> None:
    data = xlsx({"Нуусан": sheet([["a"]]), "Ил": sheet([["b", "n"], ["c", 1]])}, hidden=["Нуусан"])
    assert [(one.name, one.hidden) for one in read(capture(data), WORKBOOK)] == [
        ("Нуусан", True),
        ("Ил", False),
    ]
    found = detect(capture(data))
    assert found.dialect.sheet == "Ил"
    assert found.reasons["sheet"].why.endswith("hidden: “Нуусан”")
    assert table(capture(data), WORKBOOK).name == "Ил"


def test_a_sheet_that_is_missing_is_named_with_those_that_are_there() -> None:
    data = xlsx({"A": sheet([["a"]]), "B": sheet([["b"]])})
    assert cells(data, Dialect("workbook", sheet="B")) == {"B!A1": "b"}
    assert "there is no sheet “C”, only “A”, “B”" in refusal(data, Dialect("workbook", sheet="C"))
    with pytest.raises(InputError, match="all sheets are blank or hidden"):
        table(capture(xlsx({"A": sheet([])})), WORKBOOK)


def test_merged_ranges_in_head_and_body() -> None:
    data = xlsx({"S": MERGED})
    dialect = detect(capture(data)).dialect
    assert (dialect.preamble, dialect.header) == (1, 2)
    found = table(capture(data), dialect)
    assert found.heads == ["Аймаг", "2020 / эр", "2020 / эм", "2021 / эр", "2021 / эм"]
    rows = list(found.rows)
    assert [row.texts[0] for row in rows] == ["Төв", "Төв", "Увс"]
    assert rows[1].cells[0].locator == "S!A4"  # where the name stands
    assert rows[1].cells[1].locator == "S!B5"


def test_rows_that_are_not_in_the_file_are_counted() -> None:
    data = xlsx(
        {
            "S": '<sheetData><row r="3"><c r="A3"><v>1</v></c></row><row r="1000000">'
            '<c r="C1000000"><v>2</v></c></row></sheetData>'
        }
    )
    assert cells(data) == {"S!A3": 1, "S!C1000000": 2}
    found = table(capture(data), Dialect("workbook", preamble=2))
    assert (found.heads, [row.number for row in found.rows]) == (["1"], [1_000_000])
    wide: list[list[object]] = [["a", "n"], ["b", 1], ["c", 2]]
    later = sheet(wide).replace("'1'", "'8'").replace("'2'", "'9'")
    later = later.replace("A1", "A8").replace("B1", "B8").replace("A2", "A9").replace("B2", "B9")
    later = later.replace("'3'", "'10'").replace("A3", "A10").replace("B3", "B10")
    assert detect(capture(xlsx({"S": later}))).dialect.preamble == 7


@settings(max_examples=parts.examples(10, 60))
@given(
    st.lists(
        st.lists(st.none() | st.integers(-(10**9), 10**9) | st.text("аб <&\"'", min_size=1)),
        max_size=5,
    )
)
def test_calamine_reads_the_same_cells(rows: list[list[object]]) -> None:
    rows = [row[:20] for row in rows]
    data = xlsx({"S": sheet(rows)})
    found = {
        cell.locator: cell.value
        for one in legacy.sheets(capture(data), WORKBOOK)
        for row in one.rows
        for cell in row.cells
        if cell.text
    }
    assert cells(data) == found


WEEKLY = SHARED / "data" / "mn" / "prices" / "weekly"


@pytest.mark.skipif(not WEEKLY.is_dir(), reason="the shared folder with real workbooks is absent")
def test_weekly_workbooks_of_the_statistics_office() -> None:
    paths = sorted(WEEKLY.glob("*.xlsx"))
    assert paths
    for path in paths:
        found = list(read(capture(path.read_bytes(), path.name), WORKBOOK))
        assert (len(found), sum(one.hidden for one in found)) == (8, 4)
    data = (WEEKLY / "2021-12-08.xlsx").read_bytes()
    dialect = detect(capture(data)).dialect
    found_ = table(capture(data), dialect)
    assert dialect.sheet == "Индекс (2)"
    assert found_.heads[3] == "2021 он / 11 сарын дундаж үнэ"
    assert len(list(found_.rows)) == 32
    errors = [value for value in cells(data).values() if value == "#DIV/0!"]
    assert len(errors) == 28  # of the hidden sheets; calamine gives blank cells


# ---- OpenDocument

ODS = ods_parts(
    styles='<style:style style:name="h" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>',
    tables='<table:table table:name="Хүн ам"><table:table-row table:number-rows-repeated="2">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row><table:table-row>'
    '<table:table-cell table:number-columns-spanned="2"><office:annotation><text:p>үг</text:p>'
    "</office:annotation><text:p>нэг<text:s text:c='2'/>хоёр</text:p><text:p>гурав</text:p>"
    "</table:table-cell><table:covered-table-cell><text:p>x</text:p></table:covered-table-cell>"
    '<table:table-cell office:value-type="float" office:value="1234.50"><text:p>1 234,5</text:p>'
    '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="2">'
    '<table:table-cell office:value-type="date" office:date-value="2020-06-18"/>'
    '<table:table-cell table:number-columns-repeated="2" office:value-type="boolean" '
    'office:boolean-value="true"/></table:table-row><table:table-row table:number-rows-repeated='
    '"1048000"><table:table-cell/></table:table-row></table:table><table:table table:name="Нуусан" '
    'table:style-name="h"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>'
    "</table:table-row></table:table>",
)


def test_opendocument_spreadsheets() -> None:
    data = packed(ODS)
    assert cells(data) == {
        "'Хүн ам'!A3": "нэг  хоёр\nгурав",
        "'Хүн ам'!C3": Decimal("1234.50"),
        "'Хүн ам'!A4": date(2020, 6, 18),
        "'Хүн ам'!B4": True,
        "'Хүн ам'!C4": True,
        "'Хүн ам'!A5": date(2020, 6, 18),
        "'Хүн ам'!B5": True,
        "'Хүн ам'!C5": True,
        "Нуусан!A1": "a",
    }
    found = list(read(capture(data), WORKBOOK))
    assert [(one.name, one.hidden, one.merged) for one in found] == [
        ("Хүн ам", False, ((3, 1, 3, 2),)),
        ("Нуусан", True, ()),
    ]


def test_errors_in_cells_of_xls_are_told() -> None:
    found = cells(xls())
    assert {place: one for place, one in found.items() if str(one).startswith("#")} == {
        "Тайлан!C2": "#N/A",
        "Тайлан!B3": "#DIV/0!",
        "Нууц!A2": "#REF!",
    }
    assert (found["Тайлан!B2"], found["Тайлан!C3"]) == (Decimal("5.5"), 7)
    assert "Тайлан!B4" not in found, "a blank cell stays blank"


def test_xls_whose_errors_cannot_be_found_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compound, "stream", lambda *_: b"")
    assert "and 0 are there" in refusal(xls())
    monkeypatch.undo()
    monkeypatch.setattr(compound, "_HEADER", 600)
    assert "its cells with errors cannot be found" in refusal(xls())


@given(st.lists(st.tuples(st.integers(0, 5631), st.integers(0, 255)), min_size=1, max_size=9))
def test_a_damaged_xls_is_no_bug(changes: list[tuple[int, int]]) -> None:
    data = bytearray(xls())
    for at, byte in changes:
        data[at] = byte
    with suppress(ValueError):
        binary_errors.of_sheets(bytes(data))


def test_sheets_that_are_not_taken_are_named() -> None:
    rows: list[list[object]] = [["a", "n"], ["b", 1]]
    data = xlsx({one: sheet(rows) for one in ("2023", "2024", "Тооцоо")}, hidden=["Тооцоо"])
    reason = detect(capture(data)).reasons["sheet"]
    assert reason.value == "2023"
    assert "for “2024” copy this with another id and sheet" in reason.why
