"""Cells of XLS in which a spreadsheet program left an error: calamine gives them as blank ones.

From [MS-XLS]: a record has a number and a length of two bytes each. A workbook lists its sheets,
each with the place where its records begin.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from loaders.tables.workbooks import compound

_BEGIN, _END, _SHEET = 0x0809, 0x000A, 0x0085
_ERROR, _FORMULAS = 0x0205, {0x0006, 0x0206, 0x0406}
_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}

Errors = dict[tuple[int, int], str]
"""What stands in cells, by row and column, both counted from 1."""


def of_sheets(file: bytes) -> list[Errors]:
    """The errors of each sheet, in the order of the workbook.

    Raises ValueError for a file that is not as the specifications say.
    """
    book = compound.stream(file, ("Workbook", "Book"))
    try:
        places = (content for kind, content in _records(book, 0) if kind == _SHEET)
        return [dict(_errors(book, struct.unpack_from("<I", one)[0])) for one in places]
    except (struct.error, IndexError) as error:
        raise ValueError(f"a record is cut: {error}") from error


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a sheet, or of the workbook itself, without those of charts within it."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 0:
            return
        if depth == 1:
            yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _errors(book: bytes, at: int) -> Iterator[tuple[tuple[int, int], str]]:
    for kind, content in _records(book, at):
        code, is_error = -1, False
        if kind == _ERROR:
            code, is_error = struct.unpack_from("<BB", content, 6)
        elif kind in _FORMULAS and content[12:14] == b"\xff\xff":  # the result is no number
            code, is_error = content[8], content[6] == 2
        if is_error:
            row, column = struct.unpack_from("<HH", content)
            yield (row + 1, column + 1), _TEXTS.get(code, "#N/A")
