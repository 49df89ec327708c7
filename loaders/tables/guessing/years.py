"""Of which year periods are that are written without one: “I.06”, “3-р сар”, “II улирал”."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from loaders.tables.description.columns import TITLE
from loaders.tables.guessing.model import GuessedColumn, TableColumn
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


def _asked(column: GuessedColumn) -> Iterator[tuple[MutableMapping[str, object], str]]:
    if column.keys.get("year") == "?":
        yield column.keys, "year"
    heads: Any = column.keys.get("heads", [])
    for one in heads:
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
