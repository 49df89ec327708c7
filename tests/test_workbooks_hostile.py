"""What workbooks must not do to us."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import InputError
from loaders.tables.grids import detect, read, sample
from loaders.tables.workbooks import packages
from tests import parts
from tests.workbook_cells import MERGED, WORKBOOK, capture, cells, refusal
from tests.workbooks import ods_parts, packed, sheet, xlsx, xlsx_parts


def test_repeated_cells_of_an_attack_are_refused() -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
    )
    data = packed(ods_parts(f'<table:table table:name="S">{row}</table:table>'))
    assert "more than 2,000,000 cells are repetitions" in refusal(data)


# ---- what is broken, or an attack


def test_a_small_file_that_unpacks_to_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "SMALL", 1000)
    parts = xlsx_parts({"S": " " * 3_000_000})
    assert "would unpack to" in refusal(packed(parts))


def test_entities_are_refused() -> None:
    parts = xlsx_parts({"S": sheet([["a"]])})
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    parts["xl/worksheets/sheet1.xml"] = bomb + str(parts["xl/worksheets/sheet1.xml"])
    assert "sheet1.xml declares a document type" in refusal(packed(parts))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('<sheetData><row r="2"/><row r="1"/></sheetData>', "row 1 after row 2"),
        ('<sheetData><row r="1048577"/></sheetData>', "row 1048577 after row 0"),
        (
            '<sheetData><row r="1"><c r="B2"><v>1</v></c></row></sheetData>',
            "cell B2 in row 1 is out of place",
        ),
        (
            '<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>',
            "cell XFE1 in row 1 is out of place",
        ),
        (
            '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>',
            "a cell refers to string 7, which is not there",
        ),
        (
            '<sheetData><row r="1"><c r="A1" t="s"><v>x</v></c></row></sheetData>',
            "row 1 refers to string “x”",
        ),
        ("<sheetData><row>", "sheet1.xml is no XML"),
        (f"<sheetData><row><c t='str'><v>{'x' * (1 << 21)}", "a cell in row 1 has over"),
    ],
)
def test_broken_sheets_are_refused_with_their_place(content: str, message: str) -> None:
    assert message in refusal(xlsx({"S": content}))


def test_two_cells_in_opposite_corners_need_no_memory() -> None:
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    content = f"<sheetData>{first}{last}</sheetData>"
    assert cells(xlsx({"S": content})) == {"S!A1": 1, "S!XFD1048576": 1}


def test_a_panic_of_calamine_is_an_error_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):  # as pyo3 raises it
        pass

    def panic(path: str) -> None:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr("python_calamine.load_workbook", panic)
    message = refusal(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert message.startswith("book.xlsx: the reader of workbooks gave up: called")


def test_guessing_looks_at_few_cells_of_a_wide_sheet() -> None:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 60))
    data = capture(xlsx({"S": f"<sheetData>{rows}</sheetData>"}))
    sheets = read(data, WORKBOOK)  # kept: the file is closed with it
    found, whole = sample(next(sheets).rows, 1000)
    assert (len(found), whole) == (13, False)
    assert detect(data).dialect.sheet == "S"


def test_what_is_no_workbook() -> None:
    assert "a ZIP archive, but no workbook" in refusal(packed({"a.txt": "a"}))
    assert "the workbook is damaged" in refusal(b"PK\3\4 and nothing more")
    assert "the workbook cannot be read" in refusal(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    whole = xlsx({"S": sheet([["a", 1]] * 2000)})
    assert "damaged" in refusal(whole[: len(whole) // 2])
    middle = whole.index(b"xl/worksheets") + 60
    assert "damaged" in refusal(whole[:middle] + bytes(40) + whole[middle + 40 :])
    parts = xlsx_parts({"S": sheet([["a"]])})
    del parts["xl/worksheets/sheet1.xml"]
    assert "sheet1.xml is missing" in refusal(packed(parts))


@settings(max_examples=parts.examples(15, 120))
@given(st.data())
def test_any_change_of_a_byte_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(xlsx({"S": MERGED}))
    for _ in range(3):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        cells(bytes(whole))
    except InputError as error:
        assert re.match(r"book\.xlsx", str(error))
