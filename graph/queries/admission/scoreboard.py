"""A page of memory that supervisor, workers and web processes share: plain numbers.

It says which worker runs which request since when, why workers died, and which requests are to be
cancelled. A worker's line is written by that worker alone (and by the supervisor once it is dead);
what several write is written under a lock that the kernel drops with its holder.
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

_NAME = "board"
MOST_WORKERS = 64
_NAMED = 256  # requests with a name at one time
_WORKER = Struct("=dQQ")  # since when, process, ticket (0: idle)
_COUNT = Struct("=Q")
_TICKET = Struct("=QII")  # ticket, web process, whether to cancel


_numbers = count(1)
DATAGRAM_TICKET = (
    1 << 31
)  # in a ticket: its request came as a datagram (graph.queries.pool.datagrams)


class ExitReason(IntEnum):
    """Why a worker ended."""

    HUNG_UP = 0  # nobody waits for its answer any more: deadline, cancelled, turned back
    OVERDUE = 1  # its own alarm: whoever waited for it was stuck
    MEMORY = 2  # aborted: no more memory allowed, or the engine gave up
    CRASHED = 3
    KILLED = 4
    RENEWED = 5  # of its own will, between two queries
    FAILED = 6


class NetworkSandbox(IntEnum):
    """What keeps workers from the network."""

    UNKNOWN = 0  # the supervisor has not begun
    NAMESPACE = 1
    FILTER = 2
    NONE = 3


_DEATHS = MOST_WORKERS * _WORKER.size
_WALL = _DEATHS + len(ExitReason) * _COUNT.size
_TICKETS = _WALL + _COUNT.size
_LOST = _TICKETS + _NAMED * _TICKET.size  # how many requests were lost, then the last of them
_MOST_LOST = 256
CLIENTS = _LOST + (1 + _MOST_LOST) * _COUNT.size  # where the table of clients begins


class RunningQuery(NamedTuple):
    """A worker's line: the request it runs, and since when by the monotonic clock."""

    since: float
    process: int
    ticket: int


class WorkerSlot:
    """A worker's line, written twice a request: so as cheap as can be."""

    def __init__(self, line: memoryview) -> None:
        self._since = line.cast("d")
        self._numbers = line.cast("Q")
        self._numbers[1] = os.getpid()

    def begin(self, ticket: int, now: float) -> None:
        """A request begins."""
        self._since[0] = now
        self._numbers[2] = ticket

    def end(self) -> None:
        """It has ended."""
        self._numbers[2] = 0


class Scoreboard:
    """The shared page, a file in the pool's folder."""

    def __init__(self, folder: Path, workers: int, more: int) -> None:
        """Open it, made on first use, with lines for some workers and `more` bytes for clients."""
        self._workers = workers * _WORKER.size
        self._handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._handle, CLIENTS + more)
        self.memory = mmap.mmap(self._handle, CLIENTS + more)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let the file go; what is mapped stays readable."""
        os.close(self._handle)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among all threads and processes."""
        with self._lock:
            fcntl.lockf(self._handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._handle, fcntl.LOCK_UN)

    # --- workers ---

    def line(self, worker: int) -> WorkerSlot:
        """The line for this process to write its work on."""
        return WorkerSlot(
            memoryview(self.memory)[worker * _WORKER.size : (worker + 1) * _WORKER.size]
        )

    def runs(self) -> list[RunningQuery]:
        """All requests that run now."""
        lines = _WORKER.iter_unpack(self.memory[: self._workers])
        return [RunningQuery(*line) for line in lines if line[2]]

    def find(self, ticket: int) -> RunningQuery | None:
        """Where a request runs, or None while it waits."""
        return next((run for run in self.runs() if run.ticket == ticket), None)

    def buried(self, worker: int, why: ExitReason) -> None:
        """A worker is dead (the supervisor says so), and lost is the request it ran."""
        place = worker * _WORKER.size
        if ticket := _WORKER.unpack_from(self.memory, place)[2]:
            self._lose(ticket)
        _WORKER.pack_into(self.memory, place, 0.0, 0, 0)
        place = _DEATHS + why * _COUNT.size
        _COUNT.pack_into(self.memory, place, _COUNT.unpack_from(self.memory, place)[0] + 1)

    def _lose(self, ticket: int) -> None:
        (number,) = _COUNT.unpack_from(self.memory, _LOST)
        place = _LOST + (1 + number % _MOST_LOST) * _COUNT.size
        _COUNT.pack_into(self.memory, place, ticket)
        _COUNT.pack_into(self.memory, _LOST, number + 1)

    def lost(self) -> int:
        """How many requests were lost so far with their workers."""
        number: int = _COUNT.unpack_from(self.memory, _LOST)[0]
        return number

    def lost_since(self, number: int) -> set[int]:
        """The requests lost since there were so many, as far as they are remembered."""
        first = max(number, self.lost() - _MOST_LOST)
        places = (_LOST + (1 + n % _MOST_LOST) * _COUNT.size for n in range(first, self.lost()))
        return {_COUNT.unpack_from(self.memory, place)[0] for place in places}

    def deaths(self) -> dict[ExitReason, int]:
        """How many workers died of what."""
        return {
            why: _COUNT.unpack_from(self.memory, _DEATHS + why * _COUNT.size)[0]
            for why in ExitReason
        }

    def say_wall(self, wall: NetworkSandbox) -> None:
        """What keeps workers from the network (the supervisor says so)."""
        _COUNT.pack_into(self.memory, _WALL, wall)

    def wall(self) -> NetworkSandbox:
        """What keeps workers from the network."""
        return NetworkSandbox(_COUNT.unpack_from(self.memory, _WALL)[0])

    # --- requests that can be cancelled by their name ---

    def enter(self, name: str) -> int:
        """A place for a request with a name, until `leave`; -1 while too many have one."""
        ticket = _of_name(name)
        with self.locked():
            for place in range(_NAMED):
                at = _TICKETS + place * _TICKET.size
                other, process, _ = _TICKET.unpack_from(self.memory, at)
                if not other or not _alive(process):
                    _TICKET.pack_into(self.memory, at, ticket, os.getpid(), 0)
                    return place
        return -1

    def leave(self, place: int) -> None:
        """Give a place back."""
        if place >= 0:
            _TICKET.pack_into(self.memory, _TICKETS + place * _TICKET.size, 0, 0, 0)

    def cancel(self, name: str) -> bool:
        """Have all requests of this name end; False where there are none."""
        ticket, found = _of_name(name), False
        with self.locked():
            for place in range(_NAMED):
                at = _TICKETS + place * _TICKET.size
                other, process, _ = _TICKET.unpack_from(self.memory, at)
                if other == ticket and _alive(process):
                    _TICKET.pack_into(self.memory, at, ticket, process, 1)
                    found = True
        return found

    def cancelled(self, place: int) -> bool:
        """Whether the request in this place is to end."""
        at = _TICKETS + place * _TICKET.size
        return place >= 0 and bool(_TICKET.unpack_from(self.memory, at)[2])


def new_ticket() -> int:
    """A number that no other request of the pool has."""
    return os.getpid() << 32 | next(_numbers) & (DATAGRAM_TICKET - 1)


@lru_cache(maxsize=4096)
def number_of(text: str) -> int:
    """A text as a number of 64 bits that is never 0."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) or 1


def _of_name(name: str) -> int:
    return number_of("name " + name)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
