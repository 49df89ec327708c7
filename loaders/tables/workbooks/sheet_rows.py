"""The rows of one worksheet of an XLSX workbook (ECMA-376 Part 1 §18.3.1.73)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from loaders.tables.cells.addresses import SheetAddress
from loaders.tables.cells.model import Cell, Row, Value, with_blanks
from loaders.tables.values.cell_errors import NO_RESULT
from loaders.tables.workbooks import exact
from loaders.tables.workbooks.number_formats import NumberFormats, serial_date
from loaders.tables.workbooks.packages import Attributes, Handlers, Package, refused
from loaders.tables.workbooks.shared_strings import SharedStrings

MAX_ROWS, MAX_COLUMNS = 1 << 20, 1 << 14  # of the format
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAX_TEXT = 1 << 20  # characters of a cell; spreadsheet programs keep 32,767


@lru_cache(maxsize=20_000)
def column(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class SheetRows(Handlers):
    """Reads a sheet once."""

    def __init__(
        self,
        package: Package,
        part: str,
        address: SheetAddress,
        strings: SharedStrings,
        formats: NumberFormats,
        since_1904: bool,
    ) -> None:
        self._package, self._part, self._address = package, part, address
        self._strings, self._formats, self._since_1904 = strings, formats, since_1904
        self._done: list[Row] = []
        self._cells: list[Cell] = []
        self._number = 0
        self._column = 0
        self._attributes: Attributes = {}
        self._text: list[str] | None = None  # of the cell that is read
        self._length = 0
        self._phonetic = False
        self._lacks_result = False

    def rows(self) -> Iterator[Row]:
        """The rows in which there are cells; cells that are not in the file are blank.

        Raises InputError.
        """
        for _ in self._package.parse(self._part, self):
            # blank cells are made now: a piece of the file may hold rows with millions of them
            yield from map(with_blanks, self._done)
            self._done.clear()

    def start(self, tag: str, attributes: Attributes) -> None:
        """See Handlers."""
        if tag in {"v", "t"}:
            self._text = None if self._phonetic else []
        elif tag == "c":
            self._attributes = attributes
            self._value = ""
            self._lacks_result = False
            self._length = 0
        elif tag == "f":
            self._lacks_result = True
        elif tag == "row":
            self._start_row(attributes.get("r", ""))
        elif tag == "rPh":
            self._phonetic = True

    def _start_row(self, written: str) -> None:
        number = int(written) if written.isascii() and written.isdecimal() else self._number + 1
        if not self._number < number <= MAX_ROWS:
            raise self._refused(f"row {written} after row {self._number}")
        self._number, self._column, self._cells = number, 0, []

    def text(self, text: str) -> None:
        """See Handlers."""
        if self._text is not None:
            self._text.append(text)
            self._length += len(text)
            if self._length > _MAX_TEXT:
                raise self._refused(
                    f"a cell in row {self._number} has over {_MAX_TEXT:,} characters"
                )

    def end(self, tag: str) -> None:
        """See Handlers."""
        if tag in {"v", "t"} and self._text is not None:
            self._value += "".join(self._text)
            self._text = None
        elif tag == "c":
            self._end_cell()
        elif tag == "row" and self._cells:
            self._done.append(Row(self._number, self._cells, self._address))
        elif tag == "rPh":
            self._phonetic = False

    def _end_cell(self) -> None:
        at = self._place()
        self._column = at
        value = self._typed() if self._value else None
        # a formula whose result is an empty text says that it is a text
        if value is None and self._lacks_result and self._attributes.get("t") != "str":
            value = NO_RESULT
        shown = "" if value is None else exact.text(value)
        self._cells.append(Cell(shown, value, self._number, at, self._address))

    def _place(self) -> int:
        """The column of a cell; without a reference it follows the one before."""
        written = self._attributes.get("r")
        if written is None:
            return self._column + 1
        match = _REFERENCE.fullmatch(written)
        at = column(match[1]) if match else 0
        if not match or int(match[2]) != self._number or not self._column < at <= MAX_COLUMNS:
            raise self._refused(f"cell {written[:20]} in row {self._number} is out of place")
        return at

    def _typed(self) -> Value:
        kind = self._attributes.get("t", "n")
        return _TYPES.get(kind, SheetRows._string)(self)

    def _string(self) -> Value:
        return self._value

    def _shared(self) -> Value:
        bare = self._value.strip()
        if not (bare.isascii() and bare.isdecimal() and len(bare) < 10):
            raise self._refused(f"row {self._number} refers to string “{bare[:20]}”")
        return self._strings.get(int(bare))

    def _boolean(self) -> Value:
        return self._value.strip() in {"1", "true"}

    def _number_or_date(self) -> Value:
        number = exact.number(self._value)
        if number is None:
            return self._value
        if self._formats.shows_date(self._attributes.get("s", "")):
            return serial_date(number, self._since_1904) or number
        return number

    def _refused(self, message: str) -> Exception:
        return refused(f"{self._package.name} sheet “{self._address.name}”", message)


_TYPES: dict[str, Callable[[SheetRows], Value]] = {
    "n": SheetRows._number_or_date,
    "s": SheetRows._shared,
    "b": SheetRows._boolean,
}  # inline strings, results of formulas, dates as text, and errors such as #DIV/0! are their text
