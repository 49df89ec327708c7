"""The number of distinct objects of each property, and of all together, in bounded memory.

Objects are compared by a keyed hash of 64 bits: among 20 million, the probability that any two
collide is one in a hundred thousand. Hashes that do not fit into memory are written to disk as
sorted runs.
"""

from __future__ import annotations

import heapq
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

IN_MEMORY = 1_000_000
"""Number of hashes held in memory: 8 MB as arrays, some 80 MB while they are counted."""
_BLOCK = 1 << 20
Numbers: TypeAlias = "array[int]"  # the class takes no parameter before Python 3.12


class Distinct:
    """Counts distinct hashes by property. A context manager: its files are deleted at the end."""

    def __init__(self, scratch: Path | None, in_memory: int = IN_MEMORY) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="distinct-", dir=scratch)
        self._limit = in_memory
        self._held: dict[bytes, Numbers] = {}
        self._runs: dict[bytes, list[Path]] = {}
        self._files = 0

    def __enter__(self) -> Distinct:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def adder(self, name: bytes) -> Callable[[int], None]:
        """The function that adds the hash of one object of a property."""
        return self._held.setdefault(name, array("q")).append

    def shrink(self) -> None:
        """Remove duplicates, then write to disk what exceeds the limit; to be called regularly."""
        if sum(map(len, self._held.values())) > self._limit:
            for held in self._held.values():
                held[:] = array("q", set(held))
        while sum(map(len, self._held.values())) > self._limit // 2:
            self._spill(max(self._held, key=lambda name: len(self._held[name])))

    def _spill(self, name: bytes) -> None:
        held = self._held[name]  # emptied, not replaced: `adder` gave out its append method
        self._runs.setdefault(name, []).append(self._write(sorted(held)))
        del held[:]

    def _write(self, numbers: Iterable[int]) -> Path:
        self._files += 1
        path = Path(self._folder.name, str(self._files))
        with path.open("wb") as file:
            array("q", numbers).tofile(file)
        return path

    def count(self) -> tuple[dict[bytes, int], int]:
        """The distinct objects by property, and of all; nothing may be added afterwards."""
        if not self._runs:
            sets = {name: set(held) for name, held in self._held.items()}
            by_property = {name: len(hashes) for name, hashes in sets.items()}
            return by_property, len(set().union(*sets.values()))
        for name in list(self._held):
            self._spill(name)
        by_property = {name: _length(self._merged([name])) for name in self._runs}
        return by_property, _length(self._merged(self._runs))

    def _merged(self, names: Iterable[bytes]) -> Iterator[int]:
        runs = [_read(path) for name in names for path in self._runs[name]]
        return (number for number, _ in groupby(heapq.merge(*runs)))


def _length(numbers: Iterator[int]) -> int:
    return sum(1 for _ in numbers)


def _read(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            numbers = array("q")
            numbers.frombytes(block)
            yield from numbers
