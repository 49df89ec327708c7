"""From a locator in a described table, or in any workbook, to the row in its table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
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
from loaders.tables.showing.hiding import NOT_SHOWN, hiding

LARGE = 8 << 20  # bytes of delimited text from which on a row is not counted from the beginning
_LONGEST_PART = 1 << 20  # bytes that are read there
_TEXT = re.compile(r"(row|cell)=(\d{1,12})(?:([,-])(\d{1,12}))?")
_PLACES = {"fixed": re.compile(r"(?:char|line)=\d{1,12},\d{1,12}$"), "json": re.compile("/")}
"""How locators begin for which rows are gone through."""


def read_record(
    archive: Archive, cache: Path, capture: CaptureText, locator: str
) -> RecordView | None:
    """The rows that a locator names with those around them, under the heads that the description
    says; None where neither a description nor the locator tells that it is a table.

    Columns that the description ignores are hidden, unless anybody may have the file. `cache` is
    the instance's. Raises InputError for a file that is not as the description says,
    IntegrityError where the archive lacks it.
    """
    described = dialects.form(archive, capture)
    place = addresses.parse(locator)
    if described is None and place is None:
        return None
    ignored = described.ignored if described and not capture.is_public else frozenset()
    form = described.dialect if described else Dialect("workbook", header=0)
    file = Capture(capture.digest, capture.name, "", capture.media_type, archive, size=capture.size)
    shown = _Table(file, form, archive, cache, ignored)
    if place and not (ignored and place.sheet != shown.sheet):
        shown = shown._replace(form=replace(form, sheet=place.sheet))
    elif place:
        return RecordView(note=NOT_SHOWN)
    if span := shown.span(locator):
        return shown.view(span)
    return RecordView(note=NOT_SHOWN) if ignored else None


class _Table(NamedTuple):
    """A file that is read by a dialect; `ignored` are the names of columns that are not shown."""

    file: Capture
    form: Dialect
    archive: Archive
    cache: Path
    ignored: frozenset[str] = frozenset()

    @property
    def sheet(self) -> str:
        """The name of the sheet of the table."""
        return self.form.sheet or table(self.file, self.form).name

    def span(self, locator: str) -> RowSpan | None:
        """The rows, and the cell, that a locator names; None where the form has no such places."""
        if self.form.form == "workbook" and (place := addresses.parse(locator)):
            return RowSpan(place.row, place.row, place.column or None)
        if self.form.form == "delimited" and (match := _TEXT.fullmatch(locator)):
            kind, first, sign, last = match.groups()
            until = int(last) if last and sign == "-" else int(first)
            return RowSpan(int(first), until, int(last) if last and kind == "cell" else None)
        pattern = _PLACES.get(self.form.form)
        return self._of_text(locator) if pattern and pattern.match(locator) else None

    def _of_text(self, locator: str) -> RowSpan | None:
        """The row that has a locator, or a cell with it. The head of JSON is made of keys, and has
        the place of the first row: this one is meant."""
        found = (one for row in self._rows() if (one := _span_of(row, locator)))
        first = next(found, None)
        is_head = first is not None and first.last <= self.form.header
        return (next(found, first) if is_head else first) if first else None

    def view(self, span: RowSpan) -> RecordView:
        """These rows under the heads of the table."""
        head = self.form.preamble + self.form.header
        read = [*self._window(span.begin_below(head), span.end)]
        heads = self._heads(max((len(row.cells) for row in read), default=0))
        hidden = hiding(heads, head, self.ignored, is_json=self.form.form == "json")
        found = [(row.number, row_views.shown(hidden.texts(row))) for row in read]
        view = row_views.view(row_views.shown(heads), found, span)
        sheet = self.form.sheet if self.form.form == "workbook" else ""
        return replace(view, table=replace(view.table, sheet=sheet)) if view.table else view

    def _heads(self, width: int) -> list[str]:
        """The heads as a load names the columns; letters where there are none."""
        if self.form.header:
            return table(self.file, self.form).heads
        return [addresses.letters(at) for at in range(1, width + 1)]

    def _window(self, begin: int, end: int) -> Iterator[Row]:
        is_marked = self.form.form == "delimited" and self.file.size > LARGE
        if is_marked and (found := self._from_marks(begin, end)) is not None:
            return iter(found)
        rows = takewhile(lambda one: one.number <= end, self._rows())
        return (with_blanks(one) for one in rows if one.number >= begin)

    def _from_marks(self, begin: int, end: int) -> list[Row] | None:
        """The rows, read from where they lie; None where that is not known."""
        form = Delimited(self.form.delimiter, self.form.quote, self.form.skip_space)
        span = record_span(self.archive, self.cache, self.file.digest, f"row={begin}", form)
        if span is None:
            return None
        with self.archive.seekable(self.file.digest) as blob:
            data = blob.read(span.offset, _LONGEST_PART)
        text = io.StringIO(data.decode(self.form.encoding, "replace"), newline="")
        rows = islice(delimited.split(text, self.form), end - begin + 1)
        return [delimited.row(number, cells) for number, cells in enumerate(rows, begin)]

    def _rows(self) -> Iterator[Row]:
        """The rows as they stand in the file: of the sheet that the dialect names, else the
        first."""
        for sheet in read(self.file, self.form):
            yield from sheet.rows
            return


def _span_of(row: Row, locator: str) -> RowSpan | None:
    if row.locator == locator:
        return RowSpan(row.number, row.number)
    columns = (cell.column for cell in row.cells if cell.locator == locator)
    return next((RowSpan(row.number, row.number, one) for one in columns), None)
