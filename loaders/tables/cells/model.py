"""What reading a file with tables gives: sheets of rows of cells, each with its exact place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

Value = str | Decimal | bool | date | datetime | time | timedelta
"""A value with a type, which cells of workbooks and JSON have."""


UNENDED = "file-unended"
"""The remark of a last row without the end of its line: something of it may be missing."""


class Address(Protocol):
    """How places are written in one kind of file. Rows and columns count from 1."""

    def cell(self, row: int, column: int) -> str:
        """The locator of one cell."""

    def row(self, row: int) -> str:
        """The locator of one row."""


class Cell(NamedTuple):
    """One cell.

    `text` is what stands there, unchanged; where a workbook stores a number or a date, its shortest
    decimal or ISO 8601 text. `value` is the value with its type, None in files without types.
    `row` and `column` count from 1.
    """

    text: str
    value: Value | None
    row: int
    column: int
    address: Address

    @property
    def locator(self) -> str:
        """`cell=7,2` (RFC 7111), `Sheet1!B7`, or a JSON Pointer."""
        return self.address.cell(self.row, self.column)

    @property
    def blank(self) -> bool:
        """Whether nothing, or only white space, stands there."""
        return not self.text or self.text.isspace()


class Row(NamedTuple):
    """One row of a sheet; `number` counts from 1 and includes headers and blank rows.

    Rows of a table (`loaders.tables.grids.bodies`) have besides: `sections`, the cells that name
    the groups it stands in, one a level from the outermost, None where there is none; `problem`,
    what is wrong with the row as a whole, for people; `remark`, what else is to be known of it, as
    the kind of a finding.
    """

    number: int
    cells: list[Cell]
    address: Address
    sections: tuple[Cell | None, ...] = ()
    problem: str = ""
    remark: str = ""

    @property
    def locator(self) -> str:
        """`row=7` (RFC 7111), `Sheet1!7:7`, or a JSON Pointer."""
        return self.address.row(self.number)

    @property
    def texts(self) -> list[str]:
        """The texts of its cells."""
        return [cell.text for cell in self.cells]

    @property
    def blank(self) -> bool:
        """Whether all cells are blank."""
        first = self.cells[0].text if self.cells else ""
        if first and not first.isspace():  # as it is with most rows
            return False
        return all(cell.blank for cell in self.cells)


def with_blanks(row: Row) -> Row:
    """A row with blank cells in the columns that it lacks before its last cell."""
    if not row.cells or row.cells[-1].column == len(row.cells):
        return row
    cells: list[Cell] = []
    for cell in row.cells:
        for between in range(len(cells) + 1, cell.column):
            cells.append(Cell("", None, row.number, between, row.address))
        cells.append(cell)
    return row._replace(cells=cells)


class MergedRange(NamedTuple):
    """A merged range: first and last row and column, counted from 1, all of them included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, or the only table of another file (then `name` is empty).

    `rows` can be read once, before the next sheet is asked for. `hidden` sheets are those that the
    program which made the workbook does not show.
    """

    name: str
    rows: Iterator[Row]
    hidden: bool = False
    merged: tuple[MergedRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a sheet, with what its dialect says applied.

    `heads` has one name a column, joined from `head_parts` (`2020 / I`), its words separated by
    single spaces; `head_cells` are the cells of the lowest part. `preamble` are the rows before the
    head. `rows` are those of the body, each with a cell for every head; blank rows and repetitions
    of the head are left out. `notes` fills while they are read: the rows from the first footnote
    on, the first hundred of them.
    """

    name: str
    hidden: bool
    heads: list[str]
    head_parts: list[tuple[str, ...]]
    head_cells: list[Cell]
    preamble: list[Row]
    rows: Iterator[Row]
    notes: list[Row]


class Reason(NamedTuple):
    """Why a value of a dialect was guessed; `sure` where nothing else fits as well."""

    value: str
    why: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Guess:
    """A guessed dialect; `reasons` has one reason for each key that was guessed."""

    dialect: Dialect
    reasons: Mapping[str, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file with tables is to be read. Nothing in it is guessed while reading.

    `form` is `delimited`, `fixed`, `json` or `workbook`.
    Text: `encoding` (a Python codec; a byte order mark is dropped), `delimiter`, `quote` (empty:
    quotation marks are text), `skip_space` (blanks after a delimiter are not of the cell);
    `widths` of the columns of fixed-width text, in characters. Workbooks: `sheet`, a name; empty
    means all. JSON: `path` of the list of rows, a JSON Pointer.

    What follows is applied by `table`: `preamble` rows stand before the header, which has `header`
    rows, joined to one name a column; without any, columns are named A, B, C. `sections` are
    regular expressions, one a level from the outermost: a row with text in one cell only that one
    of them matches whole names a group for the rows below it. `footnotes`: a row whose first text
    begins with a match of this regular expression ends the table. `fill_down`: names of columns in
    which a blank cell means what stands above it. `ragged`: rows may lack their last cells.
    """

    form: str = "delimited"
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_space: bool = False
    quote: str = '"'
    widths: tuple[int, ...] = ()
    sheet: str = ""
    path: str = ""
    preamble: int = 0
    header: int = 1
    footnotes: str = ""
    sections: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    skip: str = ""
    ragged: bool = False
