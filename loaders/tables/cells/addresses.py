"""How the places of cells are written: RFC 7111 and RFC 5147 for text, A1 for workbooks, RFC 6901
for JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_CELL = re.compile(
    r"(?:'((?:[^']|'')+)'|([^\W\d]\w*))!"  # the name of the sheet
    r"(?:([A-Z]{1,3})([1-9]\d{0,6})|([1-9]\d{0,6}):\5)"
)


class TextAddress:
    """RFC 7111 fragments: `row=7`, `cell=7,2`. The header counts."""

    def cell(self, row: int, column: int) -> str:
        """`cell=7,2`."""
        return f"cell={row},{column}"

    def row(self, row: int) -> str:
        """`row=7`."""
        return f"row={row}"


TEXT = TextAddress()


@dataclass(frozen=True, slots=True)
class SheetAddress:
    """A1 references with the name of the sheet, quoted as spreadsheet programs do."""

    name: str

    def cell(self, row: int, column: int) -> str:
        """`Sheet1!B7`, `'Sheet 1'!B7`."""
        return f"{quoted(self.name)}!{letters(column)}{row}"

    def row(self, row: int) -> str:
        """`Sheet1!7:7`."""
        return f"{quoted(self.name)}!{row}:{row}"


@lru_cache(maxsize=1000)
def quoted(name: str) -> str:
    """The name of a sheet as it stands in a reference."""
    return name if _PLAIN_NAME.fullmatch(name) else "'" + name.replace("'", "''") + "'"


@lru_cache(maxsize=20_000)
def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    higher, last = divmod(column - 1, 26)
    return (letters(higher) if higher else "") + chr(ord("A") + last)


class SheetPlace(NamedTuple):
    """A cell of a workbook, or with column 0 a row."""

    sheet: str
    row: int
    column: int


def parse(locator: str) -> SheetPlace | None:
    """What a `SheetAddress` wrote; None for any other text."""
    match = _CELL.fullmatch(locator)
    if match is None:
        return None
    sheet = match[2] or match[1].replace("''", "'")
    return SheetPlace(sheet, int(match[4] or match[5]), number(match[3] or ""))


def number(column: str) -> int:
    """A → 1, AA → 27; 0 for none."""
    found = 0
    for letter in column:
        found = found * 26 + ord(letter) - ord("A") + 1
    return found


@dataclass(slots=True)
class JsonAddress:
    """JSON Pointers (RFC 6901) below `base`. The row with the number `first` is item 0.

    `columns` has the keys that lead to a column within an item; without them columns are indexes.
    `keyed` items are members of an object, whose keys are `keys`; with `by_column`, the items of a
    column stand below its key.
    """

    base: str
    first: int
    columns: list[list[str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    keyed: bool = False
    by_column: bool = False

    def cell(self, row: int, column: int) -> str:
        """`/items/3/org/name`."""
        inner = _pointer(self._column(column))
        if self.by_column:
            return f"{self.base}{inner}/{max(0, row - self.first)}"
        return f"{self.row(row)}{inner}"

    def row(self, row: int) -> str:
        """`/items/3`; of the head, the first item."""
        at = max(0, row - self.first)
        if self.by_column:
            return self.base or "/"
        return f"{self.base}{_pointer([self.keys[at]] if self.keyed else [str(at)])}"

    def _column(self, column: int) -> list[str]:
        if not self.columns:
            return [str(column - 1)]
        found = self.columns[column - 1]
        return found[1:] if self.keyed and len(found) == 1 and column == 1 else found


def _pointer(keys: list[str]) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


@dataclass(frozen=True, slots=True)
class LineAddress:
    """RFC 5147 fragments of a line of fixed-width text that begins at a character of the file."""

    start: int
    widths: tuple[int, ...]

    def cell(self, row: int, column: int) -> str:
        """`char=20,28`: the characters after the 20th up to the 28th."""
        before = self.start + sum(self.widths[: column - 1])
        return f"char={before},{before + self.widths[column - 1]}"

    def row(self, row: int) -> str:
        """`line=6,7`: the seventh line."""
        return f"line={row - 1},{row}"
