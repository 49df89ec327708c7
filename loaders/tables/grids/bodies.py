"""The table in a sheet: preamble, head, body with sections, footnotes, as its dialect says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, repeat

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import letters
from loaders.tables.cells.model import UNENDED, Cell, Dialect, Row, Sheet, Table
from loaders.tables.grids import heads, merging
from loaders.tables.grids.reading import read
from loaders.tables.rows.kinds import is_signed, texts_of
from loaders.tables.rows.sections import Sections
from loaders.tables.values import fold

_MOST_NOTES = 100


def table(capture: Capture, dialect: Dialect) -> Table:
    """The table of the sheet that the dialect names, by default of the first that is neither hidden
    nor blank.

    Raises InputError where there is none, what `loaders.tables.grids.read` raises.
    """
    found = tables(capture, dialect)
    for one in found:
        if dialect.sheet or (one.heads and not one.hidden):
            return replace(one, rows=_held(one.rows, found))
    if dialect.form != "workbook":
        hint = "Check that the whole file came, and “preamble” and “header” of [options.file]."
        raise InputError("there is no table: no row of heads", where=capture.name, hint=hint)
    raise InputError(
        "there is no table: all sheets are blank or hidden",
        where=capture.name,
        hint="Name the sheet in the description of the table.",
    )


def _held(rows: Iterator[Row], tables: Iterator[Table]) -> Iterator[Row]:
    """The rows; the file stays open as long as `tables` is not deleted."""
    yield from rows
    del tables


def tables(capture: Capture, dialect: Dialect) -> Iterator[Table]:
    """The tables of all sheets, of one file one after the other; those of blank ones without heads.

    Raises InputError.
    """
    for sheet in read(capture, dialect):
        yield _table(sheet, dialect)


def _table(sheet: Sheet, dialect: Dialect) -> Table:
    rows = _Peeked(sheet.rows)
    preamble = list(rows.up_to(dialect.preamble))
    head = list(rows.up_to(dialect.preamble + dialect.header))
    parts = heads.parts(head, sheet.merged)
    if not dialect.header:
        parts = [(letters(at),) for at in range(1, rows.width + 1)]
    names = [heads.name(one) for one in parts]
    notes: list[Row] = []
    body = _Body(dialect, names, head, notes, preamble)
    return Table(
        name=sheet.name,
        hidden=sheet.hidden,
        heads=names,
        head_parts=parts,
        head_cells=heads.lowest(head, len(parts)) if head else [],
        preamble=preamble,
        rows=body.rows(merging.filled(iter(rows), sheet.merged)),
        notes=notes,
    )


class _Peeked:
    """Rows of which the next can be looked at: those of workbooks may skip numbers."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    @property
    def width(self) -> int:
        """The number of cells of the next row."""
        return len(self._next.cells) if self._next else 0

    def up_to(self, number: int) -> Iterator[Row]:
        """The rows with at most this number."""
        while self._next and self._next.number <= number:
            yield self._next
            self._next = next(self._rows, None)

    def __iter__(self) -> Iterator[Row]:
        if self._next:
            yield self._next
        yield from self._rows


class _Body:
    """The rows of a body, read once from top to bottom."""

    def __init__(
        self,
        dialect: Dialect,
        names: list[str],
        head: Sequence[Row],
        notes: list[Row],
        preamble: Sequence[Row],
    ) -> None:
        self._dialect = dialect
        self._names = names
        self._notes = notes
        self._heads = [_bare(row) for row in head]
        self._first = {one[0] for one in self._heads if one}
        self._sections = Sections(dialect.sections)
        self._footnotes = re.compile(dialect.footnotes) if dialect.footnotes else None
        repeated = {heads.folded(one) for one in dialect.fill_down}
        self._skip = re.compile(dialect.skip) if dialect.skip else None
        self._filled = [at for at, one in enumerate(heads.unique(names)) if one in repeated]
        self._is_plain = not self._filled and not dialect.sections
        self._above: dict[int, Cell] = {}
        for row in preamble:
            self._sections.enter_above(row)

    def rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Those that are neither blank, nor sections, nor repeated heads, up to the footnotes."""
        pairs = _with_next(rows) if self._dialect.sections else zip(rows, repeat(None))
        for row, following in pairs:
            if row.blank or self._is_head(row) or is_signed(row):
                continue
            if self._skip and self._skip.fullmatch(" ".join(_first_text(row).split())):
                continue
            if self._footnotes and self._ends(_first_text(row)):
                self._notes.append(row)
                rest = (one for one, _ in pairs if not one.blank)
                self._notes.extend(islice(rest, _MOST_NOTES - 1))
                return
            if self._dialect.sections:
                is_followed = following is None or len(texts_of(following)) > 1
                if self._sections.enter(row, is_followed=is_followed):
                    self._above.clear()
                    continue
            yield self._row(row)

    def _ends(self, text: str) -> bool:
        return any(self._footnotes.match(one) for one in (text, fold(text)) if self._footnotes)

    def _is_head(self, row: Row) -> bool:
        """Whether a row repeats one of the head."""
        # most rows do not begin as one of the head does
        return row.cells[0].text.strip() in self._first and _bare(row) in self._heads

    def _row(self, row: Row) -> Row:
        width = len(self._names)
        if self._is_plain and len(row.cells) == width:  # as the rows of most files are
            return row
        cells = row.cells[:width]
        problem = self._problem(row) if len(row.cells) != width else row.problem
        if self._dialect.sections:
            row = self._sections.within(row, self._filled)
        for at in range(len(cells), width):
            cells.append(Cell("", None, row.number, at + 1, row.address))
        for at in self._filled:
            cells[at] = self._above.get(at, cells[at]) if cells[at].blank else cells[at]
            self._above[at] = cells[at]
        problem = row.problem or problem
        return Row(row.number, cells, row.address, row.sections, problem, row.remark)

    def _problem(self, row: Row) -> str:
        width = len(self._names)
        further = [cell for cell in row.cells[width:] if not cell.blank]
        if further:
            place = further[0].locator
            return f"{len(row.cells)} cells instead of {width}: {place} has no head"
        if len(row.cells) > width or self._dialect.form != "delimited":
            return ""
        missing = self._names[len(row.cells)]
        why = f"{len(row.cells)} cells instead of {width}: “{missing}” is missing"
        if row.remark == UNENDED:
            return f"the file ends within this row, so it was cut: {why}"
        return "" if self._dialect.ragged else why


def _with_next(rows: Iterator[Row]) -> Iterator[tuple[Row, Row]]:
    """Each row that is not blank, with the next one; the last with one that is blank."""
    filled = (row for row in rows if not row.blank)
    before = next(filled, None)
    if before is None:
        return
    for row in filled:
        yield before, row
        before = row
    yield before, Row(before.number + 1, [], before.address)


def _bare(row: Row) -> list[str]:
    """The texts of a row without blank cells at its end."""
    texts = [cell.text.strip() for cell in row.cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _first_text(row: Row) -> str:
    return next((cell.text.strip() for cell in row.cells if not cell.blank), "")
