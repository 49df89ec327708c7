"""Records that are rows of a CSV file (RFC 7111 `row=7`, `row=6-26`, `cell=7,2`), shown under their
header with the rows around them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from graph.trace.records.view import RecordView, ShownRow, ShownTable

_AROUND = 2  # rows before and behind
_MOST_ROWS = 40
_MOST_COLUMNS = 60
_LONGEST_CELL = 500  # characters
_DELIMITERS = ",;\t|"


def read(
    blob: BinaryIO, charset: str, first: int, last: int, column: int | None = None
) -> RecordView:
    """The rows `first` to `last`; the header is row 1, and a line feed in quotes starts none.

    `column` is the number of the marked cell, from 1. The delimiter is the one that row 1 has most
    of.
    """
    text = io.TextIOWrapper(blob, charset, errors="replace", newline="")
    head = text.readline()
    reader = csv.reader(_with_head(head, text), delimiter=_delimiter(head))
    header = _shown(next(reader, []))
    begin, end = max(2, first - _AROUND), min(last, first + _MOST_ROWS) + _AROUND
    found = [*_numbered(reader, begin, end)]
    rows = tuple(ShownRow(str(n), cells, first <= n <= last) for n, cells in found)
    marked = [cells for n, cells in found if first <= n <= last] or [header]
    cells = _named(header, marked[0]) if first == last else {}
    value = marked[0][column - 1] if column and column <= len(marked[0]) else ""
    table = ShownTable(header, rows, column - 1 if column else -1)
    return RecordView(cells, value, table, note=_note(first, last, marked))


def _note(first: int, last: int, marked: Sequence[object]) -> str:
    left = last - first + 1 - len(marked)
    return f"{left:,} more rows of this record are not shown" if left > 0 else ""


def _with_head(head: str, rest: Iterator[str]) -> Iterator[str]:
    yield head
    yield from rest


def _delimiter(head: str) -> str:
    return max(_DELIMITERS, key=head.count)


def _numbered(
    reader: Iterator[list[str]], begin: int, end: int
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows from `begin` to `end`; the reader stands before row 2."""
    for number, cells in enumerate(islice(reader, begin - 2, end - 1), begin):
        yield number, _shown(cells)


def _shown(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell[:_LONGEST_CELL] for cell in cells[:_MOST_COLUMNS])


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    names = [name or str(n) for n, name in enumerate(header, 1)]
    names += [str(n) for n in range(len(names) + 1, len(cells) + 1)]
    return dict(zip(names, cells, strict=False))
