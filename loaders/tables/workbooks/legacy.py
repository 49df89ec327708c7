"""XLS and XLSB, the binary kinds of workbooks, by calamine, which holds a sheet whole.

It gives cells with an error as blank ones. XLS has at most 65,536 rows of 256 columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import python_calamine as calamine

from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import SheetAddress
from loaders.tables.cells.model import Cell, Dialect, MergedRange, Row, Sheet, Value
from loaders.tables.workbooks import exact
from loaders.tables.workbooks.packages import refused


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The worksheets, hidden ones too, in the order of the workbook.

    Raises InputError for a file that is no workbook, or is encrypted.
    """
    with capture.path() as path:
        try:
            with calamine.load_workbook(path) as book:
                for one in book.sheets_metadata:
                    named = dialect.sheet in {"", one.name}
                    if named and one.typ == calamine.SheetTypeEnum.WorkSheet:
                        yield _sheet(book.get_sheet_by_name(one.name), one)
        except calamine.PasswordError as error:
            message = "the workbook is encrypted: it opens with a password only"
            raise refused(capture.name, message) from error
        except calamine.CalamineError as error:
            raise refused(capture.name, f"the workbook cannot be read: {error}") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of Rust; its class has no name here
                raise
            raise refused(capture.name, f"the reader of workbooks gave up: {error}") from error


def names(capture: Capture) -> list[str]:
    """The names of all sheets of a workbook that was read already."""
    with capture.path() as path, calamine.load_workbook(path) as book:
        return list(book.sheet_names)


def _sheet(sheet: Any, described: Any) -> Sheet:
    return Sheet(
        name=described.name,
        rows=_rows(sheet, SheetAddress(described.name)),
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
