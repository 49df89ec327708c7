"""What the columns of a table without figures are likely to be: a key, and properties of things."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.tables.description.columns import SECTION
from loaders.tables.guessing.columns import REGISTER_NUMBER
from loaders.tables.guessing.model import GuessedColumn, TableColumn

_QUESTION = "Which property is “%s”? Its IRI, like http://www.w3.org/2000/01/rdf-schema#label."


def as_properties(
    columns: Sequence[GuessedColumn], seen: Sequence[TableColumn]
) -> list[GuessedColumn]:
    """The columns as a key and properties; those that are ignored stay so."""
    texts = {column.name: column for column in seen}
    key = next((one.name for one in columns if _is_key(texts.get(one.name), one)), "")
    return [one if one.keys["role"] == "ignore" else _property(one, key) for one in columns]


_IDENTIFIER = re.compile(r"(?i)код|дугаар|№|code|\bid\b|id$|регистр|register")
_LONG_NUMBER = re.compile(r"\d{5,}")
_FEWEST = 10  # rows; in a small table every row has another label


def is_register(columns: Sequence[GuessedColumn], seen: Sequence[TableColumn]) -> bool:
    """Whether each row is a thing, though there are numbers: it has an identifier and a name of its
    own, and no periods or places stand in heads."""
    if any("heads" in one.keys for one in columns):
        return False
    texts = {column.name: column for column in seen}
    own = [one for one in columns if _is_key(texts.get(one.name), one)]
    names = [one for one in own if one.keys.get("kind", "concept") == "concept"]
    names = [one for one in names if one.keys["role"] == "dimension"]
    identifiers = [one for one in own if _identifies(texts[one.name])]
    if any(REGISTER_NUMBER.search(one.name) for one in identifiers):
        return True
    return bool(names and identifiers) and len(texts[own[0].name].texts) >= _FEWEST


def _identifies(column: TableColumn) -> bool:
    if not _IDENTIFIER.search(column.name):
        return all(_LONG_NUMBER.fullmatch(text) for text in column.filled) and (
            len(set(map(len, column.filled))) == 1
        )
    return True


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
        asked = {"property": _QUESTION % column.name, **column.questions}
        return GuessedColumn(column.name, keys, column.why, asked)
    if column.keys["role"] == "attribute":
        keys["datatype"] = "code"
    if column.keys["role"] == "measure":
        keys["datatype"] = "decimal"
    return GuessedColumn(column.name, keys, column.why, {"property": _QUESTION % column.name})
