"""The event loop's way to a worker: short requests as datagrams, without a thread that waits.

Each web process has one end of a socket pair, whose other end all workers share; an idle worker
takes the next request and answers with its ticket. Nearly all answers come at once. A request that
takes longer than a `TICK`, or whose worker died, is handed over to a thread, which goes on as for
any other request (`graph.queries.pool.dispatch`): it gets a connection on which the answer will
arrive, or the end of file when the worker died; when it closes the connection, the worker is ended.

When a process dies, its socket pair is free for the next one, which throws away the answers to
requests that it never sent.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from graph.core.errors import QueryError, QueryTimeout
from graph.queries.admission.scoreboard import DATAGRAM_TICKET
from graph.queries.model.query import Query, QueryAnswer
from graph.queries.pool import codec
from graph.queries.pool.dispatch import HandedOver
from graph.queries.pool.in_flight import TICK, InFlight, PoolState, query_timeout
from graph.queries.pool.wire import (
    DATAGRAM_REQUEST,
    ResponseHeader,
    dump_request,
    read_datagram,
    send_response,
)
from graph.queries.syntax.checks import QueryInfo

_OWNER = ~(DATAGRAM_TICKET - 1)  # the bits of a ticket that name its process


class DatagramResponse(NamedTuple):
    """An answer to a request: header, and body or the descriptor of a file."""

    ticket: int
    in_flight: InFlight
    header: ResponseHeader
    body: bytes | int


class Overdue(NamedTuple):
    """What a check of all requests in flight found.

    `slow` and `lost` are tickets to hand over: of requests that run longer than a tick, and of
    those whose worker died. `timed_out` are those whose deadline passed before a worker took
    them; they are no longer in flight.
    """

    slow: list[int]
    lost: list[int]
    timed_out: list[tuple[int, InFlight]]


def acquire_socketpair(folder: Path, socketpairs: Sequence[socket.socket]) -> socket.socket | None:
    """One end of a socket pair that no other process uses, until this process ends; None when all
    are in use."""
    for number, socketpair in enumerate(socketpairs):
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        handle = os.open(folder / f"socketpair-{number}", flags, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return socketpair
        os.close(handle)
    return None


class DatagramTransport:
    """The requests of one process that are in flight as datagrams. For one thread alone."""

    def __init__(self, socketpair: socket.socket, state: PoolState, *, services: bool) -> None:
        """`services`: SERVICE clauses are executed before a worker gets the query. That waits for
        other servers, so such queries do not go this way."""
        self._socketpair = socketpair
        self._state = state
        self._services = services
        self._in_flight: dict[int, InFlight] = {}
        self._handed_over: dict[int, socket.socket] = {}
        self._tickets = count(1)
        self._ticket_prefix = os.getpid() << 32 | DATAGRAM_TICKET
        self._lost_count = state.scoreboard.lost_count()
        socketpair.setblocking(False)

    def close(self) -> None:
        """Forget all requests; threads that wait for one read the end of file."""
        self._in_flight.clear()
        while self._handed_over:
            self._handed_over.popitem()[1].close()

    def in_flight_count(self) -> int:
        """The number of requests in flight, including those handed over to threads."""
        return len(self._in_flight) + len(self._handed_over)

    def fileno(self) -> int:
        """The descriptor that becomes readable when an answer has arrived."""
        return self._socketpair.fileno()

    def send(
        self, query: Query, info: QueryInfo, *, snapshot: str, timeout: float | None, client: str
    ) -> int:
        """Send a query; gives its ticket.

        0 when it must go to a thread: it calls other endpoints or is too long for a datagram, too
        many are in flight, or its client is serialized or over its budget.
        """
        state = self._state
        if len(self._in_flight) >= state.limits.queue or (self._services and info.service):
            return 0
        sent = state.start(query, form=info.form, client=client, snapshot=snapshot, timeout=timeout)
        if not state.budgets.may_run_now(sent.client_number, state.limits.budget):
            return 0
        ticket = self._ticket_prefix | next(self._tickets) & (DATAGRAM_TICKET - 1)
        data = dump_request(codec.encode_request(sent, ticket, info))
        try:
            if len(data) > DATAGRAM_REQUEST or not self._socketpair.send(data):
                return 0
        except OSError:  # the socket's buffer is full
            return 0
        self._in_flight[ticket] = sent
        return ticket

    def receive(self) -> Iterator[DatagramResponse]:
        """The answers that have arrived; those that threads wait for are passed on to them."""
        with suppress(BlockingIOError):
            while True:
                ticket, header, body = read_datagram(self._socketpair)
                if in_flight := self._in_flight.pop(ticket, None):
                    yield DatagramResponse(ticket, in_flight, header, body)
                else:
                    self._forward(ticket, header, body)

    def decode(self, response: DatagramResponse) -> QueryAnswer:
        """The answer in a response; its end is charged and observed.

        Raises the QueryError that it holds, and RetryRequest when its snapshot is gone.
        """
        header, in_flight = response.header, response.in_flight
        seconds = header.worker_microseconds / 1e6
        try:
            answer = codec.decode_response(header, response.body, in_flight.snapshot)
        except QueryError as error:
            error.timing = in_flight.waited(seconds), seconds
            self._finish(in_flight, seconds, header.length, error)
            raise
        self._finish(in_flight, seconds, header.length)
        answer.waited = in_flight.waited(seconds)
        return answer

    def expire(self, in_flight: InFlight) -> QueryTimeout:
        """The error of a request that timed out; its end is observed."""
        error = query_timeout(in_flight)
        error.timing = in_flight.waited(0.0), 0.0
        self._finish(in_flight, 0.0, 0, error)
        return error

    def _finish(
        self, in_flight: InFlight, seconds: float, length: int, error: QueryError | None = None
    ) -> None:
        self._state.notify_start()  # not when it is sent: of one handed over a thread notifies
        self._state.finish(in_flight, worker_seconds=seconds, length=length, error=error)

    def _forward(self, ticket: int, header: ResponseHeader, body: bytes | int) -> None:
        connection = self._handed_over.pop(ticket, None)
        with suppress(OSError):  # the thread has given up
            if connection is not None:
                with connection:
                    send_response(connection, header, body)
        if isinstance(body, int):
            os.close(body)

    def hand_over(self, ticket: int, *, lost: bool = False) -> HandedOver:
        """Let a thread wait for a request from now on; it reads the end of file of a lost one."""
        in_flight = self._in_flight.pop(ticket)
        sender, receiver = socket.socketpair()
        if lost:
            sender.close()
        else:
            self._handed_over[ticket] = sender
        return HandedOver(ticket, in_flight, receiver)

    def find_overdue(self, now: float) -> Overdue:
        """What to do about requests in flight; to be called every `TICK`.

        Also ends the workers whose answers no thread waits for any more.
        """
        running = [
            q for q in self._state.scoreboard.running() if q.ticket & _OWNER == self._ticket_prefix
        ]
        lost = self._newly_lost()
        for ticket, connection in [*self._handed_over.items()]:
            if ticket in lost or _is_closed(connection):
                self._handed_over.pop(ticket).close()
        slow = [query for query in running if now - query.started_at > TICK]
        for query in slow:
            if query.ticket not in self._in_flight and query.ticket not in self._handed_over:
                # As a hang-up on a connection would; the worker may just have exited by itself.
                with suppress(ProcessLookupError):
                    os.kill(query.pid, signal.SIGIO)
        lost_tickets = [ticket for ticket in lost if ticket in self._in_flight]
        slow_tickets = [
            query.ticket
            for query in slow
            if query.ticket in self._in_flight and query.ticket not in lost  # lost just now
        ]
        timed_out = self._pop_timed_out(now, {*slow_tickets, *lost_tickets})
        return Overdue(slow_tickets, lost_tickets, timed_out)

    def _pop_timed_out(self, now: float, excluded: set[int]) -> list[tuple[int, InFlight]]:
        """Requests that are out of time, but for those that a thread is about to get: it ends
        them itself."""
        expired = [ticket for ticket, sent in self._in_flight.items() if sent.deadline <= now]
        return [
            (ticket, self._in_flight.pop(ticket)) for ticket in expired if ticket not in excluded
        ]

    def _newly_lost(self) -> set[int]:
        scoreboard = self._state.scoreboard
        if (number := scoreboard.lost_count()) == self._lost_count:
            return set()
        lost, self._lost_count = scoreboard.lost_since(self._lost_count), number
        return lost


def _is_closed(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:  # open: the thread sends nothing, so there is nothing to read
        return False
    except OSError:
        return True
