"""Merged ranges in the body of a table: what they say is said of every row they span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.tables.cells.model import Cell, MergedRange, Row


def filled(rows: Iterator[Row], merged: Sequence[MergedRange]) -> Iterator[Row]:
    """The rows; in the first column of a range its cell stands in each row, with its own place.

    The other columns of a range stay blank: a name that is written over two columns is one name.
    """
    waiting = sorted((one for one in merged if one.bottom > one.top), reverse=True)
    if not waiting:
        yield from rows
        return
    open_: dict[int, tuple[int, Cell]] = {}  # by column: the last row, and the cell
    for row in rows:
        while waiting and waiting[-1].top <= row.number:
            one = waiting.pop()
            if one.top == row.number and one.left <= len(row.cells):
                open_[one.left] = one.bottom, row.cells[one.left - 1]
        yield _filled(row, open_) if open_ else row


def _filled(row: Row, ranges: dict[int, tuple[int, Cell]]) -> Row:
    for column, (last, cell) in list(ranges.items()):
        if last < row.number:
            del ranges[column]
        elif column <= len(row.cells) and row.cells[column - 1].blank:
            row.cells[column - 1] = cell
    return row
