"""External sorting of statements: sorted runs on disk, merged as a stream.

A tagged line is `line TAB record rule`, both numbers in hex of fixed width. All lines end in ` .`,
so no line is a prefix of another, and tagged lines sort like their lines.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterator, Sequence
from operator import add
from pathlib import Path

from graph.statements.canonical import Normaliser

RUN_BYTES = 256 << 20
_BATCH = 20_000
TAG = 13  # TAB, 8 hex digits of the record, 4 of the rule


def tag(record: int, rule: int) -> bytes:
    """The tag behind a line: its origin."""
    return b"\t%08x%04x" % (record, rule)


class Sorter:
    """Takes lines in any order and returns them tagged and sorted; holds about RUN_BYTES of them.

    A context manager: sorted runs are written below `scratch` and deleted at its end.
    """

    def __init__(self, scratch: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sort-", dir=scratch)
        self._normaliser = Normaliser()
        self._lines: list[bytes] = []
        self._tags: list[bytes] = []
        self._run: list[bytes] = []
        self._size = 0
        self._spilled: list[Path] = []

    def __enter__(self) -> Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()
        self._run = []  # frees the lines, also where the sorter itself is still referred to

    def extend(self, record: int, lines: Sequence[bytes], rules: Sequence[int]) -> None:
        """Add the lines made from a record, and for each line the rule that made it."""
        # two lists of bytes, not one of tuples: the garbage collector does not track bytes
        tags = {rule: tag(record, rule) for rule in {*rules}}
        self._lines += lines
        self._tags += [tags[rule] for rule in rules]
        if len(self._lines) >= _BATCH:
            self._absorb()

    def _absorb(self) -> None:
        lines = self._normaliser.lines(self._lines)
        tagged = [*map(add, lines, self._tags)]
        self._lines, self._tags = [], []
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

    def spill(self) -> list[Path]:
        """Write all lines to files, as sorted runs, and give these: for `adopt` in the process
        that this one was forked from."""
        self._absorb()
        if self._run:
            self._spill()
        return self._spilled

    def adopt(self, runs: Sequence[Path]) -> None:
        """Take over the lines that a forked process wrote by `spill`."""
        self._spilled += runs

    def sorted(self) -> Iterator[bytes]:
        """All lines, tagged and in order."""
        self._absorb()
        self._run.sort()
        if not self._spilled:
            return iter(self._run)
        return heapq.merge(*map(_read, self._spilled), self._run)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=1 << 20) as file:
        for text in file:
            yield text[:-1]
