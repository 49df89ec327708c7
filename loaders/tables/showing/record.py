"""From a locator in a described table, or in any workbook, to the row in its table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple

from graph.archive import Archive
from graph.evidence import Delimited, record_span
from graph.trace.records import row_views
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.row_views import RowSpan
from graph.trace.records.view import RecordView
from loaders.pipeline.record import Capture
from loaders.tables.cells import addresses
from loaders.tables.cells.model import Dialect, Row, with_blanks
from loaders.tables.grids import delimited, read, table
from loaders.tables.showing import dialects

LARGE = 8 << 20  # bytes of delimited text from which on a row is not counted from the beginning
_LONGEST_PART = 1 << 20  # bytes that are read there
_TEXT = re.compile(r"(row|cell)=(\d{1,12})(?:([,-])(\d{1,12}))?")
_PLACE = re.compile(r"(?:char|line)=\d{1,12},\d{1,12}")

NumberedRow = tuple[int, tuple[str, ...]]


def read_record(
    archive: Archive, cache: Path, capture: CaptureText, locator: str
) -> RecordView | None:
    """The rows that a locator names with those around them, under the heads that the description
    says; None where neither a description nor the locator tells that it is a table.

    `cache` is the instance's. Raises InputError for a file that is not as the description says,
    IntegrityError where the archive lacks it.
    """
    form = dialects.dialect(archive, capture)
    if (place := addresses.parse(locator)) is not None:
        form = replace(form or Dialect("workbook", header=0), sheet=place.sheet)
    if form is None:
        return None
    file = Capture(capture.digest, capture.name, "", capture.media_type, archive, size=capture.size)
    shown = _Table(file, form, archive, cache)
    span = shown.span(locator)
    return shown.view(span) if span else None


class _Table(NamedTuple):
    """A file that is read by a dialect."""

    file: Capture
    form: Dialect
    archive: Archive
    cache: Path

    def span(self, locator: str) -> RowSpan | None:
        """The rows, and the cell, that a locator names; None where the form has no such places."""
        if self.form.form == "workbook" and (place := addresses.parse(locator)):
            return RowSpan(place.row, place.row, place.column or None)
        if self.form.form == "delimited" and (match := _TEXT.fullmatch(locator)):
            kind, first, sign, last = match.groups()
            until = int(last) if last and sign == "-" else int(first)
            return RowSpan(int(first), until, int(last) if last and kind == "cell" else None)
        is_fixed = self.form.form == "fixed" and _PLACE.fullmatch(locator)
        return self._of_characters(locator) if is_fixed else None

    def _of_characters(self, locator: str) -> RowSpan | None:
        """The row that stands at some lines, or has a cell at some characters."""
        for row in self._rows():
            if row.locator == locator:
                return RowSpan(row.number, row.number)
            for cell in row.cells:
                if cell.locator == locator:
                    return RowSpan(row.number, row.number, cell.column)
        return None

    def view(self, span: RowSpan) -> RecordView:
        """These rows under the heads of the table."""
        begin = span.begin_below(self.form.preamble + self.form.header)
        found = [*self._window(begin, span.end)]
        view = row_views.view(self._heads(found), found, span)
        sheet = self.form.sheet if self.form.form == "workbook" else ""
        return replace(view, table=replace(view.table, sheet=sheet)) if view.table else view

    def _heads(self, found: Sequence[NumberedRow]) -> tuple[str, ...]:
        """The heads as a load names the columns; letters where there are none."""
        if self.form.header:
            return row_views.shown(table(self.file, self.form).heads)
        width = max((len(cells) for _, cells in found), default=0)
        return tuple(addresses.letters(at) for at in range(1, width + 1))

    def _window(self, begin: int, end: int) -> Iterator[NumberedRow]:
        is_marked = self.form.form == "delimited" and self.file.size > LARGE
        if is_marked and (found := self._from_marks(begin, end)) is not None:
            return iter(found)
        rows = takewhile(lambda one: one.number <= end, self._rows())
        return ((one.number, _cells(one)) for one in rows if one.number >= begin)

    def _from_marks(self, begin: int, end: int) -> list[NumberedRow] | None:
        """The rows, read from where they lie; None where that is not known."""
        form = Delimited(self.form.delimiter, self.form.quote, self.form.skip_space)
        span = record_span(self.archive, self.cache, self.file.digest, f"row={begin}", form)
        if span is None:
            return None
        with self.archive.seekable(self.file.digest) as blob:
            data = blob.read(span.offset, _LONGEST_PART)
        text = io.StringIO(data.decode(self.form.encoding, "replace"), newline="")
        rows = islice(delimited.split(text, self.form), end - begin + 1)
        return [*enumerate(map(row_views.shown, rows), begin)]

    def _rows(self) -> Iterator[Row]:
        """The rows as they stand in the file: of the sheet that the dialect names, else the
        first."""
        for sheet in read(self.file, self.form):
            yield from sheet.rows
            return


def _cells(row: Row) -> tuple[str, ...]:
    return row_views.shown([cell.text for cell in with_blanks(row).cells])
