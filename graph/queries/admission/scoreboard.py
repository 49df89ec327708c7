"""The scoreboard: one page of memory, shared by supervisor, workers and web processes.

It holds which worker runs which request since when, why workers exited, which requests were lost
with them, and which requests are to be cancelled. A worker's slot is written by that worker
alone (by the supervisor once it is dead); what several processes write is written under a file
lock, which the kernel releases when its holder dies.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import count
from pathlib import Path
from struct import Struct
from typing import NamedTuple

_FILE = "scoreboard"
MAX_WORKERS = 64
_MAX_IDS = 256  # requests with a query id at one time
_WORKER = Struct("=dQQ")  # started at, process, ticket (0: idle)
_COUNT = Struct("=Q")
_ID = Struct("=QII")  # number of the query id (0: free), web process, whether to cancel


_numbers = count(1)
DATAGRAM_TICKET = 1 << 31
"""The bit of a ticket that says: its request came as a datagram (graph.queries.pool.datagrams)."""


class ExitReason(IntEnum):
    """Why a worker exited. The names are labels of the metric `ulzii_worker_deaths_total`."""

    HUNG_UP = 0  # nobody waits for its answer any more: deadline, cancelled, re-queued
    OVERDUE = 1  # its own alarm: the process that waited for it was stuck
    MEMORY = 2  # aborted: over its memory limit, or the engine gave up
    CRASHED = 3
    KILLED = 4
    RENEWED = 5  # by itself, between two queries
    FAILED = 6


class NetworkSandbox(IntEnum):
    """What keeps workers from the network. The names are values of `wall` in `/healthz`."""

    UNKNOWN = 0  # the supervisor has not started yet
    NAMESPACE = 1
    FILTER = 2
    NONE = 3


_DEATHS = MAX_WORKERS * _WORKER.size
_SANDBOX = _DEATHS + len(ExitReason) * _COUNT.size
_IDS = _SANDBOX + _COUNT.size
_LOST = _IDS + _MAX_IDS * _ID.size  # number of lost requests, then the last of them
_MAX_LOST = 256  # far more than are lost between two checks of a web process
CLIENTS = _LOST + (1 + _MAX_LOST) * _COUNT.size
"""Offset of the table of clients (graph.queries.admission.client_budgets)."""


class RunningQuery(NamedTuple):
    """A request that a worker runs: when it started (monotonic clock), the worker's process id,
    and the request's ticket."""

    started_at: float
    pid: int
    ticket: int


class WorkerSlot:
    """A worker's own slot. Written twice a request, so through two casts of the memory: packing a
    struct would cost several times as much."""

    def __init__(self, memory: memoryview) -> None:
        self._started_at = memory.cast("d")
        self._numbers = memory.cast("Q")
        self._numbers[1] = os.getpid()

    def begin(self, ticket: int, now: float) -> None:
        """Record that a request starts."""
        self._started_at[0] = now
        self._numbers[2] = ticket

    def end(self) -> None:
        """Record that the worker is idle."""
        self._numbers[2] = 0


