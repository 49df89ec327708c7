"""A quota of threads per client, so that one client cannot occupy all threads of a web process.

A thread may be occupied for a while by a client that does not read its responses. Requests of a
client that has as many threads as one may have wait until one of its own is free.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

Start = Callable[[], None]


class PerClientThreadLimit:
    """Counts the threads that each client occupies. For one thread alone."""

    def __init__(self, limit: int) -> None:
        """`limit` is how many threads a client may occupy at once."""
        self._limit = limit
        self._occupied: Counter[str] = Counter()
        self._waiting: dict[str, deque[Start]] = {}

    def acquire(self, client: str, start: Start) -> None:
        """Call `start` as soon as the client may occupy one more thread.

        At once for an unknown client (empty: the operator's proxy hides them).
        """
        if client and self._occupied[client] >= self._limit:
            self._waiting.setdefault(client, deque()).append(start)
            return
        self._occupied[client] += 1
        start()

    def release(self, client: str) -> None:
        """Free a thread of a client, or start with it what the client waits for."""
        if waiting := self._waiting.get(client):
            start = waiting.popleft()  # on the same thread, so that its client's count stays
            if not waiting:
                del self._waiting[client]
            start()
            return
        self._occupied[client] -= 1
        if not self._occupied[client]:
            del self._occupied[client]
