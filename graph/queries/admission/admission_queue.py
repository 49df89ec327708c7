"""The queue of requests that wait for a slow-query slot, bounded in all and per client."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from graph.core.errors import QueryThrottled, QueueFull
from graph.queries.model.query import QueryLimits

_RETRY_AFTER = 5  # seconds


class AdmissionQueue:
    """Counts the requests of this process that wait for a slot."""

    def __init__(self, limits: QueryLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._waiting: Counter[int] = Counter()

    @contextmanager
    def enter(self, client: int) -> Iterator[None]:
        """Wait in the queue while the context is open; `client` is 0 for the server itself.

        Raises QueryThrottled when too many requests of this client wait, QueueFull when too many
        wait in all.
        """
        with self._lock:
            self._check(client)
            self._waiting[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[client] -= 1
                if not self._waiting[client]:
                    del self._waiting[client]

    def _check(self, client: int) -> None:
        if client and self._waiting[client] >= self._limits.waiting:
            raise QueryThrottled(
                f"{self._waiting[client]} queries of this client are waiting already",
                retry=_RETRY_AFTER,
                hint="Send one query after the other.",
                message_mn=f"энэ хэрэглэгчийн {self._waiting[client]} асуулга хүлээгдэж байна",
                hint_mn="Асуулгаа нэг нэгээр нь илгээнэ үү.",
            )
        if self._waiting.total() >= self._limits.queue:
            raise queue_full()


def queue_full() -> QueueFull:
    """The error of a full queue."""
    return QueueFull(
        "too many queries are waiting",
        hint="Try again later.",
        message_mn="хэт олон асуулга хүлээгдэж байна",
        hint_mn="Дараа дахин оролдоно уу.",
    )
