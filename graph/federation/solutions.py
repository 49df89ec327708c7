"""Solutions of other endpoints: SPARQL 1.1 Query Results JSON, parsed strictly, as VALUES."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox

from graph.core import limited_process
from graph.core.limited_process import ProcessLimits
from graph.federation.calling import ServiceError, ServiceRefused

_NAME = re.compile(r"[^\W]\w*")
_MEMORY = 256 << 20  # bytes; the results that need most, of 2 MiB, take a third of it
_MAX_CELLS = 1 << 18  # many variables in many solutions that bind none are a small body


def values_block_limited(
    body: bytes, max_solutions: int, deadline: float, check: Callable[[], None]
) -> str:
    """The solutions as `VALUES (…) { … }`, parsed in a process with limits of memory and time.

    `deadline` is a time of the monotonic clock; `check` ends the process by raising an error.
    Raises what `values_block` raises, and ServiceRefused where a limit is exceeded.
    """
    outcome = limited_process.run(
        lambda _: _outcome(body, max_solutions),
        ProcessLimits(_MEMORY, max(0.0, deadline - time.monotonic())),
        refusal=_refusal,
        check=check,
    )
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _outcome(body: bytes, max_solutions: int) -> str | ServiceError | ServiceRefused:
    try:
        return values_block(body, max_solutions)
    except (ServiceError, ServiceRefused) as error:
        return error.with_traceback(None)


def _refusal(kind: str) -> ServiceError | ServiceRefused:
    if kind == "crash":
        return ServiceError("its result cannot be parsed: it is nested too deeply")
    if kind == "time":
        return ServiceRefused("its result cannot be parsed in the time that is left")
    return ServiceRefused(f"parsing its result takes more than {_MEMORY >> 20} MiB of memory")


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
    if (cells := len(names) * len(rows)) > _MAX_CELLS:
        raise ServiceRefused(
            f"its result has {len(names):,} variables in {len(rows):,} solutions, {cells:,} values;"
            f" {_MAX_CELLS:,} are allowed"
        )
    head = " ".join(f"?{name}" for name in names)
    lines = "\n".join(f"({_row(names, row)})" for row in rows)
    return f"VALUES ({head}) {{\n{lines}\n}}"


def _parse(body: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        document = json.loads(body, object_pairs_hook=_object)
        names, rows = document["head"]["vars"], document["results"]["bindings"]
        valid_names = all(isinstance(n, str) and _NAME.fullmatch(n) for n in names)
        known = set(names)
        if not valid_names or len(known) < len(names) or not isinstance(rows, list):
            raise ValueError("the variables or the solutions are not valid")
        # An unknown variable would be dropped from VALUES and widen the result silently.
        if any(row.keys() - known for row in rows):
            raise ValueError("a solution binds a variable that is not in the head")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ServiceError(f"its result cannot be parsed: {error}") from error
    return names, rows


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):  # RFC 8259 §4: readers differ in which of the values they take
        raise ValueError("an object has a key twice")
    return members


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
