"""A row map held in memory, for questions about many of its statements in their order."""

from __future__ import annotations

import io
import json
import struct
from array import array
from collections.abc import Iterator
from itertools import accumulate

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
            data = blob.read()
        count = head["statements"]
        self._captures = {str(number): one for number, one in enumerate(head["captures"])}
        self._rules: list[str] = head["rules"]
        more = len(data) - _MORE.size * head["more"]
        rules = more - 2 * count
        records = rules - 4 * count
        self._text = data[:records]
        self._ends = _ends(self._text)
        self._record, self._rule = array("I"), array("H")
        self._record.frombytes(memoryview(data)[records:rules])
        self._rule.frombytes(memoryview(data)[rules:more])
        self._more = data[more:]
        self._last_record, self._capture, self._locator = -1, "", ""
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
        if self._next[0] > place:  # mostly there are no others
            return found
        while self._next[0] < place:
            self._next = next(self._further, _END)
        while self._next[0] == place:
            found.append(self._origin(*self._next[1:]))
            self._next = next(self._further, _END)
        return found

    def _origin(self, record: int, rule: int) -> Origin:
        if record != self._last_record:  # the statements of a record often follow each other
            ends = self._ends
            text = self._text[ends[record] : ends[record + 1] - 1].decode()
            capture, self._locator = text.split("\t", 1)
            self._capture = self._captures[capture]
            self._last_record = record
        return Origin(self._capture, self._locator, self._rules[rule])


def _ends(text: bytes) -> array[int]:
    """Where each line begins; one more at the end."""
    return array("Q", accumulate(map(len, io.BytesIO(text)), initial=0))
