"""Replaces SERVICE clauses by their solutions.

A clause is evaluated alone and joined with the rest of the query (Federated Query §2.4, §4), so
`SERVICE <x> { P }` is equivalent to `{ VALUES (…) { … } }` with the solutions that <x> gives for P.
A SILENT clause that fails is one solution without bindings (§3):
`OPTIONAL { { P } FILTER(false) }`, which adds no bindings and keeps the variables of P in scope.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from graph.core import limited_process
from graph.core.errors import (
    ConfigError,
    QueryError,
    QueryRefused,
    QueryTimeout,
    QueryTooComplex,
    QueryTooLarge,
    QueueFull,
    ServiceFailed,
)
from graph.core.limited_process import ProcessLimits
from graph.federation import calling, solutions
from graph.federation.calling import CallLimits, Service, ServiceError, ServiceRefused
from graph.federation.clauses import ServiceClause, find_clauses
from graph.federation.narrowing import blocks as values_blocks
from graph.federation.narrowing import narrowed, narrowing
from graph.queries.model.query import Query
from graph.queries.syntax.checks import QueryInfo, inspect
from graph.queries.syntax.dataset import resolve_iris

_MAX_CONCURRENT = 8  # queries of one process that may call other endpoints at the same time


_MAX_MESSAGE = 300  # characters
_MAX_TEXT = 32 << 20  # bytes of a query with the solutions in it
_INSPECTION_MEMORY = 512 << 20


LocalRows = Callable[[str], bytes]
"""Runs a query here, after the prologue; gives its solutions as SPARQL results JSON."""


class _Stop(NamedTuple):
    """When the calls of a query end, and how values for them are found; see `Federation.expand`."""

    deadline: float
    check: Callable[[], None]
    local: LocalRows | None = None


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """Limits of one call (`seconds`, `max_bytes`, `max_solutions`), and of the calls in one query.

    The deadline of the query applies as well.
    """

    seconds: float = 10.0
    max_bytes: int = 2 << 20
    max_solutions: int = 10_000
    max_calls: int = 5


class Federation:
    """The endpoints that queries may call with SERVICE."""

    def __init__(
        self, services: Iterable[Service], limits: ServiceLimits | None = None, endpoint: str = ""
    ) -> None:
        """`endpoint` is the base of relative IRIs. Raises ConfigError for an invalid address."""
        self.services = {service.url: service for service in map(_checked, services)}
        self.limits = limits or ServiceLimits()
        self._endpoint = endpoint
        self._slots = threading.BoundedSemaphore(_MAX_CONCURRENT)

    def expand(
        self,
        query: Query,
        prologue: str,
        deadline: float,
        check: Callable[[], None] = lambda: None,
        local: LocalRows | None = None,
    ) -> tuple[Query, QueryInfo]:
        """The query with its SERVICE clauses replaced by their solutions, checked again.

        With `local` the values that the rest of the query has are sent along
        (`graph.federation.narrowing`).

        `deadline` is a time of the monotonic clock; `check` is called now and then, and ends the
        calls by raising an error: for a client that hung up. Raises QueryRefused for endpoints that
        are not listed, ServiceFailed, QueueFull, QueryTimeout, QueryTooComplex and
        QueryUnsupported.
        """
        clauses = find_clauses(query.text)
        if len(clauses) > self.limits.max_calls:
            raise QueryTooComplex(
                f"the query calls {len(clauses)} services; {self.limits.max_calls} are allowed"
            )
        base = query.base or self._endpoint or None
        calls = [(clause, self._url(clause, prologue, base)) for clause in clauses]
        # Without waiting: a query that waits here would hold a thread of the web process.
        if not self._slots.acquire(blocking=False):
            raise QueueFull(
                "too many queries are waiting for other endpoints", hint="Try again later."
            )
        try:
            stop = _Stop(deadline, check, local)
            text = self._expanded_text(query.text, prologue, base, calls, stop)
            return query._replace(text=text), _inspect(text, stop)
        finally:
            self._slots.release()

    def _url(self, clause: ServiceClause, prologue: str, base: str | None) -> str:
        (node,) = resolve_iris((clause.name,), prologue, base) or (None,)
        if node is None or node.value not in self.services:
            raise QueryRefused(
                f"SERVICE {clause.name} is not on this endpoint's list",
                hint="Queries may call " + " ".join(f"<{url}>" for url in sorted(self.services)),
            )
        return node.value

    def _expanded_text(
        self,
        text: str,
        prologue: str,
        base: str | None,
        calls: list[tuple[ServiceClause, str]],
        stop: _Stop,
    ) -> str:
        # The prologue is sent along: the pattern may use its prefixes and relative IRIs.
        head = (f"BASE <{base}>\n" if base else "") + prologue
        replacements: dict[tuple[str, tuple[str, ...], bool], str] = {}
        pieces, end = list[str](), 0
        for clause, url in calls:
            patterns = _patterns(text, clause, [each for each, _ in calls], stop)
            key = (url, patterns, clause.silent)  # equal queries are sent once
            if key not in replacements:
                # the line break ends a comment at the end of the pattern
                queries = [f"{head}\nSELECT * WHERE {{{pattern}\n}}" for pattern in patterns]
                replacements[key] = self._replacement(clause, url, queries, stop)
            pieces += [text[end : clause.start], replacements[key]]
            end = clause.end
        return "".join([*pieces, text[end:]])

    def _replacement(self, clause: ServiceClause, url: str, queries: list[str], stop: _Stop) -> str:
        """The text that replaces a clause."""
        stop.check()
        nothing = f"{{{clause.pattern}\n}} FILTER(false)"  # keeps the variables for SELECT *
        try:
            blocks = [f"{{ {self._values(url, query, stop)} }}" for query in queries]
            return " UNION ".join(blocks) or f"{{ {nothing} }}"
        except ServiceError as error:
            if clause.silent:
                return f"OPTIONAL {{ {nothing} }}"
            raise ServiceFailed(
                f"SERVICE <{url}> failed: {_shortened(error)}",
                hint="With SERVICE SILENT the query continues without it.",
            ) from error
        except ServiceRefused as error:
            raise ServiceFailed(
                f"SERVICE <{url}>: {_shortened(error)}",
                hint=f"Request at most {self.limits.max_solutions:,} solutions, and only IRIs and "
                "literals.",
            ) from error

    def _values(self, url: str, query: str, stop: _Stop) -> str:
        """The solutions that the endpoint gives for a query, as VALUES."""
        limits = self.limits
        deadline = min(stop.deadline, time.monotonic() + limits.seconds)
        call_limits = CallLimits(deadline, limits.max_bytes, stop.check)
        body = calling.call(self.services, url, query, call_limits)
        return solutions.values_block_limited(body, limits.max_solutions, deadline, stop.check)


def _patterns(
    text: str, clause: ServiceClause, clauses: list[ServiceClause], stop: _Stop
) -> tuple[str, ...]:
    """The patterns to send for a clause: with a block of values each, or alone."""
    narrow = narrowing(text, clause, clauses) if stop.local else None
    if narrow is None or stop.local is None:
        return (clause.pattern,)
    try:
        blocks = values_blocks(stop.local(narrow.query))
    except (QueryError, ServiceError, ServiceRefused):  # too slow or unusual: as without values
        stop.check()
        return (clause.pattern,)
    if blocks is None:
        return (clause.pattern,)
    return tuple(narrowed(clause.pattern, values, narrow.plain) for values in blocks)


def _inspect(text: str, stop: _Stop) -> QueryInfo:
    """The info of a query with solutions in it, which take seconds to read if they are many."""

    def refusal(kind: str) -> QueryError:
        if kind == "time":
            return QueryTimeout(
                "the query exceeded its time limit", hint="Request fewer solutions."
            )
        return QueryTooLarge("the query with the solutions of its services is too large")

    return limited_process.run(
        lambda _: inspect(text, _MAX_TEXT),
        ProcessLimits(_INSPECTION_MEMORY, max(0.0, stop.deadline - time.monotonic())),
        refusal=refusal,
        check=stop.check,
    )


def _shortened(error: Exception) -> str:
    """Its message, which may quote what the endpoint sent."""
    text = str(error)
    return text if len(text) <= _MAX_MESSAGE else text[:_MAX_MESSAGE] + "…"


def _checked(service: Service) -> Service:
    parts = urlsplit(service.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ConfigError(f"“{service.url}” is not an http(s) address of an endpoint")
    return service
