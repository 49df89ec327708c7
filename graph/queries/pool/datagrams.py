"""Requests that need no thread to wait for them: short ones, sent to the workers as datagrams.

Each web process has a box, whose other end all workers share; one that is idle takes the next
request and answers with its ticket. Nearly all answers come at once. What runs longer than a `TICK`
is handed over to a thread, which goes on waiting as for any other request
(`graph.queries.pool.dispatch`): it gets one end of a pair of connected sockets, where the answer
will come, or the end of file when the worker died; and when it closes that end, the worker is
ended.

A process that dies gives its box back; what its requests bring then is thrown away by the next.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from graph.core.errors import QueryError, QueryTimeout
from graph.queries.admission.scoreboard import DATAGRAM_TICKET, number_of
from graph.queries.model.query import Query, QueryAnswer, QueryLimits
from graph.queries.pool import codec
from graph.queries.pool.dispatch import TICK, HandedOver, PoolState, query_timeout
from graph.queries.pool.observers import QueryFinished, QueryObserver
from graph.queries.pool.wire import DATAGRAM_REQUEST, ResponseHeader, read_datagram, send_answer
from graph.queries.syntax.checks import QueryInfo

_OWNER = ~(DATAGRAM_TICKET - 1)


class InFlight(NamedTuple):
    """A request under way: what was asked, by whom (its key, and that as a number), of which
    snapshot, when and until when by the monotonic clock."""

    query: Query
    form: str
    client: str
    who: int
    snapshot: str
    at: float
    deadline: float


class DatagramResponse(NamedTuple):
    """An answer to a request: header, and body or the descriptor of a file."""

    ticket: int
    sent: InFlight
    header: ResponseHeader
    body: bytes | int


class Overdue(NamedTuple):
    """What a look at all requests has found: those that run longer than a tick, those whose worker
    died, those whose deadline has passed."""

    slow: list[int]
    lost: list[int]
    late: list[tuple[int, InFlight]]


def acquire_socketpair(folder: Path, boxes: Sequence[socket.socket]) -> socket.socket | None:
    """A box that no other process has, until this one ends; None where there is none."""
    for number, box in enumerate(boxes):
        handle = os.open(folder / f"box-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return box
        os.close(handle)
    return None


class DatagramTransport:
    """The requests of one process that are under way. For one thread alone."""

    def __init__(
        self,
        box: socket.socket,
        desk: PoolState,
        limits: QueryLimits,
        observers: Sequence[QueryObserver],
        services: bool,
    ) -> None:
        """`services` says that SERVICE clauses are executed before a worker is asked: not here."""
        self._box = box
        self._board, self._clients = desk.board, desk.clients
        self._limits = limits
        self._observers = observers
        self._services = services
        self._sent: dict[int, InFlight] = {}
        self._taken: dict[int, socket.socket] = {}
        self._tickets = count(1)
        self._own = os.getpid() << 32 | DATAGRAM_TICKET
        self._lost = desk.board.lost()
        box.setblocking(False)

    def close(self) -> None:
        """Let go of what is under way: whoever waits for it finds the end of file."""
        self._sent.clear()
        while self._taken:
            self._taken.popitem()[1].close()

    def under_way(self) -> int:
        """How many requests are under way, those included that threads wait for."""
        return len(self._sent) + len(self._taken)

    def fileno(self) -> int:
        """What becomes readable when an answer is there."""
        return self._box.fileno()

    def send(
        self,
        query: Query,
        shape: QueryInfo,
        snapshot: str,
        query_timeout: float | None,
        client: str,
    ) -> int:
        """Send a query; its ticket, or 0 where it must go another way: too many are under way, its
        client must wait for a turn or has used its budget, it calls services, it is too long."""
        who = number_of(client)
        if len(self._sent) >= self._limits.queue or not self._at_ease(who, query):
            return 0
        now, most = time.monotonic(), self._limits.timeout
        deadline = now + (most if query_timeout is None else min(query_timeout, most))
        ticket = self._own | next(self._tickets) & (DATAGRAM_TICKET - 1)
        asked = codec.request(query, shape, ())
        data = marshal.dumps((snapshot, deadline, ticket, *asked))
        try:
            if len(data) > DATAGRAM_REQUEST or not self._box.send(data):
                return 0
        except OSError:  # full
            return 0
        self._sent[ticket] = InFlight(query, shape.form, client, who, snapshot, now, deadline)
        return ticket

    def _at_ease(self, who: int, query: Query) -> bool:
        if self._services and "service" in query.text.lower():
            return False
        return self._clients.at_ease(who, self._limits.budget)

    def receive(self) -> Iterator[DatagramResponse]:
        """The answers that are here, but for those that a thread waits for."""
        with suppress(BlockingIOError):
            while True:
                ticket, header, body = read_datagram(self._box)
                if sent := self._sent.pop(ticket, None):
                    yield DatagramResponse(ticket, sent, header, body)
                else:
                    self._forward(ticket, header, body)

    def open(self, letter: DatagramResponse) -> QueryAnswer:
        """The answer in a letter, counted and told to observers.

        Raises QueryError, and Again where it is to be asked another way.
        """
        header, sent = letter.header, letter.sent
        ran = header.ran / 1e6
        self._clients.charge(sent.who, ran)
        try:
            answer = codec.answer(header, letter.body, sent.snapshot)
        except QueryError as error:
            self._tell(sent, error, ran, header.length)
            raise
        self._tell(sent, None, ran, header.length)
        return answer

    def late(self, sent: InFlight) -> QueryTimeout:
        """What is said of a request that did not begin in time, told to observers."""
        error = query_timeout()
        self._tell(sent, error, 0.0, 0)
        return error

    def _tell(self, sent: InFlight, error: QueryError | None, ran: float, length: int) -> None:
        waited = max(0.0, time.monotonic() - sent.at - ran)
        ends = (error, False, ran, waited, length, sent.snapshot)
        done = QueryFinished(sent.query, sent.form, sent.client, *ends)
        for observer in self._observers:
            observer.on_start()
            observer.on_finish(done)

    def _forward(self, ticket: int, header: ResponseHeader, body: bytes | int) -> None:
        connection = self._taken.pop(ticket, None)
        with suppress(OSError):
            if connection is not None:
                with connection:
                    send_answer(connection, header, body)
        if isinstance(body, int):
            os.close(body)

    def hand_over(self, ticket: int) -> HandedOver:
        """Let a thread wait for a request from now on."""
        sent = self._sent.pop(ticket)
        mine, other = socket.socketpair()
        self._taken[ticket] = mine
        return HandedOver(ticket, sent.snapshot, sent.deadline, other)

    def look(self, now: float) -> Overdue:
        """What has become of the requests, to be asked every `TICK`.

        Ends those that no thread waits for any more. What is lost or late is forgotten; what is
        slow is to be handed over.
        """
        runs = [run for run in self._board.runs() if run.ticket & _OWNER == self._own]
        lost = self._lost_now()
        for ticket, link in [*self._taken.items()]:
            if ticket in lost or _closed(link):
                self._taken.pop(ticket).close()
        slow = [run for run in runs if now - run.since > TICK]
        for run in slow:
            if run.ticket not in self._sent and run.ticket not in self._taken:
                with suppress(ProcessLookupError):  # nobody wants its answer
                    os.kill(run.process, signal.SIGIO)
        gone = [ticket for ticket in lost if self._sent.pop(ticket, None)]
        known = [run.ticket for run in slow if run.ticket in self._sent]
        return Overdue(known, gone, self._late(now, known))

    def _late(self, now: float, slow: Sequence[int]) -> list[tuple[int, InFlight]]:
        """What is out of time and not slow: the thread that gets that one ends it."""
        late = [ticket for ticket, sent in self._sent.items() if sent.deadline <= now]
        return [(ticket, self._sent.pop(ticket)) for ticket in late if ticket not in slow]

    def _lost_now(self) -> set[int]:
        if (number := self._board.lost()) == self._lost:
            return set()
        found, self._lost = self._board.lost_since(self._lost), number
        return found


def _closed(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
