"""Counters that all web processes share: one anonymous mapping, a row of numbers for each process.

Every process adds to its own row, so no lock between them is needed; reading adds the rows up. A
process that takes the place of a dead one goes on with its row.
"""

from __future__ import annotations

import mmap
import threading
from collections.abc import Iterable

_ROWS = 64


class Counters:
    """Numbers by name; the names are known from the beginning."""

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {name: place for place, name in enumerate(names)}
        self._width = len(self._places)
        self._memory = memoryview(mmap.mmap(-1, max(1, _ROWS * self._width) * 8)).cast("d")
        self._first = 0
        self._lock = threading.Lock()

    def use_row(self, number: int) -> None:
        """Count in this row from now on: no two processes at a time in the same."""
        self._first = number % _ROWS * self._width

    def add(self, *what: tuple[str, float]) -> None:
        """Add to some numbers. Raises KeyError for a name that is not known."""
        with self._lock:
            for name, number in what:
                self._memory[self._first + self._places[name]] += number

    def own(self, name: str) -> float:
        """A number, of this process's row alone."""
        return self._memory[self._first + self._places[name]]

    def total(self, name: str) -> float:
        """A number, over all processes."""
        place = self._places[name]
        return sum(self._memory[place :: self._width].tolist())
