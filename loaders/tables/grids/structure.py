"""Where in the rows of a sheet its table is: preamble, head, sections, footnotes; guessed from the
first rows, with reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from loaders.tables.cells.model import Dialect, MergedRange, Reason, Row
from loaders.tables.grids import heads, merging
from loaders.tables.grids.row_kinds import has_years_as_figures, is_signed, is_total_without_figure
from loaders.tables.values import fold, missing, periods

ROWS = 400  # that are looked at
MOST_CELLS = 200_000
_MOST_HEAD_ROWS = 5
_NUMBER = re.compile(r"[(+\-−]?\d[\d.,'\s\u00a0\u202f]*(?:[eE][+-]?\d+)?%?\)?")
_FIGURE = re.compile(r"[+\-−]?\d[\d,\s\u00a0]*[.,\s\u00a0]\d{1,3}|\d{5,}")  # no number of a column
_YEAR = re.compile(r"(?:19|20)\d\d")
KNOWN_NOTES = r"(?i)тайлбар|эх сурвалж|жич|санамж|note|source|\*|\d\)"
_NOTE = re.compile(KNOWN_NOTES)
# what names a group, from what is rarer in a table to what is more frequent
_GROUPS = {
    r"(19|20)\d\d( он)?": re.compile(r"(19|20)\d\d( он)?"),
    r"\d{1,3}": re.compile(r"\d{1,3}"),
    r".*\D.*": re.compile(r".*\D.*", re.DOTALL),
}


class _Head(NamedTuple):
    """The number of rows before the head and in it, and why."""

    preamble: int
    rows: int
    why: str
    sure: bool


_KEYS = _Head(0, 1, "the keys of the objects", sure=True)


def detect(
    rows: Sequence[Row],
    merged: Sequence[MergedRange],
    dialect: Dialect,
    whole: bool,
    keyed: bool = False,
) -> tuple[Dialect, dict[str, Reason]]:
    """The dialect with what the rows tell; `whole` where they are all rows of the sheet, `keyed`
    where the first is made of the keys of JSON."""
    head = _KEYS if keyed else _head(rows, merged)
    below = iter(rows[head.preamble + head.rows :])
    body = [row for row in merging.filled(below, merged) if not row.blank]
    names = [heads.name(one) for one in heads.parts(_head_rows(rows, head), merged)]
    notes = _notes(body) if whole else []
    body = body[: len(body) - len(notes)]
    found = {
        "preamble": Reason(str(head.preamble), _why_preamble(head), head.sure),
        "header": Reason(str(head.rows), head.why, head.sure),
    }
    dialect = replace(dialect, preamble=head.preamble, header=head.rows)
    for key, value, why in _details(body, names, notes, dialect.form == "delimited"):
        dialect = replace(dialect, **{key: value})
        found[key] = Reason(str(value), why, False)
    return dialect, found


def sample(rows: Iterator[Row], most: int) -> tuple[list[Row], bool]:
    """The first rows, at most `most` and some more than MOST_CELLS cells, and whether these are
    all: a small workbook can have a cell in column XFD of every row."""
    found: list[Row] = []
    cells = 0
    for row in rows:
        if len(found) == most or cells > MOST_CELLS:
            return found, False
        found.append(row)
        cells += len(row.cells)
    return found, True


def dense(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, with blank ones for the numbers that a workbook leaves out; of many of these, as
    many as are looked at."""
    number = 1
    for row in rows:
        for between in range(number, min(row.number, number + ROWS + 1)):
            yield Row(between, [], row.address)
        number = row.number + 1
        yield row


def _why_preamble(head: _Head) -> str:
    return f"{head.preamble} rows before the first that is as wide as the table"


def _head_rows(rows: Sequence[Row], head: _Head) -> Sequence[Row]:
    return rows[head.preamble : head.preamble + head.rows]


