"""A cache bounded in bytes that forgets what was used longest ago."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_OWN = 500  # bytes that an entry takes beside its body, roughly


class Lru(Generic[K, V]):
    """Values by key, at most `budget` bytes of them. May be used from several threads."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self._found: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: K) -> V | None:
        """A value, which is now the last to go."""
        found = self._found.get(key)
        if found is None:
            return None
        try:  # noqa: SIM105 - costs nothing, where `suppress` costs as much as all else here
            self._found.move_to_end(key)
        except KeyError:  # thrown out this moment
            pass
        return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of so many bytes, unless it would take over a quarter of all."""
        size += _OWN
        if size > self.budget // 4:
            return
        with self._lock:
            old = self._found.pop(key, None)
            self._found[key] = (value, size)
            self.used += size - (old[1] if old else 0)
            while self.used > self.budget:
                self.used -= self._found.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._found.clear()
            self.used = 0
