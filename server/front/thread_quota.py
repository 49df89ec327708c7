"""The threads of a web process, shared among clients, so that one client cannot have them all.

Whoever has as many at work as one may have waits for one of its own: it may send requests whose
answers it never reads, and each of these holds a thread for a while.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

Start = Callable[[], None]


class PerClientThreadLimit:
    """What clients have at work, and what they wait for. For one thread alone."""

    def __init__(self, most: int) -> None:
        """`most` is how many jobs of a client are at work at once."""
        self._most = most
        self._at_work: Counter[str] = Counter()
        self._waiting: dict[str, deque[Start]] = {}

    def take(self, client: str, start: Start) -> None:
        """Start a job of a client as soon as it has less at work than it may; at once where nobody
        knows whose it is (an empty name)."""
        if client and self._at_work[client] >= self._most:
            self._waiting.setdefault(client, deque()).append(start)
            return
        self._at_work[client] += 1
        start()

    def give_back(self, client: str) -> None:
        """A job of a client is done; the next of its own begins."""
        if waiting := self._waiting.get(client):
            start = waiting.popleft()
            if not waiting:
                del self._waiting[client]
            start()
            return
        self._at_work[client] -= 1
        if not self._at_work[client]:
            del self._at_work[client]