class Scoreboard:
    """The shared page, a file in the pool's folder."""

    def __init__(self, folder: Path, workers: int, client_bytes: int) -> None:
        """Open the page, and create it on first use, with slots for `workers` workers and
        `client_bytes` bytes for the table of clients."""
        self._workers = workers * _WORKER.size
        self._handle = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._handle, CLIENTS + client_bytes)
        self.memory = mmap.mmap(self._handle, CLIENTS + client_bytes)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file; the mapped memory stays readable."""
        os.close(self._handle)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock among all threads and processes."""
        with self._lock:  # record locks do not exclude threads of one process
            fcntl.lockf(self._handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._handle, fcntl.LOCK_UN)

    # --- workers ---

    def worker_slot(self, worker: int) -> WorkerSlot:
        """The slot of a worker, for the worker's own process."""
        start = worker * _WORKER.size
        return WorkerSlot(memoryview(self.memory)[start : start + _WORKER.size])

    def running(self) -> list[RunningQuery]:
        """All requests that run now."""
        slots = _WORKER.iter_unpack(self.memory[: self._workers])
        return [RunningQuery._make(slot) for slot in slots if slot[2]]

    def find(self, ticket: int) -> RunningQuery | None:
        """A request that runs now, by its ticket; None while it waits."""
        return next((query for query in self.running() if query.ticket == ticket), None)

    def record_death(self, worker: int, reason: ExitReason) -> None:
        """Record that a worker is dead, and that the request it ran is lost.

        Called by the supervisor alone.
        """
        slot = worker * _WORKER.size
        if ticket := _WORKER.unpack_from(self.memory, slot)[2]:
            self._record_loss(ticket)
        _WORKER.pack_into(self.memory, slot, 0.0, 0, 0)
        offset = _DEATHS + reason * _COUNT.size
        _COUNT.pack_into(self.memory, offset, _COUNT.unpack_from(self.memory, offset)[0] + 1)

    def _record_loss(self, ticket: int) -> None:
        number = self.lost_count()
        offset = _LOST + (1 + number % _MAX_LOST) * _COUNT.size
        _COUNT.pack_into(self.memory, offset, ticket)
        _COUNT.pack_into(self.memory, _LOST, number + 1)  # last: readers go by it

    def lost_count(self) -> int:
        """The number of requests that were lost with their workers so far."""
        number: int = _COUNT.unpack_from(self.memory, _LOST)[0]
        return number

    def lost_since(self, number: int) -> set[int]:
        """The tickets of requests lost since `lost_count()` was `number`, as far back as kept."""
        lost = self.lost_count()
        first = max(number, lost - _MAX_LOST)
        offsets = (_LOST + (1 + n % _MAX_LOST) * _COUNT.size for n in range(first, lost))
        return {_COUNT.unpack_from(self.memory, offset)[0] for offset in offsets}

    def deaths(self) -> dict[ExitReason, int]:
        """The number of workers that exited so far, by reason."""
        return {
            reason: _COUNT.unpack_from(self.memory, _DEATHS + reason * _COUNT.size)[0]
            for reason in ExitReason
        }

    def set_sandbox(self, sandbox: NetworkSandbox) -> None:
        """Record what keeps workers from the network. Called by the supervisor alone."""
        _COUNT.pack_into(self.memory, _SANDBOX, sandbox)

    def sandbox(self) -> NetworkSandbox:
        """What keeps workers from the network."""
        return NetworkSandbox(_COUNT.unpack_from(self.memory, _SANDBOX)[0])

    # --- requests with a query id, which can be cancelled ---

    def register(self, query_id: str) -> int:
        """Register a request until `unregister`; gives its row, -1 when all are in use."""
        number = _number_of_id(query_id)
        with self.locked():
            for row in range(_MAX_IDS):
                offset = _IDS + row * _ID.size
                other, process, _ = _ID.unpack_from(self.memory, offset)
                # A row of a web process that died would never be freed.
                if not other or not _is_alive(process):
                    _ID.pack_into(self.memory, offset, number, os.getpid(), 0)
                    return row
        return -1

    def unregister(self, row: int) -> None:
        """Free a row; -1 is ignored."""
        if row >= 0:
            _ID.pack_into(self.memory, _IDS + row * _ID.size, 0, 0, 0)

    def cancel(self, query_id: str) -> bool:
        """Mark all requests of an id as cancelled; False when there is none."""
        number, marked = _number_of_id(query_id), False
        with self.locked():
            for row in range(_MAX_IDS):
                offset = _IDS + row * _ID.size
                other, process, _ = _ID.unpack_from(self.memory, offset)
                if other == number and _is_alive(process):
                    _ID.pack_into(self.memory, offset, number, process, 1)
                    marked = True
        return marked

    def is_cancelled(self, row: int) -> bool:
        """Whether the request in a row was cancelled; False for -1."""
        offset = _IDS + row * _ID.size
        return row >= 0 and bool(_ID.unpack_from(self.memory, offset)[2])


def new_ticket() -> int:
    """A number that no other request of the pool has: process id, and a counter."""
    return os.getpid() << 32 | next(_numbers) & (DATAGRAM_TICKET - 1)


@lru_cache(maxsize=4096)
def number_of(text: str) -> int:
    """A hash of 64 bits that is never 0."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) or 1


def _number_of_id(query_id: str) -> int:
    return number_of("id " + query_id)  # a client's key may be the same text


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it exists, as another user's
        return True
    return True
