"""Puts solutions in the place of SERVICE clauses.

A clause is evaluated by itself and joined with the rest (Federated Query §2.4, §4): so
`SERVICE <x> { P }` may stand as `{ VALUES (…) { … } }` with what <x> answers to P. One that fails
silently is one solution without bindings (§3): `OPTIONAL { { P } FILTER(false) }`, which leaves
what is there as it is, and the variables of P in scope.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from graph.core.errors import ConfigError, QueryRefused, QueryTooComplex, QueueFull, ServiceFailed
from graph.federation import calling, solutions
from graph.federation.calling import Service, ServiceError, ServiceRefused
from graph.federation.clauses import ServiceClause, find_clauses
from graph.queries.model.query import Query
from graph.queries.syntax.dataset import resolve_iris

_MAX_CONCURRENT = 8  # queries of one process that may wait for others at the same time


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """What SERVICE may cost: seconds for one call (the query's own deadline holds as well), bytes
    and solutions of one answer, calls of one query."""

    seconds: float = 10.0
    most: int = 2 << 20
    solutions: int = 10_000
    calls: int = 5


class Federation:
    """The endpoints that queries may name in SERVICE."""

    def __init__(
        self, services: Iterable[Service], bounds: ServiceLimits | None = None, endpoint: str = ""
    ) -> None:
        """`endpoint` is what relative IRIs refer to.

        Raises ConfigError for what is no http(s) address.
        """
        self.services = {service.url: service for service in map(_checked, services)}
        self.bounds = bounds or ServiceLimits()
        self._endpoint = endpoint
        self._turn = threading.BoundedSemaphore(_MAX_CONCURRENT)

    def expanded(self, query: Query, prologue: str, deadline: float) -> Query:
        """A query with its SERVICE clauses executed, before `deadline` (monotonic).

        Raises QueryRefused for endpoints that are not on the list, ServiceFailed, QueueFull,
        QueryTooComplex and QueryUnsupported.
        """
        found = find_clauses(query.text)
        if not found:
            return query
        if len(found) > self.bounds.calls:
            raise QueryTooComplex(
                f"the query calls {len(found)} services; {self.bounds.calls} are allowed"
            )
        base = query.base or self._endpoint or None
        named = [(clause, self._url(clause, prologue, base)) for clause in found]
        if not self._turn.acquire(blocking=False):
            raise QueueFull("too many queries wait for other services", hint="Try again later.")
        try:
            return query._replace(text=self._text(query.text, prologue, base, named, deadline))
        finally:
            self._turn.release()

    def _url(self, clause: ServiceClause, prologue: str, base: str | None) -> str:
        (node,) = resolve_iris((clause.name,), prologue, base) or (None,)
        if node is None or node.value not in self.services:
            raise QueryRefused(
                f"SERVICE {clause.name} is not on this endpoint's list",
                hint="It calls " + " ".join(f"<{url}>" for url in sorted(self.services)),
            )
        return node.value

    def _text(
        self,
        text: str,
        prologue: str,
        base: str | None,
        named: list[tuple[ServiceClause, str]],
        deadline: float,
    ) -> str:
        head = (f"BASE <{base}>\n" if base else "") + prologue
        known: dict[tuple[str, str], str] = {}
        pieces, place = list[str](), 0
        for clause, url in named:
            asked = (url, f"{head}\nSELECT * WHERE {{{clause.pattern}\n}}")
            if asked not in known:
                known[asked] = self._solved(clause, *asked, deadline)
            pieces += [text[place : clause.start], known[asked]]
            place = clause.end
        return "".join([*pieces, text[place:]])

    def _solved(self, clause: ServiceClause, url: str, query: str, deadline: float) -> str:
        """What stands in a clause's place."""
        bounds = self.bounds
        end = min(deadline, time.monotonic() + bounds.seconds)
        try:
            body = calling.call(self.services, url, query, end, bounds.most)
            return f"{{ {solutions.values(body, bounds.solutions)} }}"
        except ServiceError as error:
            if clause.silent:
                return f"OPTIONAL {{ {{{clause.pattern}\n}} FILTER(false) }}"
            raise ServiceFailed(
                f"SERVICE <{url}> failed: {error}",
                hint="SERVICE SILENT goes on without it.",
            ) from error
        except ServiceRefused as error:
            raise ServiceFailed(
                f"SERVICE <{url}>: {error}", hint="Ask it for less, for IRIs and literals alone."
            ) from error


def _checked(service: Service) -> Service:
    parts = urlsplit(service.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ConfigError(f"“{service.url}” is no http(s) address of a service")
    return service
