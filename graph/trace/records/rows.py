"""Records that are rows of a CSV file (RFC 7111 `row=7`, `row=6-26`, `cell=7,2`), shown under their
header with the rows around them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from graph.archive import Archive
from graph.evidence import Delimited, record_span
from graph.trace.records.view import RecordView, ShownRow, ShownTable

_AROUND = 2  # rows before and behind
_MOST_ROWS = 40
_MOST_COLUMNS = 60
_LONGEST_CELL = 500  # characters
_LONGEST_PART = 1 << 18  # bytes that are read of a large file
_DELIMITERS = ",;\t|"


class RowSpan(NamedTuple):
    """The rows `first` to `last`; `column` is the number of the marked cell, from 1."""

    first: int
    last: int
    column: int | None = None

    @property
    def begin(self) -> int:
        """The first row to show; row 1 is the header."""
        return max(2, self.first - _AROUND)

    @property
    def end(self) -> int:
        """The last row to show."""
        return min(self.last, self.first + _MOST_ROWS) + _AROUND


def read(blob: BinaryIO, charset: str, wanted: RowSpan) -> RecordView:
    """Rows of a table; the header is row 1, and a line feed in quotes starts none.

    The delimiter is the one that row 1 has most of.
    """
    text = io.TextIOWrapper(blob, charset, errors="replace", newline="")
    head = text.readline()
    reader = csv.reader(chain([head], text), delimiter=_delimiter(head))
    header = _shown(next(reader, []))
    body = islice(reader, wanted.begin - 2, wanted.end - 1)
    return _view(header, [*enumerate(map(_shown, body), wanted.begin)], wanted)


def read_deep(archive: Archive, cache: Path, digest: str, wanted: RowSpan) -> RecordView | None:
    """The same of a large file in UTF-8 whose row ends are marked in `cache`, without reading what
    stands before; None where these rows are not found so."""
    with archive.open(digest) as blob:
        head = blob.readline(_LONGEST_PART).decode("utf-8-sig", "replace")
    form = Delimited(_delimiter(head))
    span = record_span(archive, cache, digest, f"row={wanted.begin}", form)
    if span is None:
        return None
    with archive.seekable(digest) as blob:
        data = blob.read(span.offset, _LONGEST_PART)
    text = io.StringIO(data.decode("utf-8", "replace"), newline="")
    header = _shown(next(csv.reader([head], delimiter=form.delimiter), []))
    body = islice(csv.reader(text, delimiter=form.delimiter), wanted.end - wanted.begin + 1)
    return _view(header, [*enumerate(map(_shown, body), wanted.begin)], wanted)


def _view(
    header: tuple[str, ...], found: Sequence[tuple[int, tuple[str, ...]]], wanted: RowSpan
) -> RecordView:
    first, last, column = wanted
    rows = tuple(ShownRow(str(n), cells, first <= n <= last) for n, cells in found)
    marked = [cells for n, cells in found if first <= n <= last] or [header]
    cells = _named(header, marked[0]) if first == last else {}
    value = marked[0][column - 1] if column and column <= len(marked[0]) else ""
    table = ShownTable(header, rows, column - 1 if column else -1)
    return RecordView(cells, value, table, note=_note(first, last, marked))


def _note(first: int, last: int, marked: Sequence[object]) -> str:
    left = last - first + 1 - len(marked)
    return f"{left:,} more rows of this record are not shown" if left > 0 else ""


def _delimiter(head: str) -> str:
    return max(_DELIMITERS, key=head.count)


def _shown(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell[:_LONGEST_CELL] for cell in cells[:_MOST_COLUMNS])


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    names = [name or str(n) for n, name in enumerate(header, 1)]
    names += [str(n) for n in range(len(names) + 1, len(cells) + 1)]
    return dict(zip(names, cells, strict=False))
