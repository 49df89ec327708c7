"""Of which year periods are that are written without one: “I.06”, “3-р сар”, “II улирал”."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from loaders.tables.description.columns import TITLE
from loaders.tables.guessing.model import GuessedColumn, TableColumn
from loaders.tables.guessing.period_columns import is_period
from loaders.tables.mapping.years import year_in

_QUESTION = (
    "Of which year are the periods? The year itself like 2024, the name of a column that has it, or"
    " “@title” where it stands above the table."
)


def say_years(found: Sequence[GuessedColumn], seen: Sequence[TableColumn], title_year: int) -> None:
    """Write the year, or where it stands, into columns and heads of such periods; a question where
    neither the title nor a column has it."""
    column = _column_of_years(found, seen)
    for one in found:
        for keys, place in _asked(one):
            if title_year:
                keys["year"] = TITLE
                one.reasons[place] = f"above the table stands {title_year}"
            elif column is not None and column is not one:
                keys["year"] = column.name
                column.keys = {"role": "context"}
                column.why += "; it is the year of the periods"
            else:
                one.questions[place] = _QUESTION


def of_title(found: Sequence[GuessedColumn], texts: Sequence[str]) -> GuessedColumn | None:
    """The period of the whole table, which only stands above it; None where another column or head
    has periods, or none stands there."""
    heads: list[Any] = [head for one in found for head in _heads(one)]
    if any(one.get("kind") == "period" for one in (*heads, *(column.keys for column in found))):
        return None
    for piece in (piece.strip() for text in texts for piece in re.split(r"[,;()]", text)):
        if piece and is_period(piece):
            pattern = re.sub(r"\d", r"\\d", re.escape(piece).replace(r"\ ", " "))
            keys: dict[str, object] = {"role": "dimension", "kind": "period"}
            keys["pattern"] = f"({pattern})"
            return GuessedColumn(TITLE, keys, f"above the table stands “{piece}”")
    return None


def _heads(column: GuessedColumn) -> Sequence[MutableMapping[str, object]]:
    heads: Any = column.keys.get("heads", [])
    return list(heads)


def _asked(column: GuessedColumn) -> Iterator[tuple[MutableMapping[str, object], str]]:
    if column.keys.get("year") == "?":
        yield column.keys, "year"
    for one in _heads(column):
        if one.get("year") == "?":
            yield one, "heads"


def _column_of_years(
    found: Sequence[GuessedColumn], seen: Sequence[TableColumn]
) -> GuessedColumn | None:
    """The column of periods each of which names one year."""
    texts = {column.name: column.labels for column in seen}
    for one in found:
        labels = texts.get(one.name, [])
        is_period = one.keys.get("kind") == "period" and "year" not in one.keys
        if is_period and labels and all(map(year_in, labels)):
            return one
    return None