def _details(
    body: Sequence[Row], names: Sequence[str], notes: list[Row], is_text: bool
) -> Iterator[tuple[str, Any, str]]:
    """Key, value and reason of what only some tables have."""
    if notes := [row for row in notes if not is_signed(row)]:  # those are never read
        text = _first(notes[0])
        pattern = KNOWN_NOTES if _NOTE.match(fold(text)) else re.escape(text[:30])
        yield "footnotes", pattern, f"text in one cell only ends the table: “{text[:60]}”"
    if sections := _sections(body):
        examples = ", ".join(f"“{one}”" for one in list(sections.values())[:3])
        yield (
            "sections",
            tuple(sections),
            f"rows with text in one of the first cells only: {examples}",
        )
    if filled := _fill_down(body, names):
        yield "fill_down", filled, "blank below a text, while cells to the right are filled"
    short = [row for row in body if len(_texts(row)) > 1 and len(row.cells) < len(names)]
    if short and is_text:
        yield "ragged", True, f"row {short[0].number} has {len(short[0].cells)} cells"


# ---- head


def _head(rows: Sequence[Row], merged: Sequence[MergedRange]) -> _Head:
    width = _usual_width(rows)
    first = next((at for at, row in enumerate(rows) if len(_texts(row)) * 2 > width), 0)
    first = _merged_start(rows, merged, first)
    while first and _stands_above(rows[first - 1], rows[first]):
        first -= 1
    if any(_FIGURE.fullmatch(text) for text in _texts(rows[first])):
        return _Head(first, 0, "the first row has figures already", sure=False)
    last = first
    numbers = any(_has_numbers(row) for row in rows[first + 1 :])
    while last + 1 < min(len(rows), first + _MOST_HEAD_ROWS) and _continues(
        rows, merged, first, last + 1, numbers
    ):
        last += 1
    while last > first and rows[last].blank and not _covered(rows[last], merged, rows[first]):
        last -= 1
    why = "the first row of figures comes below" if numbers else "no figures: one row"
    return _Head(first, last - first + 1, why, sure=last == first and numbers)


def _usual_width(rows: Sequence[Row]) -> int:
    """How many cells of a row are usually filled; rows with one cell say nothing."""
    widths = Counter(len(_texts(row)) for row in rows if len(_texts(row)) > 1)
    return max(widths, key=lambda width: (widths[width] * width, width), default=1)


def _merged_start(rows: Sequence[Row], merged: Sequence[MergedRange], first: int) -> int:
    """The row in which the merged ranges begin that reach into the first wide row."""
    number = rows[first].number if rows else 1
    tops = [one.top for one in merged if one.top < number <= one.bottom]
    return max(0, first - (number - min(tops))) if tops else first


def _stands_above(upper: Row, lower: Row) -> bool:
    """Whether a row that is not wide is the upper row of a head: it has the head of the first
    column, which is blank below, or several periods. A title has one text."""
    texts = _texts(upper)
    if len(texts) < 2 or not lower.cells:
        return False
    begins = not upper.cells[0].blank and lower.cells[0].blank
    return begins or sum(bool(periods.readings(text)) for text in texts) > 1


def _continues(
    rows: Sequence[Row], merged: Sequence[MergedRange], first: int, at: int, numbers: bool
) -> bool:
    """Whether a row goes on with the head that begins at `first`."""
    row = rows[at]
    if _covered(row, merged, rows[first]):
        return True
    texts = _texts(row)
    if not numbers or len(texts) < 2 or _has_numbers(row) or any(map(missing, texts)):
        return False
    return not (has_years_as_figures(row, rows[at - 1]) or _is_data_like(rows, at))


def _is_data_like(rows: Sequence[Row], at: int) -> bool:
    """Whether a row has text where most rows further down have text too, and nothing else: then a
    figure is only missing. A head has text above figures."""
    own = {cell.column for cell in rows[at].cells if not cell.blank}
    figures = Counter(
        cell.column
        for row in rows[at + 1 : at + 31]
        for cell in row.cells
        if not cell.blank and _is_number(cell.text)
    )
    return not own & set(figures)


