"""Turns: locked files that say who may run a slow query now.

A slow query holds the turn of its client, of which there is one, and one of the pool's, of which
there is one less than workers. The kernel gives a turn back when its holder dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

_CLIENTS = 4096  # two clients whose keys fall together wait for each other


class SlowQuerySlot:
    """The turn of one request; `own` says that it holds its client's."""

    def __init__(self, folder: Path, client: int, slow: int) -> None:
        """`client` is its key (0: needs none of its own), `slow` how many turns the pool has."""
        self._folder = folder
        self._client = client
        self._slow = slow
        self._handles: list[int] = []
        self.own = not client
        self.whole = False

    def take(self) -> bool:
        """Take what is missing; true when nothing is missing any more."""
        self.own = self.own or self._lock(f"client-{self._client % _CLIENTS}")
        if self.own and not self.whole:
            self.whole = any(self._lock(f"slow-{n}") for n in range(self._slow))
        return self.whole

    def close(self) -> None:
        """Give everything back."""
        while self._handles:
            os.close(self._handles.pop())

    def _lock(self, name: str) -> bool:
        handle = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handles.append(handle)
        return True
