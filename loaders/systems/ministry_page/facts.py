"""The table of facts: one row for each thing that the page names or says.

item         date of the news item
key          tells the rows of an item apart
kind         a concept of scheme/statement-kind: system, organisation, law, figure, event, benefit,
             aim, decision
about        what it is about: org/KEY, law/NUMBER, service/KEY, or an IRI; may be empty
value        the number, of a figure
start, end   its characters in the page's text, in code points from 0 (RFC 5147)
exact        the words there, where something is named; empty for whole sentences
mn, en       what is said, in our words
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from graph.core.errors import InputError
from loaders.formats.csv import decode, rows
from loaders.pipeline.record import Capture

COLUMNS = ("item", "key", "kind", "about", "value", "start", "end", "exact", "mn", "en")
KINDS = ("system", "organisation", "law", "figure", "event", "benefit", "aim", "decision")


@dataclass(frozen=True, slots=True)
class PageStatement:
    """One row of the table; the module docstring explains the columns."""

    row: int
    item: str
    key: str
    kind: str
    about: str
    value: str
    start: int
    end: int
    exact: str
    texts: dict[str, str]


def table_and_page(captures: Sequence[Capture], sha256: str) -> tuple[Capture, Capture | None]:
    """The table, and the page where it is there.

    Raises InputError where a file is missing or too many, or another page than the one counted.
    """
    tables = [one for one in captures if one.name.endswith(".csv")]
    pages = [one for one in captures if one not in tables]
    if len(tables) != 1 or len(pages) > 1:
        names = ", ".join(one.name for one in captures)
        raise InputError(
            "there must be one table of facts and at most one page",
            where=names,
            hint="Name facts.csv in `files`, and the page (text/plain) if you have it.",
        )
    if pages and pages[0].digest != sha256:
        raise InputError(
            f"the characters of the table are those of {sha256}, and this is {pages[0].digest}",
            where=pages[0].name,
            hint="Take the text that the table was made from, or count its characters anew.",
        )
    return tables[0], pages[0] if pages else None


def read(table: Capture, items: Collection[str]) -> Iterator[PageStatement]:
    """The rows of the table.

    Raises InputError with row and column for an unknown item or kind, a repeated key, and a number
    that is none.
    """
    seen: set[tuple[str, str]] = set()
    for number, cells in rows(table, COLUMNS, require_final_newline=True):
        _check(table, number, "item", cells["item"], cells["item"] in items)
        _check(table, number, "kind", cells["kind"], cells["kind"] in KINDS)
        name = cells["item"], cells["key"]
        _check(table, number, "key", cells["key"], bool(cells["key"]) and name not in seen)
        seen.add(name)
        numbers = ("start", "end", "value") if cells["kind"] == "figure" else ("start", "end")
        for column in numbers:
            _check(table, number, column, cells[column], cells[column].isdecimal())
        yield _fact(number, cells)


def _fact(number: int, cells: dict[str, str]) -> PageStatement:
    return PageStatement(
        row=number,
        item=cells["item"],
        key=cells["key"],
        kind=cells["kind"],
        about=cells["about"],
        value=cells["value"],
        start=int(cells["start"]),
        end=int(cells["end"]),
        exact=cells["exact"],
        texts={"mn": cells["mn"], "en": cells["en"]},
    )


def _check(table: Capture, number: int, column: str, value: str, holds: bool) -> None:
    if not holds:
        raise InputError(
            f"“{value}” cannot stand here",
            where=f"{table.name} row {number} column {column}",
            hint="The columns are explained in loaders/systems/ministry_page/facts.py.",
        )


def compared(
    facts: Iterable[PageStatement], page: Capture, table: Capture
) -> Iterator[PageStatement]:
    """The facts with the words of the page as `exact`.

    Raises InputError where the page has other words than the table at the same characters.
    """
    text = decode(page)
    for fact in facts:
        there = text[fact.start : fact.end]
        if not there or fact.exact not in ("", there):
            raise InputError(
                f"the page has “{there}” at these characters, not “{fact.exact}”",
                where=f"{table.name} row {fact.row} column exact",
                hint="Count the characters anew: code points, from 0, as the file has them.",
            )
        yield replace(fact, exact=there)
