"""Balance of connections among web processes: new ones go to the process with the fewest.

The kernel wakes all processes for a new connection, and the busiest is often the first to accept.
"""

from __future__ import annotations

import mmap
import time

_ROWS = 64
_UNUSED = -1
_TOLERANCE = 1  # connections; one more or less means nothing, since those for one query are short
_MAX_DEFERRED = 8  # times in a row, since the process with the fewest may be busy
_PAUSE = 0.0002  # seconds in which that process can wake up and accept


class AcceptBalance:
    """The connection counts of all processes, in a memory mapping created before they are
    forked."""

    def __init__(self) -> None:
        self._counts = memoryview(mmap.mmap(-1, _ROWS * 8)).cast("q")
        for row in range(_ROWS):
            self._counts[row] = _UNUSED
        self._row = 0
        self._deferred = 0

    def use_row(self, number: int) -> None:
        """Write this process's count in this row from now on."""
        self._row = number % _ROWS
        self.set_count(0)

    def free_row(self, number: int) -> None:
        """Forget the count of a process that has exited."""
        self._counts[number % _ROWS] = _UNUSED

    def set_count(self, connections: int) -> None:
        """Set the number of connections of this process."""
        self._counts[self._row] = connections

    def should_defer_accept(self) -> bool:
        """Whether to leave a new connection to a process that has fewer; pauses if so."""
        fewest = min((n for n in self._counts.tolist() if n != _UNUSED), default=0)
        own = self._counts[self._row]
        defer = own > fewest + _TOLERANCE and self._deferred < _MAX_DEFERRED
        self._deferred = self._deferred + 1 if defer else 0
        if defer:
            time.sleep(_PAUSE)
        return defer


ACCEPT_BALANCE = AcceptBalance()
