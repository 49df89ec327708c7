"""The facts of the news item, from the bundled table or from the page itself (`page`).

fact         name            value
item         text            date of the news item
text         sha256          digest of the text the facts were read from
period       first month     last month of the work
total        lead, closing, centres    the number stated
count        aimag           services put online
centre       aimag, others   open, planned
through      channel         its address
not-through  channel
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.core.errors import InputError
from loaders.formats.csv import rows
from loaders.pipeline.record import Capture

COLUMNS = ("fact", "name", "value")
KINDS = ("item", "text", "period", "total", "count", "centre", "through", "not-through")
OTHERS = "others"

UnitNames = Mapping[str, str]
"""The source's name of a unit → its land-agency code."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, its locator, and the words of a text it was read from.

    `exact`, `before` and `after` are empty for a table; `start` and `end` are in code points.
    """

    kind: str
    name: str
    value: str
    locator: str
    exact: str = ""
    before: str = ""
    after: str = ""
    start: int = 0
    end: int = 0


def read(capture: Capture) -> Iterator[Fact]:
    """The facts of the table, one per row.

    Raises InputError with row and column for an invalid table or an unknown fact.
    """
    for number, cells in rows(capture, COLUMNS, require_final_newline=True):
        if cells["fact"] not in KINDS:
            raise InputError(
                f"“{cells['fact']}” is not a fact of this table",
                where=f"{capture.name} row {number} column fact",
                hint=f"They are {', '.join(KINDS)}.",
            )
        yield Fact(cells["fact"], cells["name"], cells["value"], f"row={number}")


def check(capture: Capture, facts: list[Fact], names: UnitNames) -> None:
    """Check that each aimag is counted once, that numbers are numbers, and that nothing is missing.

    Raises InputError where this does not hold: the sum of half the rows would be wrong.
    """
    for kind in ("item", "text", "period", "total", "count"):
        if not any(fact.kind == kind for fact in facts):
            raise _error(capture, f"“{kind}” is missing; the file may be truncated")
    counted: set[str] = set()
    for fact in facts:
        if fact.kind in {"count", "total"} and not fact.value.isdecimal():
            raise _error(capture, f"“{fact.value}” is not an integer", fact, "value")
        if fact.kind in {"count", "centre"} and fact.name not in {*names, OTHERS}:
            raise _error(capture, f"“{fact.name}” is not a known aimag", fact, "name")
        if fact.kind == "count":
            if names[fact.name] in counted:
                raise _error(capture, f"“{fact.name}” is counted twice", fact, "name")
            counted.add(names[fact.name])
    if absent := [name for name, code in names.items() if code not in counted]:
        raise _error(capture, f"{absent[0]} is not counted; the file may be truncated")


def _error(
    capture: Capture, message: str, fact: Fact | None = None, column: str = ""
) -> InputError:
    position = f" {fact.locator.replace('=', ' ')} column {column}" if fact else ""
    return InputError(
        message,
        where=capture.name + position,
        hint="Compare it with the page. Names of units are in [options.names] of the source.",
    )
