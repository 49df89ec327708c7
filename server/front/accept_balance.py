"""How many connections each web process has, so that new ones go where there are fewest.

The kernel wakes all processes for a new connection, and the busiest is often the first to take it.
"""

from __future__ import annotations

import mmap
import time

_ROWS = 64
_NOBODY = -1
_EVEN = 1  # more than another is as many: connections for one request come and go
_PATIENCE = 8  # times a process leaves a connection to others,
_MOMENT = 0.0002  # for so many seconds


class AcceptBalance:
    """The figures of all processes, in one anonymous mapping made before they are forked."""

    def __init__(self) -> None:
        self._numbers = memoryview(mmap.mmap(-1, _ROWS * 8)).cast("q")
        for row in range(_ROWS):
            self._numbers[row] = _NOBODY
        self._own = 0
        self._left = 0

    def use_row(self, number: int) -> None:
        """Tell this process's figure in this row from now on."""
        self._own = number % _ROWS
        self.tell(0)

    def free_row(self, number: int) -> None:
        """A process is gone."""
        self._numbers[number % _ROWS] = _NOBODY

    def tell(self, connections: int) -> None:
        """This process has so many."""
        self._numbers[self._own] = connections

    def leave_it(self) -> bool:
        """Whether to leave a new connection to a process that has fewer; not for ever, since that
        one may be busy."""
        fewest = min((n for n in self._numbers.tolist() if n != _NOBODY), default=0)
        leave = self._numbers[self._own] > fewest + _EVEN and self._left < _PATIENCE
        self._left = self._left + 1 if leave else 0
        if leave:
            time.sleep(_MOMENT)  # for that one to wake up
        return leave


ACCEPT_BALANCE = AcceptBalance()
