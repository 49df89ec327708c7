"""Run the same work once: callers that ask for a key in progress wait for its result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from graph.core import errors
from graph.core.errors import QueryTimeout, QueueFull

V = TypeVar("V")
# Errors that running the work again would repeat; after any other a waiting caller runs it itself.
_REPEATABLE = (
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
    """Work in progress, its outcome, and one lock for each caller that waits for it."""

    __slots__ = ("error", "result", "waiting")

    def __init__(self) -> None:
        self.waiting: list[threading.Lock] = []
        self.result: V | None = None
        self.error: BaseException | None = None


class SingleFlight(Generic[V]):
    """Work by key. A waiting caller blocks its thread, so at most `max_waiting` may wait."""

    def __init__(self, max_waiting: int = 60) -> None:
        self._max_waiting = max_waiting
        self._flights: dict[Hashable, _Flight[V]] = {}
        self._lock = threading.Lock()
        self._waiting = 0

    def __contains__(self, key: Hashable) -> bool:
        return key in self._flights

    def share(self, key: Hashable, seconds: float, work: Callable[[float], V]) -> V:
        """The result of `work`, or of the same work when another thread is running it.

        `work` gets the seconds that are left: fewer than `seconds` for a caller that waited for
        work that failed. Raises what `work` raises; QueryTimeout after `seconds` of waiting,
        QueueFull when `max_waiting` callers wait already.
        """
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:
                flight = self._flights.get(key)
                if flight is None:
                    mine = self._flights[key] = _Flight()
                    break
                done = self._join(flight)
            self._wait(done, deadline, seconds)
            if flight.result is not None:
                return flight.result
            if isinstance(flight.error, _REPEATABLE):
                raise flight.error
        return self._lead(key, mine, lambda: work(max(0.0, deadline - time.monotonic())))

    def _join(self, flight: _Flight[V]) -> threading.Lock:
        """A lock that is released when the flight ends."""
        if self._waiting >= self._max_waiting:
            raise _too_many()
        self._waiting += 1
        done = threading.Lock()
        done.acquire()
        flight.waiting.append(done)
        return done

    def _wait(self, done: threading.Lock, deadline: float, seconds: float) -> None:
        try:
            if not done.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise _ran_longer(seconds)
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
            for done in flight.waiting:
                done.release()


def _too_many() -> QueueFull:
    error = QueueFull(
        "too many requests are waiting for the same answer",
        hint="Try again later.",
        message_mn="нэг хариуг хэт олон хүсэлт хүлээж байна",
        hint_mn="Дараа дахин оролдоно уу.",
    )
    error.timing = 0.0, 0.0
    return error


def _ran_longer(seconds: float) -> QueryTimeout:
    error = QueryTimeout(
        f"the query waited {seconds:.1f} s for an equal one, which ran longer",
        hint="Allow more time: the answer is kept when the other one has it.",
        message_mn=f"ижил асуулга дуусахыг {seconds:.1f} секунд хүлээсэн ч тэр нь дууссангүй",
        hint_mn="Илүү урт хугацаа өгнө үү: нөгөө нь дуусмагц хариу хадгалагдана.",
    )
    error.timing = seconds, 0.0
    return error
