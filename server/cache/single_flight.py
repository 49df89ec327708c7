"""One flight: those who ask what is being worked out wait for it instead of asking again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from graph.core import errors
from graph.core.errors import QueryTimeout, QueueFull

V = TypeVar("V")
# Errors that asking again would bring again; after any other a waiting one tries by itself.
_LASTING = (
    errors.QuerySyntaxError,
    errors.QueryUnsupported,
    errors.QueryTooLarge,
    errors.QueryTooComplex,
    errors.QueryRefused,
    errors.QueryNotAcceptable,
    errors.QueueFull,
    errors.EngineFailure,
)


class _Flight(Generic[V]):
    """Work in progress, its outcome, and a lock for each that waits for it."""

    __slots__ = ("error", "result", "waiting")

    def __init__(self) -> None:
        self.waiting: list[threading.Lock] = []
        self.result: V | None = None
        self.error: BaseException | None = None


class SingleFlight(Generic[V]):
    """Work by key. Those that wait take a thread each, so at most `most` may."""

    def __init__(self, most: int = 60) -> None:
        self._most = most
        self._flights: dict[Hashable, _Flight[V]] = {}
        self._lock = threading.Lock()
        self._waiting = 0

    def __contains__(self, key: Hashable) -> bool:
        return key in self._flights

    def share(self, key: Hashable, seconds: float, work: Callable[[], V]) -> V:
        """The result of `work`, or of the same work where it is going on already.

        Raises what `work` raises; QueryTimeout after so many seconds of waiting, QueueFull where
        too many wait.
        """
        end = time.monotonic() + seconds
        while True:
            with self._lock:
                flight = self._flights.get(key)
                if flight is None:
                    mine = self._flights[key] = _Flight()
                    break
                turn = self._join(flight)
            self._wait(turn, end)
            if flight.result is not None:
                return flight.result
            if isinstance(flight.error, _LASTING):
                raise flight.error
        return self._lead(key, mine, work)

    def _join(self, flight: _Flight[V]) -> threading.Lock:
        if self._waiting >= self._most:
            raise QueueFull("too many wait for the same answer", hint="Try again later.")
        self._waiting += 1
        turn = threading.Lock()
        turn.acquire()
        flight.waiting.append(turn)
        return turn

    def _wait(self, turn: threading.Lock, end: float) -> None:
        try:
            if not turn.acquire(timeout=max(0.0, end - time.monotonic())):
                raise QueryTimeout(
                    "the query was not finished in time",
                    hint="Narrow it, or try again when there is less load.",
                )
        finally:
            with self._lock:
                self._waiting -= 1

    def _lead(self, key: Hashable, flight: _Flight[V], work: Callable[[], V]) -> V:
        try:
            flight.result = work()
            return flight.result
        except BaseException as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            for turn in flight.waiting:
                turn.release()
