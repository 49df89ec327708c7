"""A guessed description → CSVW metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loaders.formats.cubes.keys import key_of
from loaders.tables.csvw.terms import AREA, CONTEXT, FIGURE, LOCALES, PERIOD
from loaders.tables.guessing.model import GuessedColumn
from loaders.tables.guessing.table import GuessedTable
from loaders.tables.values import missing

_SIGNS = {locale: signs for signs, locale in LOCALES.items()}


def metadata(found: GuessedTable, file: str, language: str, numbers: str) -> dict[str, Any]:
    """The metadata of a table; `numbers` is the locale, empty where it is a question.

    What is a question in a description stays without its format here.
    """
    dialect = found.form.dialect
    return {
        "@context": [CONTEXT, {"@language": language}],
        "url": file,
        "dc:title": found.title or file,
        "dialect": {
            "encoding": dialect.encoding,
            "delimiter": dialect.delimiter,
            "quoteChar": dialect.quote or None,
            "skipRows": dialect.preamble,
            "headerRowCount": dialect.header,
        },
        "tableSchema": {"columns": list(_columns(found, numbers)), **_primary(found.columns)},
    }


def _columns(found: GuessedTable, numbers: str) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    runs = {one.name: one for one in found.columns}
    current: GuessedColumn | None = None
    for number, head in enumerate(found.heads, 1):
        current = runs.get(head, current)
        name = key_of(head).replace("-", "_") or "column"
        name = f"{name}_{number}" if name in taken else name
        taken.add(name)
        if current is not None:
            yield {"name": name, "titles": head, **_described(current.keys, found, numbers)}


def _described(keys: Mapping[str, object], found: GuessedTable, numbers: str) -> dict[str, Any]:
    role, kind = keys["role"], keys.get("kind")
    if role == "measure":
        marks = sorted({text.strip() for text in found.figures if missing(text)})
        figure = {"propertyUrl": FIGURE, "datatype": _number(found.figures, numbers)}
        return {**figure, "null": marks} if marks else figure
    if role == "dimension":
        own = {"area": AREA, "period": PERIOD}.get(str(kind), f"#{keys.get('key', '')}")
        return {"propertyUrl": own, "datatype": "string"}
    if role in {"ignore", "context", "?"}:
        return {"suppressOutput": True}
    return {"datatype": "string"}


def _number(figures: Sequence[str], numbers: str) -> object:
    if not numbers:
        return "decimal"
    group, point = _SIGNS[numbers]
    if group == " ":  # as it is in the file: most often the blank at which lines do not break
        group = next((sign for text in figures for sign in text.strip() if sign.isspace()), group)
    signs = {"decimalChar": point, **({"groupChar": group} if group else {})}
    return {"base": "decimal", "format": signs}


def _primary(columns: Sequence[GuessedColumn]) -> dict[str, Any]:
    keys = [key_of(one.name).replace("-", "_") for one in columns if one.keys["role"] == "key"]
    return {"primaryKey": keys} if keys else {}
