"""Slots for slow queries: locked files that say which slow query may run now.

A slow query holds two: its client's slot, of which there is one, and one of the pool's, of which
there is one less than workers. The kernel releases a lock when its holder dies.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

_CLIENT_SLOTS = 4096  # two clients whose keys fall on one file wait for each other


class SlowQuerySlot:
    """The slots of one request.

    `has_client_slot` tells whether it holds its client's, `acquired` whether it holds both.
    """

    def __init__(self, folder: Path, client: int, slots: int) -> None:
        """`client` is the number of the client's key (0: the server itself, which needs no slot
        of a client), `slots` the number of slots of the pool."""
        self._folder = folder
        self._client = client
        self._slots = slots
        self._handles: list[int] = []
        self.has_client_slot = not client
        self.acquired = False

    def acquire(self) -> bool:
        """Acquire the slots that are still missing, without waiting; True once it holds both."""
        if not self.has_client_slot:
            self.has_client_slot = self._lock(f"client-{self._client % _CLIENT_SLOTS}")
        # The client's slot first: a client without it must not keep others from the pool's slots.
        if self.has_client_slot and not self.acquired:
            self.acquired = any(self._lock(f"slow-{n}") for n in range(self._slots))
        return self.acquired

    def release(self) -> None:
        """Release both slots."""
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
