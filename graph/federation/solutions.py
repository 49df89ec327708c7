"""Solutions of other endpoints: SPARQL 1.1 Query Results JSON, parsed strictly, as VALUES."""

from __future__ import annotations

import json
import re
from typing import Any

import pyoxigraph as ox

from graph.federation.calling import ServiceError, ServiceRefused

_NAME = re.compile(r"[^\W]\w*")


def values_block(body: bytes, max_solutions: int) -> str:
    """The solutions as `VALUES (…) { … }`.

    Raises ServiceError for a body that is not valid, ServiceRefused for too many solutions and
    for terms that cannot be written in a query.
    """
    names, rows = _parse(body)
    if len(rows) > max_solutions:
        raise ServiceRefused(
            f"its result has {len(rows):,} solutions; {max_solutions:,} are allowed"
        )
    head = " ".join(f"?{name}" for name in names)
    lines = "\n".join(f"({_row(names, row)})" for row in rows)
    return f"VALUES ({head}) {{\n{lines}\n}}"


def _parse(body: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        document = json.loads(body)
        names, rows = document["head"]["vars"], document["results"]["bindings"]
        valid_names = all(isinstance(n, str) and _NAME.fullmatch(n) for n in names)
        if not valid_names or len(set(names)) < len(names) or not isinstance(rows, list):
            raise ValueError("the variables or the solutions are not valid")
        # An unknown variable would be dropped from VALUES and widen the result silently.
        if any(row.keys() - set(names) for row in rows):
            raise ValueError("a solution binds a variable that is not in the head")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ServiceError(f"its result cannot be parsed: {error}") from error
    return names, rows


def _row(names: list[str], row: dict[str, Any]) -> str:
    return " ".join(_term(row[name]) if name in row else "UNDEF" for name in names)


def _term(binding: dict[str, Any]) -> str:
    try:
        kind, value = binding["type"], binding["value"]
        if kind in {"bnode", "triple"}:
            terms = "blank nodes" if kind == "bnode" else "triple terms"
            raise ServiceRefused(f"its result has {terms}, which cannot be written in a query")
        if not isinstance(value, str):
            raise TypeError("a value is not a string")
        value.encode()  # raises ValueError for lone surrogates
        # the engine's terms escape their text, so a value cannot end the VALUES block
        return str(ox.NamedNode(value) if kind == "uri" else _literal(kind, value, binding))
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceError(f"its result cannot be parsed: {error}") from error


def _literal(kind: str, value: str, binding: dict[str, Any]) -> ox.Literal:
    if kind not in {"literal", "typed-literal"}:
        raise ValueError(f"“{kind}” is not a type of term")
    if language := binding.get("xml:lang"):
        return ox.Literal(value, language=language)
    datatype = binding.get("datatype")
    return ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None)
