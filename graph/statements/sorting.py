"""Sorting more statements than memory should hold: sorted runs on disk, merged as a stream.

A tagged line is `line TAB record rule`, both numbers in fixed-width hex. A line always ends in
` .`, so no line is the beginning of another and tagged lines sort as their lines do.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from graph.statements.canonical import Normaliser

RUN_BYTES = 256 << 20
_BATCH = 20_000
_TAG = 13  # TAB, 8 hex digits of the record, 4 of the rule


class Tagged(NamedTuple):
    """A line, the number of the record it came from and of the rule that made it."""

    line: bytes
    record: int
    rule: int


def tag(line: bytes, record: int, rule: int) -> bytes:
    """A line with its origin behind it."""
    return b"%b\t%08x%04x" % (line, record, rule)


def untag(text: bytes) -> Tagged:
    """Take a tagged line apart."""
    return Tagged(text[:-_TAG], int(text[-12:-4], 16), int(text[-4:], 16))


def sorted_lines(items: Iterable[Tagged], scratch: Path) -> Iterator[bytes]:
    """Normalise, tag and sort; at most RUN_BYTES of lines are held in memory at once.

    Runs are written below `scratch` and are gone when the iteration ends.
    """
    with tempfile.TemporaryDirectory(prefix="sort-", dir=scratch) as folder:
        runs: list[Iterator[bytes]] = []
        last: list[bytes] = []
        for number, run in enumerate(_runs(items)):
            if last:
                runs.append(_spill(last, Path(folder, str(number))))
            last = run
        yield from heapq.merge(*runs, last) if runs else last


def _runs(items: Iterable[Tagged]) -> Iterator[list[bytes]]:
    run: list[bytes] = []
    size = 0
    for batch in _normalised(items):
        run += batch
        size += sum(map(len, batch))
        if size > RUN_BYTES:
            run.sort()
            yield run
            run, size = [], 0
    run.sort()
    yield run


def _normalised(items: Iterable[Tagged]) -> Iterator[list[bytes]]:
    normaliser = Normaliser()
    source = iter(items)
    while batch := list(islice(source, _BATCH)):
        lines = normaliser.lines([item.line for item in batch])
        yield [tag(line, i.record, i.rule) for line, i in zip(lines, batch, strict=True)]


def _spill(run: list[bytes], path: Path) -> Iterator[bytes]:
    with path.open("wb") as file:
        file.writelines(text + b"\n" for text in run)
    return _read(path)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=1 << 20) as file:
        for text in file:
            yield text[:-1]
