"""How the places of cells are written: RFC 7111 for text, A1 for workbooks, RFC 6901 for JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


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
