"""A row map held in memory, for questions about many of its statements in their order."""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterator
from io import BufferedReader
from itertools import accumulate, islice

from graph.archive import Archive
from graph.statements.rowmap import Origin

_MORE = struct.Struct("<IIH")
_END = (1 << 32, 0, 0)  # behind all statements


class WholeRowMap:
    """The columns of a row map: about 6 bytes a statement, and the text of the records."""

    def __init__(self, archive: Archive, digest: str) -> None:
        """Raises IntegrityError where the blob is missing or damaged."""
        with archive.open(digest) as blob:
            head = json.loads(blob.readline())
            self._captures: list[str] = head["captures"]
            self._rules: list[str] = head["rules"]
            self._text, self._ends = _records(blob, head["records"])
            self._record, self._rule = array("I"), array("H")
            self._record.frombytes(blob.read(4 * head["statements"]))
            self._rule.frombytes(blob.read(2 * head["statements"]))
            self._more = blob.read()
        self._rewind()

    def _rewind(self) -> None:
        self._further: Iterator[tuple[int, int, int]] = _MORE.iter_unpack(self._more)
        self._next = next(self._further, _END)
        self._last = -1

    def origins(self, place: int) -> list[Origin]:
        """The origins of a statement, by its place; quick where it is not before the last one."""
        if place < self._last:
            self._rewind()
        self._last = place
        found = [self._origin(self._record[place], self._rule[place])]
        while self._next[0] < place:
            self._next = next(self._further, _END)
        while self._next[0] == place:
            found.append(self._origin(*self._next[1:]))
            self._next = next(self._further, _END)
        return found

    def _origin(self, record: int, rule: int) -> Origin:
        text = self._text[self._ends[record] : self._ends[record + 1] - 1]
        capture, _, locator = text.partition(b"\t")
        return Origin(self._captures[int(capture)], locator.decode(), self._rules[rule])


def _records(blob: BufferedReader, number: int) -> tuple[bytes, array[int]]:
    """The lines of the records, and where each begins; one more at the end."""
    lines = list(islice(blob, number))
    return b"".join(lines), array("Q", accumulate(map(len, lines), initial=0))
