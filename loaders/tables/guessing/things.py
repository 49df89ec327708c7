"""What the columns of a table without figures are likely to be: a key, and properties of things."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.tables.description.columns import SECTION
from loaders.tables.guessing.columns import GuessedColumn, TableColumn

_QUESTION = "Which property is it? Its IRI, like http://www.w3.org/2000/01/rdf-schema#label."


def as_properties(
    columns: Sequence[GuessedColumn], seen: Sequence[TableColumn]
) -> list[GuessedColumn]:
    """The columns as a key and properties; those that are ignored stay so."""
    texts = {column.name: column for column in seen}
    key = next((one.name for one in columns if _is_key(texts.get(one.name), one)), "")
    return [one if one.keys["role"] == "ignore" else _property(one, key) for one in columns]


def _is_key(column: TableColumn | None, guessed: GuessedColumn) -> bool:
    """Whether something else stands in each row."""
    if column is None or guessed.keys["role"] == "ignore":
        return False
    return len(column.labels) == len(column.texts)


def _property(column: GuessedColumn, key: str) -> GuessedColumn:
    if column.name == key:
        return GuessedColumn(column.name, {"role": "key"}, "each row has another one")
    if column.name.startswith(SECTION):
        return GuessedColumn(column.name, {"role": "ignore"}, column.why)
    keys: dict[str, object] = {"role": "property", "property": "?"}
    if "dates" in column.keys:
        keys |= {"datatype": "date", "dates": "?"}
        asked = {"property": _QUESTION, **column.questions}
        return GuessedColumn(column.name, keys, column.why, asked)
    if column.keys["role"] == "attribute":
        keys["datatype"] = "code"
    return GuessedColumn(column.name, keys, column.why, {"property": _QUESTION})
