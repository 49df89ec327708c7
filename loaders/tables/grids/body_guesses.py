"""What the rows below the head of a table are: groups, footnotes, cells to fill; guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from graph.core.privacy import mask_personal_data
from loaders.tables.cells.model import Row
from loaders.tables.grids import nested_groups
from loaders.tables.rows.kinds import is_number, is_signed, is_total_without_figure, texts_of
from loaders.tables.rows.sections import ANY_TEXT
from loaders.tables.values import fold, is_total, unit

KNOWN_NOTES = r"(?i)тайлбар|эх сурвалж|жич|санамж|note|source|\*|\d\)"
_NOTE = re.compile(KNOWN_NOTES)
# what names a group, from what is rarer in a table to what is more frequent
_GROUPS = {
    r"(19|20)\d\d( он)?": re.compile(r"(19|20)\d\d( он)?"),
    r"\d{1,3}": re.compile(r"\d{1,3}"),
    ANY_TEXT: re.compile(ANY_TEXT, re.DOTALL),
}


def details(
    body: Sequence[Row], names: Sequence[str], notes: list[Row], is_text: bool
) -> Iterator[tuple[str, Any, str]]:
    """Key, value and reason of what only some tables have; `notes` are the rows behind the body."""
    if notes := [row for row in notes if not is_signed(row)]:  # those are never read
        text = _first(notes[0])
        pattern = KNOWN_NOTES if _NOTE.match(fold(text)) else _beginning(text)
        yield "footnotes", pattern, f"text in one cell only ends the table: “{text[:60]}”"
    if sections := _sections(body):
        examples = " within ".join(f"“{one}”" for one in [*sections.values()][::-1][:3])
        why = f"rows with text in one of the first cells only: {examples}"
        if len(sections) > 1:
            why += "; a pattern a level, the outermost first, to match all names of it"
        yield "sections", tuple(sections), why
    if filled := _fill_down(body, names):
        yield "fill_down", filled, "blank below a text, while cells to the right are filled"
    short = [row for row in body if _is_short(row, len(names))]
    if short and is_text:
        yield "ragged", True, f"row {short[0].number} has {len(short[0].cells)} cells"


def _is_short(row: Row, width: int) -> bool:
    """Whether a row lacks its last cells; of one in which the file ends they were cut."""
    return len(texts_of(row)) > 1 and len(row.cells) < width and not row.remark


def _beginning(text: str) -> str:
    """The pattern of texts that begin so, up to where personal data begins."""
    return re.escape(mask_personal_data(text[:30]).partition("…")[0])


def _first(row: Row) -> str:
    return next(iter(texts_of(row)), "")


def notes_of(body: Sequence[Row]) -> list[Row]:
    """The rows at the end that are none of the table: words in one cell, often many."""
    found: list[Row] = []
    for row in reversed(body):
        texts = texts_of(row)
        if not is_signed(row) and (len(texts) != 1 or not _is_note(texts[0])):
            break
        found.append(row)
    return found[::-1] if len(found) < len(body) else []


def _is_note(text: str) -> bool:
    return bool(_NOTE.match(fold(text))) or len(text.split()) > 3


def _sections(rows: Sequence[Row]) -> dict[str, str]:
    """The patterns of rows that name groups, the outermost first, each with an example."""
    rows = _without_last_totals(rows)
    alone = [*_alone(rows)]
    found: dict[str, list[str]] = {}
    for row in alone:
        text = _first(row)
        key = next((key for key, pattern in _GROUPS.items() if pattern.fullmatch(text)), None)
        if key:
            found.setdefault(key, []).append(text)
    if not _divides(alone, rows):
        return {}
    outer_first = sorted(found, key=lambda key: len(found[key]))
    patterns = {key: found[key][0] for key in outer_first}
    if example := patterns.pop(ANY_TEXT, ""):
        outer = nested_groups.outer_patterns(levels := _levels(rows, alone))
        patterns |= zip(outer, (levels[at][0] for at in sorted(levels, reverse=True)), strict=False)
        patterns[ANY_TEXT] = next(iter(levels.get(0, ())), example)
    return patterns


def _levels(rows: Sequence[Row], alone: Sequence[Row]) -> dict[int, list[str]]:
    """The names of groups, by the number of rows that name groups directly below; only those of
    the first level where the table does not begin with an outer group: figures may be missing."""
    numbers = {row.number for row in alone if re.search(r"\D", _first(row))}
    found: dict[int, list[str]] = {}
    below = 0
    for row, after in reversed([*pairwise([*rows, None])]):
        if row is None or row.number not in numbers:
            continue
        below = below + 1 if after is not None and after.number in numbers else 0
        found.setdefault(below, []).insert(0, _first(row))
    return found if rows[0].number in numbers and below else {0: found.get(0, [])}


def _without_last_totals(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without totals at the end of the table whose figures are missing."""
    end = len(rows)
    while end and len(texts_of(rows[end - 1])) == 1 and is_total(_first(rows[end - 1])):
        end -= 1
    return rows[:end]


def _alone(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows that may name a group: text in one cell only, among the first, and no total before
    another such row, which only lacks its figures."""
    last = _label_column(rows)
    for row, after in pairwise([*rows, None]):
        if row is None or len(texts_of(row)) != 1 or _first_column(row) > last:
            continue
        is_sum = is_total(_first(row)) and (after is None or len(texts_of(after)) < 2)
        if not (is_sum or is_total_without_figure(row)):
            yield row


def _divides(alone: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Whether such rows divide a table into groups: one does where the table begins with it; a
    group that ends a table is a note."""
    if not rows or len(texts_of(rows[-1])) < 2:
        return False
    if len(alone) * 2 > len(rows) and not nested_groups.are_told_apart(_levels(rows, alone)):
        return False
    return len(alone) > 1 or (len(alone) == 1 and alone[0] is rows[0] and _is_name(_first(rows[0])))


def _is_name(text: str) -> bool:
    """Whether a text could name the only group: no unit, nothing in brackets."""
    return text[:1].isalnum() and unit(text) is None


def _label_column(rows: Sequence[Row]) -> int:
    """The column up to which names of groups stand: the first, or the one behind a column that
    numbers the rows."""
    wide = [row.cells for row in rows if len(texts_of(row)) > 1]
    numbers = sum(is_number(cells[0].text) for cells in wide)
    return 2 if wide and numbers * 2 > len(wide) else 1


def _first_column(row: Row) -> int:
    return next(at for at, cell in enumerate(row.cells, 1) if not cell.blank)


def _fill_down(body: Sequence[Row], names: Sequence[str]) -> tuple[str, ...]:
    """The first columns that are blank in some rows below a text, never in the first."""
    found: list[str] = []
    rows = [row for row in body if len(texts_of(row)) * 2 > len(names)]
    for at, name in enumerate(names[:-1]):
        cells = [row.cells[at] for row in rows if at < len(row.cells)]
        blank = sum(cell.blank for cell in cells)
        numbers = sum(is_number(cell.text) for cell in cells)
        if not cells or cells[0].blank or not len(cells) > blank * 1.05 > len(cells) * 0.2:
            break
        if numbers * 2 < len(cells) - blank and name:
            found.append(name)
    return tuple(found)
