"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, by calamine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine as calamine

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.grids.addresses import SheetAddress
from loaders.tables.grids.model import Cell, Dialect, MergedRange, Row, Sheet, Value
from loaders.tables.grids.seekable import seekable


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """All worksheets, hidden ones too, in the order of the workbook; `dialect.sheet` alone where it
    is named.

    Raises InputError for a file that is no workbook, is encrypted, or lacks the sheet.
    """
    with seekable(capture) as file:
        try:
            with calamine.load_workbook(file) as book:
                yield from _sheets(book, dialect, capture)
        except calamine.PasswordError as error:
            raise _refused(capture, "the workbook is encrypted") from error
        except calamine.CalamineError as error:
            raise _refused(capture, f"the workbook cannot be read: {error}") from error


def _sheets(book: Any, dialect: Dialect, capture: Capture) -> Iterator[Sheet]:
    found = [one for one in book.sheets_metadata if dialect.sheet in {"", one.name}]
    if not found:
        names = ", ".join(f"“{name}”" for name in book.sheet_names)
        raise _refused(capture, f"there is no sheet “{dialect.sheet}”, only {names}")
    for one in found:
        if one.typ == calamine.SheetTypeEnum.WorkSheet:
            yield _sheet(book.get_sheet_by_name(one.name), one)


def _sheet(sheet: Any, described: Any) -> Sheet:
    return Sheet(
        name=described.name,
        rows=_rows(sheet, SheetAddress(described.name)),
        hidden=described.visible != calamine.SheetVisibleEnum.Visible,
        merged=tuple(_spans(sheet.merged_cell_ranges or ())),
    )


def _rows(sheet: Any, address: SheetAddress) -> Iterator[Row]:
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [_cell(value, number, at, address) for at, value in enumerate(values, 1)]
        yield Row(number, cells, address)


def _cell(value: Any, row: int, column: int, address: SheetAddress) -> Cell:
    if value == "":
        return Cell("", None, row, column, address)
    typed = exact(value)
    return Cell(text(typed), typed, row, column, address)


def _spans(ranges: Any) -> Iterator[MergedRange]:
    for (top, left), (bottom, right) in ranges:
        yield MergedRange(top + 1, left + 1, bottom + 1, right + 1)


def exact(value: Any) -> Value:
    """The value without binary fractions: a workbook's 17 digits become the shortest decimal that
    is the same number, which is what was typed."""
    if isinstance(value, bool):  # a subclass of int
        return value
    if isinstance(value, float | int):
        return Decimal(repr(value))
    typed: Value = value
    return typed


def text(value: Value) -> str:
    """A value as text: plain digits without exponent, ISO 8601 for dates."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        written = format(value, "f")
        return written.rstrip("0").rstrip(".") if "." in written else written
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value


def _refused(capture: Capture, message: str) -> InputError:
    return InputError(
        message, where=capture.name, hint="Open it in a spreadsheet program and save it again."
    )
