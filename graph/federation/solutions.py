"""Solutions from elsewhere: read strictly (SPARQL 1.1 Query Results JSON), written as VALUES."""

from __future__ import annotations

import json
import re
from typing import Any

import pyoxigraph as ox

from graph.federation.calling import ServiceError, ServiceRefused

_NAME = re.compile(r"[^\W]\w*")


def values(body: bytes, most: int) -> str:
    """An answer as `VALUES (…) { … }`, at most so many solutions.

    Raises Failed for what is not such an answer, Refused where it has more, or has terms that
    cannot be written in a query.
    """
    names, rows = _read(body)
    if len(rows) > most:
        raise ServiceRefused(f"its answer has {len(rows):,} solutions; {most:,} are taken")
    head = " ".join(f"?{name}" for name in names)
    lines = "\n".join(f"({_row(names, row)})" for row in rows)
    return f"VALUES ({head}) {{\n{lines}\n}}"


def _read(body: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        told = json.loads(body)
        names, rows = told["head"]["vars"], told["results"]["bindings"]
        named = all(isinstance(n, str) and _NAME.fullmatch(n) for n in names)
        if not named or len(set(names)) < len(names) or not isinstance(rows, list):
            raise ValueError("variables or solutions are not as they should be")
        if any(row.keys() - set(names) for row in rows):
            raise ValueError("a solution binds a variable that the head does not have")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ServiceError(f"its answer cannot be read: {error}") from error
    return names, rows


def _row(names: list[str], row: dict[str, Any]) -> str:
    return " ".join(_term(row[name]) if name in row else "UNDEF" for name in names)


def _term(told: dict[str, Any]) -> str:
    try:
        kind, value = told["type"], told["value"]
        if kind in {"bnode", "triple"}:
            what = "blank nodes" if kind == "bnode" else "triple terms"
            raise ServiceRefused(f"its answer has {what}, which cannot be written in a query")
        if not isinstance(value, str):
            raise TypeError("a value is no text")
        value.encode()  # lone surrogates are none either
        return str(ox.NamedNode(value) if kind == "uri" else _literal(kind, value, told))
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceError(f"its answer cannot be read: {error}") from error


def _literal(kind: str, value: str, told: dict[str, Any]) -> ox.Literal:
    if kind not in {"literal", "typed-literal"}:
        raise ValueError(f"there is no kind of term “{kind}”")
    if language := told.get("xml:lang"):
        return ox.Literal(value, language=language)
    datatype = told.get("datatype")
    return ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None)
