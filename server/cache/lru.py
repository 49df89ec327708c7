"""A least-recently-used cache with a budget in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_OVERHEAD = 500  # bytes that an entry takes besides its body, roughly


class Lru(Generic[K, V]):
    """Values by key, at most `budget` bytes of them. Safe to use from several threads."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """A value, which becomes the most recently used one; None if it is not cached."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        try:  # noqa: SIM105 - `suppress` would cost as much as everything else here
            self._entries.move_to_end(key)
        except KeyError:  # evicted by another thread meanwhile
            pass
        return entry[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Cache a value of `size` bytes, unless it would take more than a quarter of the budget."""
        size += _OVERHEAD
        if size > self.budget // 4:
            return
        with self._lock:
            old = self._entries.pop(key, None)
            self._entries[key] = (value, size)
            self.used += size - (old[1] if old else 0)
            while self.used > self.budget:
                self.used -= self._entries.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Remove all entries."""
        with self._lock:
            self._entries.clear()
            self.used = 0
