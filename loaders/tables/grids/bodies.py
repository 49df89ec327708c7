"""The table in a sheet: preamble, head, body with sections, footnotes, as its dialect says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import letters
from loaders.tables.cells.model import Cell, Dialect, Row, Sheet, Table
from loaders.tables.grids import heads, merging
from loaders.tables.grids.reading import read
from loaders.tables.grids.row_kinds import is_signed, is_total_without_figure
from loaders.tables.values import fold, is_total

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
        self._above: dict[int, Cell] = {}
        for row in preamble:
            self._sections.enter(row)

    def rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Those that are neither blank, nor sections, nor repeated heads, up to the footnotes."""
        for row in rows:
            if row.blank or self._is_head(row) or is_signed(row) or self._is_skipped(row):
                continue
            if self._footnotes and self._ends(_first_text(row)):
                self._notes.append(row)
                self._notes.extend(islice((one for one in rows if not one.blank), _MOST_NOTES - 1))
                return
            if self._sections.enter(row):
                self._above.clear()
                continue
            yield self._row(row)

    def _is_skipped(self, row: Row) -> bool:
        return bool(self._skip and self._skip.fullmatch(" ".join(_first_text(row).split())))

    def _ends(self, text: str) -> bool:
        return any(self._footnotes.match(one) for one in (text, fold(text)) if self._footnotes)

    def _is_head(self, row: Row) -> bool:
        """Whether a row repeats one of the head."""
        # most rows do not begin as one of the head does
        return row.cells[0].text.strip() in self._first and _bare(row) in self._heads

    def _row(self, row: Row) -> Row:
        width = len(self._names)
        cells = row.cells[:width]
        problem = self._problem(row) if len(row.cells) != width else ""
        problem = self._sections.problem(row, self._filled) or problem
        for at in range(len(cells), width):
            cells.append(Cell("", None, row.number, at + 1, row.address))
        for at in self._filled:
            cells[at] = self._above.get(at, cells[at]) if cells[at].blank else cells[at]
            self._above[at] = cells[at]
        return Row(row.number, cells, row.address, self._sections.current, problem)

    def _problem(self, row: Row) -> str:
        width = len(self._names)
        further = [cell for cell in row.cells[width:] if not cell.blank]
        if further:
            place = further[0].locator
            return f"{len(row.cells)} cells instead of {width}: {place} has no head"
        complete = self._dialect.ragged or self._dialect.form != "delimited"
        if len(row.cells) < width and not complete:
            missing = self._names[len(row.cells)]
            return f"{len(row.cells)} cells instead of {width}: “{missing}” is missing"
        return ""


class Sections:
    """The groups in which the rows of a table stand, one a level."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(one) for one in patterns]
        self.current: tuple[Cell | None, ...] = (None,) * len(patterns)
        self._unknown: Cell | None = None

    def enter(self, row: Row) -> bool:
        """Whether a row names a group, which begins with it and ends those within the one before.

        It has text in one cell only, which one of the patterns matches whole.
        """
        if not self._patterns:
            return False
        filled = [cell for cell in row.cells if not cell.blank]
        if len(filled) != 1 or is_total_without_figure(row):
            return False
        text = " ".join(filled[0].text.split())
        for level, pattern in enumerate(self._patterns):
            if pattern.fullmatch(text):
                deeper = (None,) * (len(self._patterns) - level - 1)
                self.current = (*self.current[:level], filled[0], *deeper)
                if not level:  # what stands within an unknown group does not end it
                    self._unknown = None
                return True
        return False

    def problem(self, row: Row, filled_down: Sequence[int]) -> str:
        """Why the group of a row that names none is not known: the row looks like the name of one
        that no pattern matches, or stands below such a row. Else ``."""
        if not self._patterns:
            return ""
        if unknown := _lone_label(row, filled_down):
            self._unknown = unknown
        if self._unknown is None:
            return ""
        where = "it has" if unknown else f"it stands below row {self._unknown.row} with"
        return (
            f"{where} only the text “{_shown(self._unknown)}”, which no pattern of “sections”"
            " matches: add it to “sections” of [options.file], or to “skip” if it names no group"
        )


_NO_GROUP = re.compile(r"[\W_]*|[-+]?\d{1,3}\.?|[-+]?\d[\d\s.,]*[.,\s]\d+")


def _lone_label(row: Row, filled_down: Sequence[int]) -> Cell | None:
    """The only cell with text of a row, where it could name a group: no number of a row, no total,
    and not behind a column in which a blank cell means what stands above it."""
    filled = [(at, cell) for at, cell in enumerate(row.cells) if not cell.blank]
    if len(filled) != 1 or any(one < filled[0][0] for one in filled_down):
        return None
    text = _shown(filled[0][1])
    return None if _NO_GROUP.fullmatch(text) or is_total(text) else filled[0][1]


def _shown(cell: Cell) -> str:
    return " ".join(cell.text.split())


def _bare(row: Row) -> list[str]:
    """The texts of a row without blank cells at its end."""
    texts = [cell.text.strip() for cell in row.cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _first_text(row: Row) -> str:
    return next((cell.text.strip() for cell in row.cells if not cell.blank), "")