def _covered(row: Row, merged: Sequence[MergedRange], head: Row) -> bool:
    """Whether a merged range of the head reaches down to a row."""
    return any(head.number <= one.top < row.number <= one.bottom for one in merged) and any(
        head.number <= one.top <= head.number + _MOST_HEAD_ROWS for one in merged
    )


def _has_numbers(row: Row) -> bool:
    """Whether there are figures: numbers that are not the years of a head."""
    numbers = [text for text in _texts(row) if _is_number(text)]
    return bool(numbers) and not _are_periods(numbers)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text.strip()))


def _are_periods(texts: Sequence[str]) -> bool:
    """Whether numbers are years in order, or days and months: heads of a wide table."""
    if all(_YEAR.fullmatch(text) for text in texts):
        years = [int(text) for text in texts]
        once = sorted(set(years))  # below several upper heads they come several times
        times = len(years) // len(once)
        return len(once) > 1 and years in (once * times, once[::-1] * times)
    return all(any(one.kind != "year" for one in periods.readings(text)) for text in texts)


# ---- body


def _texts(row: Row) -> list[str]:
    return [cell.text.strip() for cell in row.cells if not cell.blank]


def _first(row: Row) -> str:
    return next(iter(_texts(row)), "")


def _notes(body: Sequence[Row]) -> list[Row]:
    """The rows at the end that are none of the table: words in one cell, often many."""
    found: list[Row] = []
    for row in reversed(body):
        texts = _texts(row)
        if not is_signed(row) and (len(texts) != 1 or not _is_note(texts[0])):
            break
        found.append(row)
    return found[::-1] if len(found) < len(body) else []


def _is_note(text: str) -> bool:
    return bool(_NOTE.match(fold(text))) or len(text.split()) > 3


def _sections(rows: Sequence[Row]) -> dict[str, str]:
    """The patterns of rows that name groups, the outermost first, each with an example."""
    last = _label_column(rows)
    alone = [
        row
        for row in rows
        if len(_texts(row)) == 1 and _first_column(row) <= last and not is_total_without_figure(row)
    ]
    found: dict[str, list[str]] = {}
    for row in alone:
        text = _first(row)
        key = next((key for key, pattern in _GROUPS.items() if pattern.fullmatch(text)), None)
        if key:
            found.setdefault(key, []).append(text)
    if len(alone) < 2 or len(alone) * 2 > len(rows) or not _followed(rows):
        return {}
    outer_first = sorted(found, key=lambda key: len(found[key]))
    return {key: found[key][0] for key in outer_first}


def _label_column(rows: Sequence[Row]) -> int:
    """The column up to which names of groups stand: the first, or the one behind a column that
    numbers the rows."""
    wide = [row.cells for row in rows if len(_texts(row)) > 1]
    numbers = sum(_is_number(cells[0].text) for cells in wide)
    return 2 if wide and numbers * 2 > len(wide) else 1


def _first_column(row: Row) -> int:
    return next(at for at, cell in enumerate(row.cells, 1) if not cell.blank)


def _followed(rows: Sequence[Row]) -> bool:
    """Whether the last of the rows is one of the table: a group that ends a table is a note."""
    return len(_texts(rows[-1])) > 1


def _fill_down(body: Sequence[Row], names: Sequence[str]) -> tuple[str, ...]:
    """The first columns that are blank in some rows below a text, never in the first."""
    found: list[str] = []
    rows = [row for row in body if len(_texts(row)) * 2 > len(names)]
    for at, name in enumerate(names[:-1]):
        cells = [row.cells[at] for row in rows if at < len(row.cells)]
        blank = sum(cell.blank for cell in cells)
        numbers = sum(_is_number(cell.text) for cell in cells)
        if not cells or cells[0].blank or not len(cells) > blank * 1.05 > len(cells) * 0.2:
            break
        if numbers * 2 < len(cells) - blank and name:
            found.append(name)
    return tuple(found)
