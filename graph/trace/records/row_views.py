"""Rows of a table as they are shown: under their header, with the rows around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from graph.trace.records.view import NOT_FOUND, RecordView, ShownRow, ShownTable

_AROUND = 2  # rows before and behind
_MOST_ROWS = 40
_MOST_COLUMNS = 60
_FIRST_COLUMNS = 3  # that stay where the others are those around a cell
_LONGEST_CELL = 500  # characters


class RowSpan(NamedTuple):
    """The rows `first` to `last`; `column` is the number of the marked cell, from 1."""

    first: int
    last: int
    column: int | None = None

    @property
    def begin(self) -> int:
        """The first row to show; row 1 is the header."""
        return max(2, self.first - _AROUND)

    def begin_below(self, head: int) -> int:
        """The first row to show where the first `head` rows are the header and what is before it;
        of these, where they are wanted themselves."""
        return max(1 if self.first <= head else head + 1, self.first - _AROUND)

    @property
    def end(self) -> int:
        """The last row to show."""
        return min(self.last, self.first + _MOST_ROWS) + _AROUND


def view(
    header: tuple[str, ...], found: Sequence[tuple[int, tuple[str, ...]]], wanted: RowSpan
) -> RecordView:
    """Rows with their numbers under a header, the wanted ones marked; of wide tables the first
    columns, and those around the marked cell."""
    first, last, column = wanted
    columns = _columns(max((len(cells) for _, cells in found), default=len(header)), column)
    marked = _marked(header, found, wanted)
    if not marked:
        return RecordView(note=NOT_FOUND)
    value = marked[0][column - 1] if column and column <= len(marked[0]) else ""
    named = _named(header, marked[0]) if first == last else {}
    table = ShownTable(
        _some(header, columns),
        tuple(ShownRow(str(n), _some(row, columns), first <= n <= last) for n, row in found),
        columns.index(column - 1) if column and column - 1 in columns else -1,
    )
    cells = dict([*named.items()][:_MOST_COLUMNS])
    return RecordView(cells, value, table, note=_note(first, last, marked))


def _marked(
    header: tuple[str, ...], found: Sequence[tuple[int, tuple[str, ...]]], wanted: RowSpan
) -> list[tuple[str, ...]]:
    """The wanted rows; the header where row 1 is wanted and is none of the rows. None of them
    where there are no such rows, or where they lack the wanted cell."""
    rows = [cells for n, cells in found if wanted.first <= n <= wanted.last]
    if not rows and wanted.first == 1:
        rows = [header]
    return rows if wanted.column is None or any(len(one) >= wanted.column for one in rows) else []


def _columns(width: int, column: int | None) -> list[int]:
    if width <= _MOST_COLUMNS:
        return [*range(width)]
    begin = max(_FIRST_COLUMNS, (column or 1) - 1 - _MOST_COLUMNS // 2)
    return [*range(_FIRST_COLUMNS), *range(begin, min(width, begin + _MOST_COLUMNS - 1))]


def _some(cells: Sequence[str], columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(cells[n] for n in columns if n < len(cells))


def _note(first: int, last: int, marked: Sequence[object]) -> str:
    left = last - first + 1 - len(marked)
    return f"{left:,} more rows of this record are not shown" if left > 0 else ""


def shown(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells of a row, as long as they are shown."""
    return tuple(cell[:_LONGEST_CELL] for cell in cells)


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    names = [name or str(n) for n, name in enumerate(header, 1)]
    names += [str(n) for n in range(len(names) + 1, len(cells) + 1)]
    return dict(zip(names, cells, strict=False))
