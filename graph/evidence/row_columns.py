"""A row map read in parts: its head, the lines of its records, the tags of some statements."""

from __future__ import annotations

import io
import json
from bisect import bisect_left
from collections.abc import Iterator
from struct import Struct

from graph.archive import SeekableBlob

_MORE = Struct("<IIH")
_RECORD, _RULE = 4, 2  # bytes
_PIECE = 1 << 18


class RowColumns:
    """The parts of a row map (graph.statements.rowmap), however its blob is cut."""

    def __init__(self, blob: SeekableBlob) -> None:
        self._blob = blob
        with blob.stream() as stream:
            self.head_line = stream.readline()
        head = json.loads(self.head_line)
        self.records: int = head["records"]
        self.statements: int = head["statements"]
        self._count: int = head["more"]
        self._more = blob.length - _MORE.size * self._count
        self._rules = self._more - _RULE * self.statements
        self._tags = self._rules - _RECORD * self.statements

    def record_lines(self) -> Iterator[list[bytes]]:
        """The lines of its records with their line feeds, some at a time."""
        at, rest = len(self.head_line), b""
        while at < self._tags:
            data = rest + self._blob.read(at, min(_PIECE, self._tags - at))
            at += len(data) - len(rest)
            end = data.rfind(b"\n") + 1
            yield io.BytesIO(data[:end]).readlines()
            rest = data[end:]

    def tags(self, first: int, count: int) -> list[bytes]:
        """Of each of some statements its tags: record in 8 hex digits, rule in 4; blanks between
        the tags of one (graph.statements.origin_tree)."""
        records = self._blob.read(self._tags + _RECORD * first, _RECORD * count)
        rules = self._blob.read(self._rules + _RULE * first, _RULE * count)
        packed = bytearray(6 * count)
        for place in range(_RECORD):
            packed[place::6] = records[3 - place :: 4]
        for place in range(_RULE):
            packed[4 + place :: 6] = rules[1 - place :: 2]
        text = packed.hex().encode()
        found = [text[at : at + 12] for at in range(0, len(text), 12)]
        for statement, record, rule in self._further(first, first + count):
            found[statement - first] += b" %08x%04x" % (record, rule)
        return found

    def _further(self, first: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The further origins of the statements from one up to another."""
        begin = bisect_left(range(self._count), first, key=lambda n: self._one(n)[0])
        for number in range(begin, self._count):
            one = self._one(number)
            if one[0] >= end:
                return
            yield one

    def _one(self, number: int) -> tuple[int, int, int]:
        data = self._blob.read(self._more + _MORE.size * number, _MORE.size)
        statement, record, rule = _MORE.unpack(data)
        return statement, record, rule
