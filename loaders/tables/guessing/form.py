"""Where the table stands in its file: its sheet, the rows of its head, sections, footnotes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, Reason, Row, Sheet, detect, read
from loaders.tables.values import missing, number, period
from loaders.tables.values.numbers import LOCALES

LOOKED_AT = 5000  # rows
NOTES = r"(?i)^(эх сурвалж|тайлбар|жич|тэмдэглэл|source|notes?\b|\*|\d\))"
_MOST_HEAD_ROWS = 6


@dataclass(frozen=True, slots=True)
class TableForm:
    """The dialect of a file with the reason for each of its keys; `others` are further sheets."""

    dialect: Dialect
    reasons: Mapping[str, Reason]
    others: tuple[str, ...] = ()


def form(capture: Capture) -> TableForm:
    """The dialect of the first visible table of a file.

    Raises InputError for a file without one, and for one that cannot be read.
    """
    found = detect(capture)
    others: list[str] = []
    chosen: tuple[str, list[Row]] | None = None
    for sheet in read(capture, found.dialect):
        rows = list(islice(sheet.rows, LOOKED_AT))
        if chosen is None and not sheet.hidden and any(not row.blank for row in rows):
            chosen = (sheet.name, rows)
        elif sheet.name:
            others.append(_other(sheet, rows))
    if chosen is None:
        raise InputError("there is no visible table", where=capture.name)
    dialect, reasons = _in_sheet(replace(found.dialect, sheet=chosen[0]), chosen[1])
    if chosen[0]:
        why = "the first sheet that is neither hidden nor blank"
        reasons = {"sheet": Reason(chosen[0], why, not others), **reasons}
    return TableForm(dialect, {**found.reasons, **reasons}, tuple(others))


def _other(sheet: Sheet, rows: Sequence[Row]) -> str:
    state = "hidden" if sheet.hidden else "blank" if all(row.blank for row in rows) else "visible"
    return f"{sheet.name} ({state})"


def _in_sheet(dialect: Dialect, rows: list[Row]) -> tuple[Dialect, dict[str, Reason]]:
    body = _first_of_body(rows)
    head = _first_of_head(rows, body)
    rest = [row for row in rows[body:] if not row.blank]
    notes = next((row for row in rest if re.match(NOTES, _first(row)) and _filled(row) == 1), None)
    within = rest[: rest.index(notes)] if notes else rest
    sections = [row for row in within if _filled(row) == 1 and len(row.cells) > 1]
    reasons = {
        "preamble": Reason(str(head), f"{head} rows stand before the heads"),
        "header": Reason(str(body - head), f"row {rows[body].number} is the first with figures"),
    }
    if notes:
        reasons["footnotes"] = Reason(NOTES, f"row {notes.number}: “{_first(notes)[:40]}”")
    if sections:
        why = f"row {sections[0].number} has only “{_first(sections[0])[:40]}”: it names a group"
        reasons["sections"] = Reason(".+", why, False)
    found = replace(
        dialect,
        preamble=head,
        header=body - head,
        footnotes=NOTES if notes else "",
        sections=(".+",) if sections else (),
    )
    return found, reasons


def _first_of_body(rows: Sequence[Row]) -> int:
    """The position of the first row with figures; of a table without any, the row after the first
    that is as wide as most are."""
    for at, row in enumerate(rows):
        if at and _has_figures(row) and _filled(row) > 1:
            return at
    width = max(_filled(row) for row in rows)
    return min(next(at for at, row in enumerate(rows) if _filled(row) == width) + 1, len(rows) - 1)


def _first_of_head(rows: Sequence[Row], body: int) -> int:
    """Upwards from the body: rows with more than one text belong to the head."""
    at = body - 1
    while at > 0 and body - at < _MOST_HEAD_ROWS and _filled(rows[at - 1]) > 1:
        at -= 1
    return at


def _has_figures(row: Row) -> bool:
    """Whether there is a figure that is not a year or another period, which heads have too."""
    texts = [cell.text for cell in row.cells[1:] if not cell.blank]
    figures = [text for text in texts if missing(text) or is_number(text)]
    periods = [text for text in figures if is_period(text)]
    return bool(figures) and (len(periods) < len(figures) or len(set(periods)) < len(periods))


def is_number(text: str) -> bool:
    """Whether a text is a number in some locale."""
    return any(_reads(text, locale) for locale in LOCALES)


def _reads(text: str, locale: str) -> bool:
    try:
        number(text, locale)
    except ValueError:
        return False
    return True


def is_period(text: str) -> bool:
    """Whether a text is a period without further declaration."""
    try:
        period(text)
    except ValueError:
        return False
    return True


def _filled(row: Row) -> int:
    return sum(not cell.blank for cell in row.cells)


def _first(row: Row) -> str:
    return next((cell.text.strip() for cell in row.cells if not cell.blank), "")
