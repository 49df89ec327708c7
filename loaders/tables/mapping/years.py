"""The year of periods that are written without one: “I.06”, “3-р сар”, “II улирал”."""

from __future__ import annotations

import re

from graph.core.errors import InputError
from loaders.tables.cells.model import Table
from loaders.tables.description.columns import TITLE

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def year_in(text: str) -> int:
    """The only year that a text has; 0 where it has none, or several."""
    found = set(_YEAR.findall(text))
    return int(found.pop()) if len(found) == 1 else 0


def of_title(table: Table) -> int:
    """The only year above a table, else that in the name of its sheet; 0 where there is none."""
    text = above(table)
    return year_in(text) if _YEAR.search(text) else year_in(table.name)


def above(table: Table) -> str:
    """What stands above a table, with single spaces."""
    return " ".join(" ".join(cell.text for row in table.preamble for cell in row.cells).split())


def needed_of_title(table: Table, where: str) -> int:
    """The same. Raises InputError where there is not exactly one."""
    if year := of_title(table):
        return year
    raise InputError(
        f"“{TITLE}” is to have the year of the periods; there is none, or several, above the table",
        where=where,
        hint="Write the year itself into “year”, or the name of a column that has it.",
    )
