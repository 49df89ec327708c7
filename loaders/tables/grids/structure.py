"""Where in the rows of a sheet its table is: preamble, head, sections, footnotes; guessed from the
first rows, with reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from loaders.tables.cells.model import Dialect, MergedRange, Reason, Row
from loaders.tables.grids import heads, merging
from loaders.tables.grids.body_guesses import details, notes_of
from loaders.tables.rows.kinds import has_years_as_figures, is_number, texts_of
from loaders.tables.values import missing, periods

ROWS = 400  # that are looked at
MOST_CELLS = 200_000
_MOST_HEAD_ROWS = 5
_FIGURE = re.compile(r"[+\-−]?\d[\d,\s\u00a0]*[.,\s\u00a0]\d{1,3}|\d{5,}")  # no number of a column
_YEAR = re.compile(r"(?:19|20)\d\d")


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
    notes = notes_of(body) if whole else []
    body = body[: len(body) - len(notes)]
    found = {
        "preamble": Reason(str(head.preamble), _why_preamble(head), head.sure),
        "header": Reason(str(head.rows), head.why, head.sure),
    }
    dialect = replace(dialect, preamble=head.preamble, header=head.rows)
    for key, value, why in details(body, names, notes, dialect.form == "delimited"):
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


def _head(rows: Sequence[Row], merged: Sequence[MergedRange]) -> _Head:
    width = _usual_width(rows)
    first = next((at for at, row in enumerate(rows) if len(texts_of(row)) * 2 > width), 0)
    first = _merged_start(rows, merged, first)
    while first and _stands_above(rows[first - 1], rows[first]):
        first -= 1
    if any(_FIGURE.fullmatch(text) for text in texts_of(rows[first])):
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
    widths = Counter(len(texts_of(row)) for row in rows if len(texts_of(row)) > 1)
    return max(widths, key=lambda width: (widths[width] * width, width), default=1)


def _merged_start(rows: Sequence[Row], merged: Sequence[MergedRange], first: int) -> int:
    """The row in which the merged ranges begin that reach into the first wide row."""
    number = rows[first].number if rows else 1
    tops = [one.top for one in merged if one.top < number <= one.bottom]
    return max(0, first - (number - min(tops))) if tops else first


def _stands_above(upper: Row, lower: Row) -> bool:
    """Whether a row that is not wide is the upper row of a head: it has the head of the first
    column, which is blank below, or several periods. A title has one text."""
    texts = texts_of(upper)
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
    texts = texts_of(row)
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
        if not cell.blank and is_number(cell.text)
    )
    return not own & set(figures)


def _covered(row: Row, merged: Sequence[MergedRange], head: Row) -> bool:
    """Whether a merged range of the head reaches down to a row."""
    return any(head.number <= one.top < row.number <= one.bottom for one in merged) and any(
        head.number <= one.top <= head.number + _MOST_HEAD_ROWS for one in merged
    )


def _has_numbers(row: Row) -> bool:
    """Whether there are figures: numbers that are not the years of a head."""
    numbers = [text for text in texts_of(row) if is_number(text)]
    return bool(numbers) and not _are_periods(numbers)


def _are_periods(texts: Sequence[str]) -> bool:
    """Whether numbers are years in order, or days and months: heads of a wide table."""
    if all(_YEAR.fullmatch(text) for text in texts):
        years = [int(text) for text in texts]
        once = sorted(set(years))  # below several upper heads they come several times
        times = len(years) // len(once)
        return len(once) > 1 and years in (once * times, once[::-1] * times)
    return all(any(one.kind != "year" for one in periods.readings(text)) for text in texts)
