"""The columns of a dataset's files, as its catalogue tells them (csvw:tableSchema of a file).

Files of other portals are not read: what their catalogue does not say of columns is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graph.queries import Pool
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow

_TYPES = {
    **dict.fromkeys(("integer", "int", "long", "short", "nonNegativeInteger", "gYear"), "Integer"),
    **dict.fromkeys(("decimal", "number", "double", "float"), "Float"),
    **dict.fromkeys(("date",), "Date"),
    **dict.fromkeys(("dateTime", "datetime", "timestamp"), "DateTime"),
    "boolean": "Boolean",
    "anyURI": "URL",
    **dict.fromkeys(("string", "text", "token"), "Text"),
}
"""Datatypes of CSVW (§5.11.1), and what catalogues write in their place → classes of schema.org."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file: its name, what it is in words, its class of schema.org; empty where the
    catalogue does not say that."""

    name: str
    about: str = ""
    kind: str = ""


def of_files(pool: Pool, dataset: str) -> dict[str, list[FileColumn]]:
    """The columns by the IRI of their file, each name once; by name, since statements have no
    order."""
    found: dict[str, dict[str, FileColumn]] = {}
    for row in sorted(_rows(pool, dataset), key=_place):
        column = _column(row)
        found.setdefault(_text(row, "file"), {}).setdefault(column.name, column)
    return {file: [*columns.values()] for file, columns in found.items()}


def _rows(pool: Pool, dataset: str) -> list[QueryRow]:
    return internal_queries.select(pool, "resources/file_columns", [dataset])


def _place(row: QueryRow) -> tuple[str, str, str]:
    """By file and name; «n10» comes after «n9»."""
    name = _text(row, "name") or _text(row, "title")
    padded = re.sub(r"\d+", lambda match: match[0].rjust(9, "0"), name)
    return _text(row, "file"), padded, _text(row, "column")


def _column(row: QueryRow) -> FileColumn:
    name = _text(row, "name") or _text(row, "title")
    about = _text(row, "about") or _text(row, "title")
    kind = re.split("[#/:]", _text(row, "type"))[-1]
    return FileColumn(name, "" if about == name else about, _TYPES.get(kind, ""))


def _text(row: Mapping[str, object], name: str) -> str:
    return str(getattr(row.get(name), "value", "")).strip()
