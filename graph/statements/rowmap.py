"""Row maps: which record of which capture made a statement, and by which rule.

A blob beside the sorted lines of a layer, in the same order:

    one JSON line   {"captures": […], "rules": […], "records": r, "statements": s, "more": m}
    r lines         number of the capture, TAB, locator
    s × uint32      record of each statement        (little endian)
    s × uint16      rule of each statement
    m × (uint32 statement, uint32 record, uint16 rule)   further origins of statements said twice
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from binascii import unhexlify
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from graph.archive import Archive

_MORE = struct.Struct("<IIH")
_TAG = struct.Struct(">IH")


class Origin(NamedTuple):
    """Where a statement came from: capture digest, locator in it, rule name."""

    capture: str
    locator: str
    rule: str


@dataclass(slots=True)
class Origins:
    """The tables a row map's numbers point into, filled while mapping."""

    captures: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    records: list[tuple[int, str]] = field(default_factory=list)
    _rule_numbers: dict[str, int] = field(default_factory=dict)
    _capture_numbers: dict[str, int] = field(default_factory=dict)

    def record(self, capture: str, locator: str) -> int:
        """Number a record."""
        self.records.append((self._number(self._capture_numbers, self.captures, capture), locator))
        return len(self.records) - 1

    def rule(self, name: str) -> int:
        """Number a rule; the same name has the same number."""
        return self._number(self._rule_numbers, self.rules, name)

    @staticmethod
    def _number(numbers: dict[str, int], names: list[str], name: str) -> int:
        number = numbers.setdefault(name, len(names))
        if number == len(names):
            names.append(name)
        return number


@dataclass(slots=True)
class RowMap:
    """The columns of a row map while a layer is written."""

    origins: Origins
    record: array[int] = field(default_factory=lambda: array("I"))
    rule: array[int] = field(default_factory=lambda: array("H"))
    more: list[tuple[int, int, int]] = field(default_factory=list)

    def extend(self, tags: Iterable[bytes]) -> None:
        """The origins of the next statements, as tags: record in 8 hex digits, rule in 4."""
        for record, rule in _TAG.iter_unpack(unhexlify(b"".join(tags))):
            self.record.append(record)
            self.rule.append(rule)

    def add_origin(self, statement: int, tag: bytes) -> None:
        """A further origin of a statement, by its number."""
        record, rule = _TAG.unpack(unhexlify(tag))
        self.more.append((statement, record, rule))

    def write(self, archive: Archive) -> str:
        """Write the blob; give its digest."""
        origins = self.origins
        head = {
            "captures": origins.captures,
            "rules": origins.rules,
            "records": len(origins.records),
            "statements": len(self.record),
            "more": len(self.more),
        }
        with archive.writer() as out:
            out.write(json.dumps(head, sort_keys=True, ensure_ascii=False).encode() + b"\n")
            out.write("".join(f"{c}\t{at}\n" for c, at in origins.records).encode())
            out.write(_little(self.record))
            out.write(_little(self.rule))
            out.write(b"".join(_MORE.pack(*row) for row in self.more))
        return out.digest


def _little(column: array[int]) -> bytes:
    if sys.byteorder == "big":  # pragma: no cover - no such machine here
        column = column[:]
        column.byteswap()
    return column.tobytes()


def origins_of(archive: Archive, digest: str, statements: Iterable[int]) -> list[list[Origin]]:
    """The origins of statements given by their number in the layer's sorted lines."""
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
        places = [_place(text) for text in islice(blob, head["records"])]
        count = head["statements"]
        record, rule = array("I"), array("H")
        record.frombytes(blob.read(4 * count))
        rule.frombytes(blob.read(2 * count))
        more: dict[int, list[tuple[int, int]]] = {}
        for at, r, by in _MORE.iter_unpack(blob.read()):
            more.setdefault(at, []).append((r, by))

    def origin(number: int, by: int) -> Origin:
        capture, locator = places[number]
        return Origin(head["captures"][capture], locator, head["rules"][by])

    return [
        [origin(record[s], rule[s]), *(origin(*further) for further in more.get(s, ()))]
        for s in statements
    ]


def _place(text: bytes) -> tuple[int, str]:
    capture, _, locator = text.decode().rstrip("\n").partition("\t")
    return int(capture), locator


def check(archive: Archive, digest: str, statements: int) -> Sequence[str]:
    """The captures a row map speaks of, after checking that its columns fit.

    Raises ValueError when they do not.
    """
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
        for _ in range(head["records"]):
            blob.readline()
        rest = len(blob.read())
    wanted = 6 * statements + _MORE.size * head["more"]
    if head["statements"] != statements or rest != wanted:
        raise ValueError(f"a row map of {head['statements']} statements, {statements} expected")
    captures: list[str] = head["captures"]
    return captures
