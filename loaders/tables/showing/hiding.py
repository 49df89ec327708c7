"""What of a described table is hidden where its rows are shown: columns that are not published.

An engineer leaves a column out for a reason, most often people in it; its head need not say so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from graph.trace.records.json_pointers import without_persons
from graph.trace.records.masking import HIDDEN, is_of_person
from loaders.tables.cells.model import Cell, Row
from loaders.tables.grids.heads import unique
from loaders.tables.rows.kinds import is_signed

NOT_SHOWN = "this part of the file is not shown: the table has columns that are not published"


class Hiding(NamedTuple):
    """The columns of a table, which of them are hidden (from 0), and the last row of its head."""

    heads: Sequence[str]
    columns: frozenset[int]
    head: int
    is_json: bool

    def texts(self, row: Row) -> list[str]:
        """The texts of a row. Of one that is shifted, or in which somebody signs, none is shown:
        what should be hidden may stand anywhere."""
        if row.number <= self.head:
            return row.texts
        is_unclear = bool(self.columns) and (len(row.cells) > len(self.heads) or is_signed(row))
        return [
            HIDDEN if cell.text and (is_unclear or at in self.columns) else self._text(at, cell)
            for at, cell in enumerate(row.cells)
        ]

    def _text(self, at: int, cell: Cell) -> str:
        """A text; of JSON without what members within it, or around it, say of persons."""
        if not self.is_json or at >= len(self.heads) or not cell.text:
            return cell.text
        if any(is_of_person(name, cell.text) for name in self.heads[at].split(".")):
            return HIDDEN
        return _within(cell.text) if cell.value is None else cell.text


def _within(text: str) -> str:
    try:
        return json.dumps(without_persons(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return text


def hiding(
    heads: Sequence[str], head: int, ignored: frozenset[str], *, is_json: bool = False
) -> Hiding:
    """What is hidden below heads of which the description ignores some."""
    columns = frozenset(at for at, name in enumerate(unique(heads)) if name in ignored)
    return Hiding(heads, columns, head, is_json)
