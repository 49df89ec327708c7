"""ODS (OpenDocument 1.3 part 3 §9), row by row, in memory that does not grow with the sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from loaders.tables.cells.addresses import SheetAddress
from loaders.tables.cells.model import (
    Cell,
    Dialect,
    MergedRange,
    Row,
    Sheet,
    Value,
    with_blanks,
)
from loaders.tables.values.cell_errors import NO_RESULT
from loaders.tables.workbooks import exact
from loaders.tables.workbooks.packages import Attributes, Handlers, Package, refused

CONTENT = "content.xml"
MAX_ROWS, MAX_COLUMNS = 1 << 20, 1 << 14  # of LibreOffice
MAX_MERGED = 100_000
MAX_REPEATED = 2_000_000  # cells that are in the file once and stand for many
_MAX_TEXT = 1 << 20  # characters of a cell


@dataclass(slots=True)
class _Listed:
    """A sheet as it is found before its rows are read."""

    name: str
    hidden: bool
    merged: list[MergedRange] = field(default_factory=list)


def sheets(package: Package, dialect: Dialect) -> Iterator[Sheet]:
    """All sheets, hidden ones too, in the order of the document.

    Raises InputError for a document that is broken, or has more repeated cells than a table has.
    """
    listed = _Tables(package, with_cells=False)
    for _ in listed.rows():
        pass
    reader = _Tables(package, with_cells=True)
    for number, rows in groupby(reader.rows(), key=lambda one: one[0]):
        one = listed.sheets[number]
        if dialect.sheet in {"", one.name}:
            numbered = (row for _, row in rows if row)
            yield Sheet(one.name, numbered, one.hidden, tuple(one.merged))


def names(package: Package) -> list[str]:
    """The names of all sheets."""
    listed = _Tables(package, with_cells=False)
    for _ in listed.rows():
        pass
    return [one.name for one in listed.sheets]


class _Tables(Handlers):
    """One run over the document: the list of sheets, and their rows if asked for."""

    def __init__(self, package: Package, with_cells: bool) -> None:
        self._package, self._with_cells = package, with_cells
        self.sheets: list[_Listed] = []
        self._done: list[tuple[Row | None, int]] = []  # rows, and how often they stand
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._address = SheetAddress("")
        self._current = -1  # the sheet whose rows are given
        self._depth = self._skipped = 0  # of tables, of notes within cells
        self._number = self._repeat = self._column = self._width = 0
        self._cells: list[Cell] = []
        self._cell: Attributes = {}
        self._text: list[str] = []
        self._length = self._repeated = 0

    def rows(self) -> Iterator[tuple[int, Row | None]]:
        """Pairs of the number of a sheet and a row; None as the first row of each sheet."""
        for _ in self._package.parse(CONTENT, self):
            for row, times in self._done:
                number = self._sheet_of(row)
                for more in range(times):
                    yield number, with_blanks(_moved(row, more)) if row else None
            self._done.clear()

    def _sheet_of(self, row: Row | None) -> int:
        if row is None:
            self._current += 1
        return self._current

    def start(self, tag: str, attributes: Attributes) -> None:
        """See Handlers."""
        if self._skipped or tag in {"annotation", "tracked-changes"}:
            self._skipped += 1
        elif action := _STARTS.get(tag):
            action(self, {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        """See Handlers."""
        if self._skipped:
            self._skipped -= 1
        elif action := _ENDS.get(tag):
            action(self)

    def text(self, text: str) -> None:
        """See Handlers."""
        if self._cell and not self._skipped:
            self._text.append(text)
            self._length += len(text)
            if self._length > _MAX_TEXT:
                raise self._refused(
                    f"a cell in row {self._number} has over {_MAX_TEXT:,} characters"
                )

    def _start_style(self, found: Attributes) -> None:
        self._style = found.get("name", "")

    def _start_properties(self, found: Attributes) -> None:
        if found.get("display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, found: Attributes) -> None:
        self._depth += 1
        if self._depth > 1:  # a table within a cell is no sheet
            self._skipped, self._depth = 1, 1
            return
        name = found.get("name", "")
        self._address = SheetAddress(name)
        self.sheets.append(_Listed(name, found.get("style-name") in self._hidden_styles))
        self._done.append((None, 1))
        self._number = 0
        self._repeat = 1

    def _end_table(self) -> None:
        self._depth -= 1

    def _start_row(self, found: Attributes) -> None:
        self._number += self._repeat if self._number else 1
        self._repeat = self._count(found, "number-rows-repeated", MAX_ROWS)
        self._column, self._width, self._cells = 0, 0, []

    def _end_row(self) -> None:
        if self._number + self._repeat - 1 > MAX_ROWS and self._width:
            raise self._refused(f"more than {MAX_ROWS:,} rows")
        self._repeated += self._width * (self._repeat - 1)
        if self._repeated > MAX_REPEATED:
            raise self._too_many()
        if self._cells:
            row = Row(self._number, self._cells, self._address)
            self._done.append((row, self._repeat))

    def _start_cell(self, found: Attributes) -> None:
        self._cell = {"": "", **found}
        self._text.clear()
        self._length = 0
        if {"number-columns-spanned", "number-rows-spanned"} & found.keys():
            self._merge(found)

    def _merge(self, found: Attributes) -> None:
        width = self._count(found, "number-columns-spanned", MAX_COLUMNS)
        height = self._count(found, "number-rows-spanned", MAX_ROWS)
        merged = self.sheets[-1].merged if self.sheets else []
        if width * height > 1:
            bottom, right = self._number + height - 1, self._column + width
            merged.append(MergedRange(self._number, self._column + 1, bottom, right))
        if len(merged) > MAX_MERGED:
            raise self._refused(f"more than {MAX_MERGED:,} merged ranges")

    def _end_cell(self) -> None:
        times = self._count(self._cell, "number-columns-repeated", MAX_COLUMNS)
        value = self._typed()
        self._cell = {}
        if value is None:
            self._column += times
            return
        if self._column + times > MAX_COLUMNS:
            raise self._refused(f"row {self._number} has more than {MAX_COLUMNS:,} columns")
        self._repeated += times - 1
        if self._repeated > MAX_REPEATED:
            raise self._too_many()
        if self._with_cells:
            self._append(value, times)
        self._column += times
        self._width = self._column

    def _end_covered(self) -> None:
        """What a merged range covers is not shown."""
        self._column += self._count(self._cell, "number-columns-repeated", MAX_COLUMNS)
        self._cell = {}

    def _append(self, value: Value, times: int) -> None:
        shown = exact.text(value)
        for at in range(self._column + 1, self._column + times + 1):
            self._cells.append(Cell(shown, value, self._number, at, self._address))

    def _typed(self) -> Value | None:
        text = "".join(self._text)
        kind = self._cell.get("value-type", "")
        if kind in {"float", "currency", "percentage"}:
            number = exact.number(self._cell.get("value", ""))
            return text if number is None else number
        if kind == "date":
            return _date(self._cell.get("date-value", "")) or text
        if kind == "boolean":
            return self._cell.get("boolean-value") == "true"
        if not kind and "formula" in self._cell:
            return text or NO_RESULT
        return text or self._cell.get("string-value") or None

    def _start_paragraph(self, found: Attributes) -> None:
        if self._text:
            self._text.append("\n")

    def _start_spaces(self, found: Attributes) -> None:
        self.text(" " * self._count(found, "c", 1000))

    def _count(self, found: Attributes, key: str, most: int) -> int:
        written = found.get(key, "1")
        if not (written.isascii() and written.isdecimal() and len(written) < 10):
            raise self._refused(f"{key} is “{written[:20]}”")
        return min(max(1, int(written)), most)

    def _too_many(self) -> Exception:
        return self._refused(f"more than {MAX_REPEATED:,} cells are repetitions of others")

    def _refused(self, message: str) -> Exception:
        return refused(f"{self._package.name} sheet “{self._address.name}”", message)


def _moved(row: Row, by: int) -> Row:
    """A row that is repeated, `by` rows further down."""
    if not by:
        return row
    number = row.number + by
    return row._replace(number=number, cells=[cell._replace(row=number) for cell in row.cells])


def _date(written: str) -> date | datetime | None:
    try:
        return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    except ValueError:
        return None


_STARTS: dict[str, Callable[[_Tables, Attributes], None]] = {
    "style": _Tables._start_style,
    "table-properties": _Tables._start_properties,
    "table": _Tables._start_table,
    "table-row": _Tables._start_row,
    "table-cell": _Tables._start_cell,
    "covered-table-cell": _Tables._start_cell,
    "p": _Tables._start_paragraph,
    "s": _Tables._start_spaces,
    "tab": lambda reader, found: reader.text("\t"),
    "line-break": lambda reader, found: reader.text("\n"),
}
_ENDS: dict[str, Callable[[_Tables], None]] = {
    "table": _Tables._end_table,
    "table-row": _Tables._end_row,
    "table-cell": _Tables._end_cell,
    "covered-table-cell": _Tables._end_covered,
}
