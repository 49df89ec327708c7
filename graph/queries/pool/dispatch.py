"""One request on its way to a worker and back, and how fair that is to others.

Workers take requests from one socket, whoever sends them. Nearly all are answered at once. One
that runs longer than `QUICK` is slow, and needs a turn to go on
(`graph.queries.admission.slow_query_slots`): its client has one, the pool one less than workers, so
a worker is left for what is quick. Without a turn its worker is given up, and it waits for one
before it is asked again. A client that had more than one slow query at a time, or many long ones,
is held to one query at a time for a while (`graph.queries.admission.client_budgets`): its queries
wait for their turn before they reach a worker at all.

While a request waits or runs, the client's connection is watched: who hangs up needs no answer.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.core.errors import EngineFailure, QueryCancelled, QueryThrottled, QueryTimeout, QueueFull
from graph.queries.admission.client_budgets import ClientBudgets
from graph.queries.admission.scoreboard import Scoreboard
from graph.queries.admission.slow_query_slots import SlowQuerySlot
from graph.queries.model.query import QueryLimits
from graph.queries.pool.wire import (
    NothingYet,
    ResponseHeader,
    WireRequest,
    read_answer,
    send_request,
)

QUICK = 0.25  # seconds a query may run without a turn
TICK = 0.05  # seconds between two looks at what became of a request
_COURTEOUS = 1.0  # seconds after which a worker leaves the processor to others
_NICE = 10
_RESPAWN = 0.1  # seconds that a worker given up costs
_RETRY = 5
_HANG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A request that a worker has been asked already, of that snapshot and until that deadline;
    its answer will come on the connection."""

    ticket: int
    snapshot: str
    deadline: float
    connection: socket.socket


class RetryRequest(Exception):
    """The worker died, or its snapshot went: ask once more."""


class _YieldSlot(Exception):
    """Ask again when there is a turn."""


