"""Look-ups that wait for a worker without a thread, and the connections that wait for them.

A query that cannot go this way (`Route.THREAD`), or that turns out to be slow, goes to a thread and
through `Endpoint.get`, as any other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from graph.queries import (
    TICK,
    DatagramResponse,
    DatagramTransport,
    HandedOver,
    InFlight,
)
from graph.queries.model.formats import QLEVER
from server.cache import CacheMiss
from server.front.request_parser import ParsedQuery
from server.http.client_key import Client
from server.http.messages import HttpResponse
from server.sparql.endpoint import Endpoint

C = TypeVar("C")
# Characters of a query string; longer queries take the loop too long to check and parse.
_MAX_QUERY_STRING = 2000


class Route(Enum):
    """Where a request goes that is not answered at once."""

    PENDING = 1  # to a worker; the connection waits in the loop
    THREAD = 2  # to a thread that calls `Endpoint.get`
    WSGI = 3  # to a thread that calls the whole application


@dataclass(slots=True)
class PendingQuery(Generic[C]):
    """A look-up that a worker has, and the connections that wait for its answer.

    `data` is the raw request.
    """

    data: bytes
    parsed: ParsedQuery
    miss: CacheMiss
    waiting: list[C] = field(default_factory=list)


class QueryOutcome(NamedTuple, Generic[C]):
    """What became of a look-up.

    `reply` is its response. Without one a thread takes it over: with `response`, to encode and send
    a large answer; with `handed_over`, to wait for a worker; with neither, to run it again.
    """

    pending: PendingQuery[C]
    reply: HttpResponse | None = None
    handed_over: HandedOver | None = None
    response: DatagramResponse | None = None


class PendingQueries(Generic[C]):
    """The look-ups of one process."""

    def __init__(self, endpoint: Endpoint, transport: DatagramTransport) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._by_ticket: dict[int, PendingQuery[C]] = {}
        self._by_data: dict[bytes, PendingQuery[C]] = {}
        self._next_check = 0.0

    def submit(
        self, connection: C, data: bytes, parsed: ParsedQuery, client: str
    ) -> HttpResponse | Route:
        """The response to a request if it takes no worker, else the route that it takes.

        A request that is pending already, byte for byte, is not sent again.
        """
        if (same := self._by_data.get(data)) is not None:
            same.waiting.append(connection)
            return Route.PENDING
        if parsed.query_id or len(parsed.query_string) > _MAX_QUERY_STRING:
            return Route.THREAD
        headers = parsed.headers._replace(client=Client(client))
        response = self._endpoint.lookup(parsed.query_string, headers)
        if isinstance(response, HttpResponse):
            return response
        return Route.WSGI if response is None else self._send(connection, data, parsed, response)

    def _send(self, connection: C, data: bytes, parsed: ParsedQuery, miss: CacheMiss) -> Route:
        request = miss.request
        if request.client.query_id or self._endpoint.cache.is_in_flight(miss):
            return Route.THREAD
        if request.offer.name == QLEVER.name:  # its errors have a form of their own
            return Route.THREAD
        ticket = 0
        if snapshot := miss.snapshot or self._endpoint.snapshot():
            ticket = self._transport.send(
                request.query,
                request.info,
                snapshot=snapshot,
                timeout=request.timeout,
                client=request.client.key,
            )
        if not ticket:
            return Route.THREAD
        pending = PendingQuery(data, parsed, miss, [connection])
        self._by_ticket[ticket] = self._by_data[data] = pending
        return Route.PENDING

    def receive(self) -> Iterator[QueryOutcome[C]]:
        """The outcomes of look-ups whose answers have arrived."""
        for response in self._transport.receive():
            pending = self._pop(response.ticket)
            if response.header.file:  # large: encoding and sending it would hold up the loop
                yield QueryOutcome(pending, response=response)
            else:
                yield QueryOutcome(pending, self.reply(pending, response))

    def reply(self, pending: PendingQuery[C], response: DatagramResponse) -> HttpResponse | None:
        """The response to a look-up by a worker's answer; None if a thread must run it again."""
        try:
            decode = self._transport.decode
            return self._endpoint.complete(pending.miss, lambda: decode(response))
        except Exception:  # RetryRequest; others occur again in the thread, which logs them
            return None

    def seconds_to_check(self) -> float:
        """Seconds until the next `check`."""
        if not self._transport.in_flight_count():
            return 1.0
        return max(0.0, self._next_check - time.monotonic())

    def check(self) -> Iterator[QueryOutcome[C]]:
        """The outcomes of look-ups that are slow, lost or late, once in a `TICK`."""
        now = time.monotonic()
        if now < self._next_check or not self._transport.in_flight_count():
            return
        self._next_check = now + TICK
        overdue = self._transport.find_overdue(now)
        for ticket in overdue.slow:
            handed_over = self._transport.hand_over(ticket)
            yield QueryOutcome(self._pop(ticket), handed_over=handed_over)
        for ticket in overdue.lost:
            handed_over = self._transport.hand_over(ticket, lost=True)
            yield QueryOutcome(self._pop(ticket), handed_over=handed_over)
        for ticket, in_flight in overdue.timed_out:
            yield self._expire(self._pop(ticket), in_flight)

    def _expire(self, pending: PendingQuery[C], in_flight: InFlight) -> QueryOutcome[C]:
        def fail() -> HttpResponse:
            raise self._transport.expire(in_flight)

        return QueryOutcome(pending, self._endpoint.to_problem(fail))

    def _pop(self, ticket: int) -> PendingQuery[C]:
        pending = self._by_ticket.pop(ticket)
        self._by_data.pop(pending.data, None)
        return pending
