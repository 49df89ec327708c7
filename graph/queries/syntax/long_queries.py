"""Checks of queries with much data in them, which take up to a second to read."""

from __future__ import annotations

from graph.core import limited_process
from graph.core.errors import QueryTooLarge
from graph.core.limited_process import ProcessLimits
from graph.queries.syntax.checks import QueryInfo, inspect

_LIMITS = ProcessLimits(memory=512 << 20, seconds=10.0)


def inspect_apart(text: str, limit: int, *, services: bool, with_values: int) -> QueryInfo:
    """As `inspect`; a text over `limit` is read in a process of its own, beside other requests."""
    if not limit < len(text) <= with_values:
        return inspect(text, limit, services=services, with_values=with_values)
    return limited_process.run(
        lambda _: inspect(text, limit, services=services, with_values=with_values),
        _LIMITS,
        refusal=lambda _: QueryTooLarge("the query takes too much to be read"),
    )