class AdmissionQueue:
    """How many requests of this process wait for a turn, in all and of each client."""

    def __init__(self, limits: QueryLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._of: Counter[int] = Counter()

    @contextmanager
    def place(self, client: int) -> Iterator[None]:
        """Wait among the others.

        Raises QueryThrottled where too many of this client wait, QueueFull where too many do.
        """
        with self._lock:
            self._check(client)
            self._of[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of[client] -= 1
                if not self._of[client]:
                    del self._of[client]

    def _check(self, client: int) -> None:
        if client and self._of[client] >= self._limits.waiting:
            raise QueryThrottled(
                f"{self._of[client]} of your queries are waiting already",
                retry=_RETRY,
                hint="Ask one query after the other.",
            )
        if self._of.total() >= self._limits.queue:
            raise queue_full()


def queue_full() -> QueueFull:
    """The error of a full queue."""
    return QueueFull("too many queries are waiting", hint="Try again later.")


def query_timeout() -> QueryTimeout:
    """The error of a deadline."""
    return QueryTimeout(
        "the query was not finished in time",
        hint="Narrow it, or try again when there is less load.",
    )


@dataclass(frozen=True, slots=True)
class PoolState:
    """What all requests of a pool have in common; `slow` is how many slow ones may run."""

    folder: Path
    address: str
    board: Scoreboard
    clients: ClientBudgets
    waiting: AdmissionQueue
    slow: int


@dataclass(slots=True)
class Dispatch:
    """One request: who asks, until when, on which connection (-1: none to watch).

    `ran` is how many seconds of workers it has used so far. `running` says that a worker has been
    asked already.
    """

    desk: PoolState
    message: WireRequest
    deadline: float
    ticket: int
    client: int = 0
    link: int = -1
    place: int = -1
    ran: float = 0.0
    hung_up: bool = False
    running: HandedOver | None = None
    _turn: SlowQuerySlot | None = None
    _courteous: bool = False
    _since: float = 0.0

    def answer(self) -> tuple[ResponseHeader, bytes | int]:
        """The answer of a worker; `ran` is then how long it, and those given up, took.

        Raises QueryTimeout, QueryCancelled, QueryThrottled, QueueFull, and Again.
        """
        try:
            if self.running is None and self._strict():
                self._wait()
            while True:
                try:
                    return self._ask()
                except _YieldSlot:
                    self._wait()
        finally:
            if self._turn is not None:
                self._turn.close()
                self._turn = None

    def _strict(self) -> bool:
        return bool(self.client) and self.desk.clients.strict(self.client)

    def _ask(self) -> tuple[ResponseHeader, bytes | int]:
        running, self.running = self.running, None
        with running.connection if running else socket.socket(socket.AF_UNIX) as connection:
            try:
                if running is None:
                    self._connect(connection)
                    send_request(connection, self.message)
                header, body = self._read(connection)
            except BaseException as error:
                self._given_up(dead=isinstance(error, EOFError))
                if isinstance(error, TimeoutError):  # closing the connection ends the worker
                    raise query_timeout() from None
                if isinstance(error, EOFError | ConnectionError):
                    raise RetryRequest from None
                raise
            self.ran += header.ran / 1e6
            return header, body

    def _connect(self, connection: socket.socket) -> None:
        connection.settimeout(max(0.001, self.deadline - time.monotonic()))
        try:
            connection.connect(self.desk.address)
        except BlockingIOError:
            raise queue_full() from None
        except (FileNotFoundError, ConnectionRefusedError):
            raise EngineFailure("the query workers are not running") from None

    def _read(self, connection: socket.socket) -> tuple[ResponseHeader, bytes | int]:
        connection.settimeout(TICK)
        try:
            return read_answer(connection, self.deadline)
        except NothingYet:
            self._watch(connection)
            return read_answer(connection, self.deadline)

    def _watch(self, connection: socket.socket) -> None:
        """Wait until the answer begins."""
        while not self._pause(TICK, connection):
            run = self.desk.board.find(self.ticket)
            if run is not None:
                self._since = run.since
                self._go_on(time.monotonic() - run.since, run.process)
            elif self._turn is None and self._strict():
                raise _YieldSlot  # it stands in everybody's queue; let others pass

    def _go_on(self, ran: float, process: int) -> None:
        """Decide whether a query that has run so long may go on."""
        if ran > QUICK and self._turn is None and not self._take_turn():
            raise _YieldSlot
        if ran > _COURTEOUS and not self._courteous:
            self._courteous = True
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process, _NICE)

    def _given_up(self, *, dead: bool) -> None:
        """Count what a worker did for nothing; it dies of it, when it had begun."""
        run = self.desk.board.find(self.ticket)
        since = run.since if run else self._since
        if since or dead:
            self.ran += _RESPAWN + (time.monotonic() - since if since else 0.0)
        self._since = 0.0

    def _wait(self) -> None:
        """Wait for a turn."""
        pause = 0.002
        with self.desk.waiting.place(self.client):
            while not self._take_turn():
                self._pause(pause)
                pause = min(TICK, pause * 1.5)

    def _take_turn(self) -> bool:
        if self._turn is None:
            self._turn = SlowQuerySlot(self.desk.folder, self.client, self.desk.slow)
        whole = self._turn.take()
        if not self._turn.own:
            self.desk.clients.hold(self.client)
        return whole

    def _pause(self, seconds: float, connection: socket.socket | None = None) -> bool:
        """Wait so long, or until the answer begins: whether it has.

        Raises QueryTimeout, and QueryCancelled where the client does not want it any more.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise query_timeout()
        poll = select.poll()
        if connection is not None:
            poll.register(connection, select.POLLIN)
        if self.link >= 0:
            poll.register(self.link, _HANG_UP)
        ready = {handle for handle, _ in poll.poll(min(seconds, left) * 1000)}
        self.hung_up = self.link in ready
        if self.hung_up or self.desk.board.cancelled(self.place):
            raise QueryCancelled("the query was cancelled")
        return bool(ready)
