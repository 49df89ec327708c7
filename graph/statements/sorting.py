"""Sorting more statements than memory should hold: sorted runs on disk, merged as a stream.

A tagged line is `line TAB record rule`, both numbers in fixed-width hex. A line always ends in
` .`, so no line is the beginning of another and tagged lines sort as their lines do.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from graph.statements.canonical import Normaliser

RUN_BYTES = 256 << 20
_BATCH = 20_000
TAG = 13  # TAB, 8 hex digits of the record, 4 of the rule


class Tagged(NamedTuple):
    """A line, the number of the record it came from and of the rule that made it."""

    line: bytes
    record: int
    rule: int


def tag(line: bytes, record: int, rule: int) -> bytes:
    """A line with its origin behind it."""
    return b"%b\t%08x%04x" % (line, record, rule)


class Sorter:
    """Takes tagged lines in any order, gives them back sorted; holds at most RUN_BYTES of them.

    Use it as a context manager: sorted runs are written below `scratch` and go with it.
    """

    def __init__(self, scratch: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sort-", dir=scratch)
        self._normaliser = Normaliser()
        self._batch: list[Tagged] = []
        self._run: list[bytes] = []
        self._size = 0
        self._spilled: list[Path] = []

    def __enter__(self) -> Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def add(self, item: Tagged) -> None:
        """Take one line; it is normalised with its batch."""
        self._batch.append(item)
        if len(self._batch) == _BATCH:
            self._absorb()

    def extend(self, items: Iterable[Tagged]) -> Sorter:
        """Take many lines."""
        for item in items:
            self.add(item)
        return self

    def _absorb(self) -> None:
        if not self._batch:
            return
        texts, records, rules = zip(*self._batch, strict=True)
        lines = self._normaliser.lines(texts)
        tagged = [*map(tag, lines, records, rules)]
        self._batch = []
        self._run += tagged
        self._size += sum(map(len, tagged))
        if self._size > RUN_BYTES:
            self._spill()

    def _spill(self) -> None:
        self._run.sort()
        path = Path(self._folder.name, str(len(self._spilled)))
        with path.open("wb") as file:
            file.writelines(text + b"\n" for text in self._run)
        self._spilled.append(path)
        self._run, self._size = [], 0

    def sorted(self) -> Iterator[bytes]:
        """All lines taken, tagged, in order."""
        self._absorb()
        self._run.sort()
        if not self._spilled:
            return iter(self._run)
        return heapq.merge(*map(_read, self._spilled), self._run)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=1 << 20) as file:
        for text in file:
            yield text[:-1]
