"""The facts of the news item, as the bundled table states them or as the page does (`page`).

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
"""What the source calls a unit → its land-agency code."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, where it stands, and its words where it was read from a text.

    `exact`, `before` and `after` are empty for a table; `start` and `end` count code points.
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

    Raises InputError with row and column.
    """
    for number, cells in rows(capture, COLUMNS, require_final_newline=True):
        if cells["fact"] not in KINDS:
            raise InputError(
                f"“{cells['fact']}” is no fact of this table",
                where=f"{capture.name} row {number} column fact",
                hint=f"They are {', '.join(KINDS)}.",
            )
        yield Fact(cells["fact"], cells["name"], cells["value"], f"row={number}")


def check(capture: Capture, facts: list[Fact], names: UnitNames) -> None:
    """Every aimag is counted once, every number is one, nothing that all the rest needs is absent.

    Raises InputError: a sum over half of the rows would be a false statement.
    """
    for kind in ("item", "text", "period", "total", "count"):
        if not any(fact.kind == kind for fact in facts):
            raise _wrong(capture, f"“{kind}” is missing, the file may be cut")
    counted: set[str] = set()
    for fact in facts:
        if fact.kind in {"count", "total"} and not fact.value.isdecimal():
            raise _wrong(capture, f"“{fact.value}” is no whole number", fact, "value")
        if fact.kind in {"count", "centre"} and fact.name not in {*names, OTHERS}:
            raise _wrong(capture, f"“{fact.name}” is no aimag we know", fact, "name")
        if fact.kind == "count":
            if names[fact.name] in counted:
                raise _wrong(capture, f"“{fact.name}” is counted twice", fact, "name")
            counted.add(names[fact.name])
    if absent := [name for name, code in names.items() if code not in counted]:
        raise _wrong(capture, f"{absent[0]} is not counted, the file may be cut")


def _wrong(capture: Capture, what: str, fact: Fact | None = None, column: str = "") -> InputError:
    place = f" {fact.locator.replace('=', ' ')} column {column}" if fact else ""
    return InputError(
        what,
        where=capture.name + place,
        hint="Compare it with the page; names are in [options.names] of the source.",
    )
