"""Look-ups asked without a thread that waits: what is under way, and whom its answer is for.

A look-up that cannot be asked so (`ELSEWHERE`), or that takes longer than a look-up does, goes to
a thread and through `Endpoint.get`, as any other query.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

from graph.queries.model.formats import QLEVER
from graph.queries.pool.datagrams import DatagramResponse, DatagramTransport, InFlight
from graph.queries.pool.dispatch import TICK, HandedOver
from server.cache import CacheMiss
from server.front.request_parser import ParsedQuery
from server.http.client_key import Client
from server.http.messages import HttpResponse
from server.sparql.endpoint import Endpoint

L = TypeVar("L")
_LONGEST = 2000  # characters of an address; a look at longer queries would hold others up


class Route(Enum):
    """What becomes of a request that is not answered at once."""

    SENT = 1
    ELSEWHERE = 2
    PAGE = 3


@dataclass(slots=True)
class PendingQuery(Generic[L]):
    """A look-up under way, and the connections that wait for its answer."""

    data: bytes
    found: ParsedQuery
    wanted: CacheMiss
    waiting: list[L] = field(default_factory=list)


class QueryOutcome(NamedTuple, Generic[L]):
    """What has become of a look-up: a reply, or, where there is none, whatever is under way for it
    and a thread is to wait for."""

    pending: PendingQuery[L]
    reply: HttpResponse | None = None
    running: HandedOver | None = None
    letter: DatagramResponse | None = None


class PendingQueries(Generic[L]):
    """The look-ups of one process."""

    def __init__(self, endpoint: Endpoint, mail: DatagramTransport) -> None:
        self.mail = mail
        self._endpoint = endpoint
        self._pending: dict[int, PendingQuery[L]] = {}
        self._same: dict[bytes, PendingQuery[L]] = {}
        self._next = 0.0

    def ask(self, link: L, data: bytes, found: ParsedQuery, client: str) -> HttpResponse | Route:
        """The reply to a look-up where that takes no worker, else which way it goes."""
        if (same := self._same.get(data)) is not None:
            same.waiting.append(link)
            return Route.SENT
        if found.name or len(found.address) > _LONGEST:
            return Route.ELSEWHERE
        asked = found.asked._replace(client=Client(client))
        wanted = self._endpoint.lookup(found.address, asked)
        if isinstance(wanted, HttpResponse):
            return wanted
        return Route.PAGE if wanted is None else self._send(link, data, found, wanted)

    def _send(self, link: L, data: bytes, found: ParsedQuery, wanted: CacheMiss) -> Route:
        request = wanted.request
        known = self._endpoint.cache.is_in_flight(wanted)
        if known or request.client.query_id or request.offer.name == QLEVER.name:
            return Route.ELSEWHERE  # that one's errors have a shape of their own
        snapshot = wanted.snapshot or self._endpoint.snapshot()
        asked = (request.query, request.info, snapshot, request.timeout, request.client.key)
        ticket = self.mail.send(*asked) if snapshot else 0
        if not ticket:
            return Route.ELSEWHERE
        pending = PendingQuery(data, found, wanted, [link])
        self._pending[ticket] = self._same[data] = pending
        return Route.SENT

    def receive(self) -> Iterator[QueryOutcome[L]]:
        """What the answers that are here come to."""
        for letter in self.mail.receive():
            pending = self._pop(letter.ticket)
            if letter.header.file:  # to be coded and sent where it holds nobody up
                yield QueryOutcome(pending, letter=letter)
            else:
                yield QueryOutcome(pending, self.reply(pending, letter))

    def reply(self, pending: PendingQuery[L], letter: DatagramResponse) -> HttpResponse | None:
        """The reply by a letter; None where it is to be asked another way."""
        try:
            return self._endpoint.complete(pending.wanted, lambda: self.mail.open(letter))
        except Exception:  # Again; any other is met again, told with 500 and logged
            return None

    def pause(self) -> float:
        """Seconds until the next look at what is under way."""
        return max(0.0, self._next - time.monotonic()) if self.mail.under_way() else 1.0

    def look(self) -> Iterator[QueryOutcome[L]]:
        """What takes longer than a look-up does, once in a `TICK`."""
        now = time.monotonic()
        if now < self._next or not self.mail.under_way():
            return
        self._next = now + TICK
        found = self.mail.look(now)
        for ticket in found.slow:
            yield QueryOutcome(self._pop(ticket), running=self.mail.hand_over(ticket))
        for ticket in found.lost:
            yield QueryOutcome(self._pop(ticket))
        for ticket, sent in found.late:
            yield self._late(self._pop(ticket), sent)

    def _late(self, pending: PendingQuery[L], sent: InFlight) -> QueryOutcome[L]:
        def fail() -> HttpResponse:
            raise self.mail.late(sent)

        return QueryOutcome(pending, self._endpoint.to_problem(fail))

    def _pop(self, ticket: int) -> PendingQuery[L]:
        pending = self._pending.pop(ticket)
        self._same.pop(pending.data, None)
        return pending
