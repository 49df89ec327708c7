"""Tables in files of any form, as sheets of rows of cells, each with its exact place.

    guess = detect(capture)                     # a dialect, with the reason for each guess
    for sheet in read(capture, guess.dialect):
        for row in sheet.rows:                  # lazily; memory does not grow with the file
            row.locator, row.texts

What a dialect says is what is done: nothing is guessed while reading.
"""

from __future__ import annotations

from loaders.tables.cells.model import (
    Cell,
    Dialect,
    Guess,
    MergedRange,
    Reason,
    Row,
    Sheet,
    Table,
    Value,
)
from loaders.tables.grids.bodies import table, tables
from loaders.tables.grids.reading import detect, has_named_members, read
from loaders.tables.grids.structure import sample

__all__ = [
    "Cell",
    "Dialect",
    "Guess",
    "MergedRange",
    "Reason",
    "Row",
    "Sheet",
    "Table",
    "Value",
    "detect",
    "has_named_members",
    "read",
    "sample",
    "table",
    "tables",
]
