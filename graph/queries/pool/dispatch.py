"""A thread's way to a worker: sends one request, waits for its answer, and keeps it fair.

Workers take requests from one socket, in the order of arrival. Nearly all are answered at once. A
query that exceeds SLOW_AFTER needs a slow-query slot to go on
(`graph.queries.admission.slow_query_slots`): its client has one, the pool has one less than
workers, so that a worker is left for quick queries. A query that exceeds SLOW_AFTER without a slot
is cancelled and re-queued until a slot is free. A client that had several slow queries at a time,
or many long ones, is serialized for a while (`graph.queries.admission.client_budgets`): its queries
wait for a slot before they reach a worker.

While a request waits or runs, the client's connection is watched, and a hang-up cancels it.
"""

from __future__ import annotations

import os
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass

from graph.core.errors import EngineFailure, QueryCancelled, QueryTimeout
from graph.queries.admission.admission_queue import queue_full
from graph.queries.admission.slow_query_slots import SlowQuerySlot
from graph.queries.pool.codec import RetryRequest
from graph.queries.pool.in_flight import TICK, InFlight, PoolState, query_timeout
from graph.queries.pool.wire import (
    NothingYet,
    ResponseHeader,
    WireRequest,
    read_response,
    send_request,
)

SLOW_AFTER = 0.25  # seconds a query may run without a slot
_RENICE_AFTER = 1.0  # seconds after which a worker yields the processor to others
_NICE = 10  # a worker may lower its priority, but often not raise it again (WorkerRecycling)
_RESPAWN_COST = 0.1  # seconds that a worker costs which is ended and replaced
_HANG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A request that was sent to a worker as a datagram and that a thread waits for from now on.

    The answer arrives on `connection`, or the end of file when the worker died.
    """

    ticket: int
    in_flight: InFlight
    connection: socket.socket


class _YieldSlot(Exception):
    """Give the worker back, and send the request again with a slot."""


@dataclass(slots=True)
class Dispatch:
    """One request on its way.

    `connection_fd` is the descriptor of the client's connection (-1: not watched), `id_row` the
    request's row on the scoreboard (-1: it has no id). `handed_over` is set when a worker has
    the request already. `worker_seconds` counts the seconds that workers spent on it so far,
    `_waited_for_own` those in which another slow query of the client held its slot.
    """

    state: PoolState
    in_flight: InFlight
    wire: WireRequest
    connection_fd: int = -1
    id_row: int = -1
    handed_over: HandedOver | None = None
    worker_seconds: float = 0.0
    hung_up: bool = False
    _slot: SlowQuerySlot | None = None
    _waited_for_own: float = 0.0
    _reniced: bool = False
    _running_started_at: float = 0.0

    def answer(self) -> tuple[ResponseHeader, bytes | int]:
        """The answer of a worker; afterwards `worker_seconds` includes all workers that were tried.

        Raises QueryTimeout, QueryCancelled, QueryThrottled, QueueFull, and RetryRequest.
        """
        try:
            if self.handed_over is None and self._is_serialized():
                self._wait_for_slot()
            while True:
                try:
                    return self._try_once()
                except _YieldSlot:
                    self._wait_for_slot()
        finally:
            if self._slot is not None:
                self._slot.release()
                self._slot = None

    def check(self) -> None:
        """Raise QueryTimeout, and QueryCancelled when the client hung up or cancelled the query."""
        self._pause(0)

    def _is_serialized(self) -> bool:
        return self.state.budgets.is_serialized(self.in_flight.client_number)

    def _try_once(self) -> tuple[ResponseHeader, bytes | int]:
        handed_over, self.handed_over = self.handed_over, None
        with handed_over.connection if handed_over else socket.socket(socket.AF_UNIX) as connection:
            try:
                if handed_over is None:
                    self._connect(connection)
                    send_request(connection, self.wire)
                header, body = self._read(connection)
            except BaseException as error:
                # Leaving the block closes the connection, which ends the worker: any error counts.
                self._charge_worker(died=isinstance(error, EOFError))
                if isinstance(error, TimeoutError):
                    raise self._timed_out() from None
                # The worker died, perhaps not because of this query: it is tried once more.
                if isinstance(error, EOFError | ConnectionError):
                    raise RetryRequest from None
                raise
            self.worker_seconds += header.worker_microseconds / 1e6
            return header, body

    def _connect(self, connection: socket.socket) -> None:
        connection.settimeout(max(0.001, self.in_flight.deadline - time.monotonic()))
        try:
            connection.connect(self.state.address)
        except BlockingIOError:
            raise queue_full() from None
        except (FileNotFoundError, ConnectionRefusedError):
            raise EngineFailure("the query workers are not running") from None

    def _read(self, connection: socket.socket) -> tuple[ResponseHeader, bytes | int]:
        connection.settimeout(TICK)
        try:
            return read_response(connection, self.in_flight.deadline)
        except NothingYet:
            self._wait_for_answer(connection)
            return read_response(connection, self.in_flight.deadline)

    def _wait_for_answer(self, connection: socket.socket) -> None:
        while not self._pause(TICK, connection):
            running = self.state.scoreboard.find(self.wire.ticket)
            if running is not None:
                self._running_started_at = running.started_at
                self._check_running(time.monotonic() - running.started_at, running.pid)
            elif self._slot is None and self._is_serialized():
                # It is in the queue that all clients share, and must not delay the others.
                raise _YieldSlot

    def _check_running(self, elapsed: float, pid: int) -> None:
        """Decide whether a query that has run for `elapsed` seconds may go on."""
        if elapsed > SLOW_AFTER and self._slot is None and not self._acquire_slot():
            raise _YieldSlot
        if elapsed > _RENICE_AFTER and not self._reniced:
            self._reniced = True
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, pid, _NICE)

    def _charge_worker(self, *, died: bool) -> None:
        """Count the work of a worker that gave no answer, and the cost of replacing it.

        A worker that had not begun with the request goes on with the next, and costs nothing.
        """
        running = self.state.scoreboard.find(self.wire.ticket)
        started_at = running.started_at if running else self._running_started_at
        if started_at or died:
            elapsed = time.monotonic() - started_at if started_at else 0.0
            self.worker_seconds += _RESPAWN_COST + elapsed
        self._running_started_at = 0.0

    def _wait_for_slot(self) -> None:
        pause = 0.002
        with self.state.queue.enter(self.in_flight.client_number):
            while not self._acquire_slot():
                began = time.monotonic()
                self._pause(pause)
                if not self._has_client_slot():
                    self._waited_for_own += time.monotonic() - began
                pause = min(TICK, pause * 1.5)

    def _has_client_slot(self) -> bool:
        return self._slot is None or self._slot.has_client_slot

    def _acquire_slot(self) -> bool:
        state, client = self.state, self.in_flight.client_number
        if self._slot is None:
            self._slot = SlowQuerySlot(state.folder, client, state.slow_slots)
        acquired = self._slot.acquire()
        if not self._has_client_slot():  # another slow query of the client holds it
            state.budgets.serialize(client)
        return acquired

    def _timed_out(self) -> QueryTimeout:
        began = self._running_started_at
        running = time.monotonic() - began if began else 0.0
        ran = self.worker_seconds + running
        # it may have got the slot in the end, too late
        behind_own = self._waited_for_own > self.in_flight.waited(ran) / 2
        own = behind_own or not self._has_client_slot()
        return query_timeout(self.in_flight, ran, behind_own=own)

    def _pause(self, seconds: float, connection: socket.socket | None = None) -> bool:
        """Wait so long, or until the answer begins to arrive; True when it does.

        Raises QueryTimeout, and QueryCancelled when the client hung up or cancelled the query.
        """
        left = self.in_flight.deadline - time.monotonic()
        if left <= 0:
            raise self._timed_out()
        poll = select.poll()
        if connection is not None:
            poll.register(connection, select.POLLIN)
        if self.connection_fd >= 0:
            poll.register(self.connection_fd, _HANG_UP)
        ready = {handle for handle, _ in poll.poll(min(seconds, left) * 1000)}
        # Checked before the answer: a client that has gone needs none.
        self.hung_up = self.connection_fd in ready
        if self.hung_up or self.state.scoreboard.is_cancelled(self.id_row):
            raise QueryCancelled("the query was cancelled")
        return bool(ready)
