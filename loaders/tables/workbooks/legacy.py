"""XLS and XLSB, the binary kinds of workbooks, by calamine, which holds a sheet whole.

It gives cells with an error as blank ones: those of XLS are looked for besides; in XLSB they stay
blank. XLS has at most 65,536 rows of 256 columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import python_calamine as calamine

from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import SheetAddress
from loaders.tables.cells.model import Cell, Dialect, MergedRange, Row, Sheet, Value
from loaders.tables.workbooks import binary_errors, exact
from loaders.tables.workbooks.binary_errors import Errors
from loaders.tables.workbooks.packages import refused


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The worksheets, hidden ones too, in the order of the workbook.

    Raises InputError for a file that is no workbook, or is encrypted.
    """
    with capture.path() as path:
        try:
            with calamine.load_workbook(path) as book:
                described = book.sheets_metadata
                for one, errors in zip_longest(described, _errors(capture, len(described))):
                    named = dialect.sheet in {"", one.name}
                    if named and one.typ == calamine.SheetTypeEnum.WorkSheet:
                        yield _sheet(book.get_sheet_by_name(one.name), one, errors or {})
        except calamine.PasswordError as error:
            message = "the workbook is encrypted: it opens with a password only"
            raise refused(capture.name, message) from error
        except calamine.CalamineError as error:
            raise refused(capture.name, f"the workbook cannot be read: {error}") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of Rust; its class has no name here
                raise
            raise refused(capture.name, f"the reader of workbooks gave up: {error}") from error


def _errors(capture: Capture, sheets: int) -> list[Errors]:
    """The errors of each sheet of XLS; nothing for XLSB.

    Raises InputError where they cannot be found: their cells would look blank.
    """
    with capture.file() as file:
        if (data := file.read()).startswith(b"PK"):
            return []
    try:
        found = binary_errors.of_sheets(data)
    except ValueError as error:
        raise refused(capture.name, f"its cells with errors cannot be found: {error}") from error
    if len(found) != sheets:
        raise refused(capture.name, f"{sheets} sheets are listed, and {len(found)} are there")
    return found


def names(capture: Capture) -> list[str]:
    """The names of all sheets of a workbook that was read already."""
    with capture.path() as path, calamine.load_workbook(path) as book:
        return list(book.sheet_names)


def _sheet(sheet: Any, described: Any, errors: Errors) -> Sheet:
    return Sheet(
        name=described.name,
        rows=_with_errors(_rows(sheet, SheetAddress(described.name)), errors),
        hidden=described.visible != calamine.SheetVisibleEnum.Visible,
        merged=tuple(_merged(sheet.merged_cell_ranges or ())),
    )


def _rows(sheet: Any, address: SheetAddress) -> Iterator[Row]:
    # it gives the blank rows before the first cell, but not the blank columns
    first = (sheet.start or (0, 0))[1] + 1
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [Cell("", None, number, at, address) for at in range(1, first)]
        cells += (_cell(value, number, at, address) for at, value in enumerate(values, first))
        yield Row(number, cells, address)


def _with_errors(rows: Iterator[Row], errors: Errors) -> Iterator[Row]:
    """The rows, with what stands in cells with errors."""
    if not errors:
        yield from rows
        return
    for row in rows:
        texts = (errors.get((row.number, cell.column), "") for cell in row.cells)
        pairs = zip(row.cells, texts, strict=True)
        cells = [cell._replace(text=text, value=text) if text else cell for cell, text in pairs]
        yield row._replace(cells=cells)


def _cell(value: Any, row: int, column: int, address: SheetAddress) -> Cell:
    if value == "":
        return Cell("", None, row, column, address)
    typed: Value = value
    if isinstance(value, float | int) and not isinstance(value, bool):
        typed = exact.of_float(value)
    return Cell(exact.text(typed), typed, row, column, address)


def _merged(ranges: Any) -> Iterator[MergedRange]:
    for (top, left), (bottom, right) in ranges:
        yield MergedRange(top + 1, left + 1, bottom + 1, right + 1)
