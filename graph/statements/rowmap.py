"""Row maps: from which record of which capture each statement was made, and by which rule.

A row map is a blob beside the sorted lines of a layer, in the same order:

    one JSON line   {"captures": […], "rules": […], "records": r, "statements": s, "more": m}
    r lines         number of the capture, TAB, locator
    s × uint32      record of each statement        (little endian)
    s × uint16      rule of each statement
    m × (uint32 statement, uint32 record, uint16 rule)   further origins, by statement

Reading can begin behind the head, behind every `RECORDS`th record, and behind every `NUMBERS`th of
each of the other three (`graph.evidence`).
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from binascii import unhexlify
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from graph.archive import Archive, BlobWriter

RECORDS: Final = 1024
NUMBERS: Final = 16_384

_MORE = struct.Struct("<IIH")
_TAG = struct.Struct(">IH")
_Row = TypeVar("_Row")


class Origin(NamedTuple):
    """The origin of a statement: digest of the capture, locator in it, name of the rule."""

    capture: str
    locator: str
    rule: str


@dataclass(slots=True)
class Origins:
    """The tables that the numbers of a row map refer to, filled during mapping."""

    captures: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    records: list[tuple[int, str]] = field(default_factory=list)
    _rule_numbers: dict[str, int] = field(default_factory=dict)
    _capture_numbers: dict[str, int] = field(default_factory=dict)

    def record(self, capture: str, locator: str) -> int:
        """The number of a new record."""
        self.records.append((self._number(self._capture_numbers, self.captures, capture), locator))
        return len(self.records) - 1

    def rule(self, name: str) -> int:
        """The number of a rule; the same name has the same number."""
        return self._number(self._rule_numbers, self.rules, name)

    @staticmethod
    def _number(numbers: dict[str, int], names: list[str], name: str) -> int:
        number = numbers.setdefault(name, len(names))
        if number == len(names):
            names.append(name)
        return number


@dataclass(slots=True)
class RowMap:
    """The columns of a row map while its layer is written."""

    origins: Origins
    record: array[int] = field(default_factory=lambda: array("I"))
    rule: array[int] = field(default_factory=lambda: array("H"))
    more: list[tuple[int, int, int]] = field(default_factory=list)

    def extend(self, tags: Iterable[bytes]) -> None:
        """Append the origins of the next statements, as tags: record in 8 hex digits, rule in 4."""
        for record, rule in _TAG.iter_unpack(unhexlify(b"".join(tags))):
            self.record.append(record)
            self.rule.append(rule)

    def add_origin(self, statement: int, tag: bytes) -> None:
        """Add an origin to a statement, given by its number."""
        record, rule = _TAG.unpack(unhexlify(tag))
        self.more.append((statement, record, rule))

    def write(self, archive: Archive) -> str:
        """Archive the row map and return its digest."""
        origins = self.origins
        head = {
            "captures": origins.captures,
            "rules": origins.rules,
            "records": len(origins.records),
            "statements": len(self.record),
            "more": len(self.more),
        }
        with archive.writer(every=None) as out:
            out.write(json.dumps(head, sort_keys=True, ensure_ascii=False).encode() + b"\n")
            out.cut()
            for some in _parts(origins.records, RECORDS):
                _write(out, "".join(f"{c}\t{at}\n" for c, at in some).encode())
            for column in (self.record, self.rule):
                for numbers in _parts(column, NUMBERS):
                    _write(out, _little(array(column.typecode, numbers)))
            for rows in _parts(self.more, NUMBERS):
                _write(out, b"".join(_MORE.pack(*row) for row in rows))
        return out.digest


def _parts(rows: Sequence[_Row], length: int) -> Iterator[Sequence[_Row]]:
    return (rows[first : first + length] for first in range(0, len(rows), length))


def _write(out: BlobWriter, data: bytes) -> None:
    out.write(data)
    out.cut()


def _little(column: array[int]) -> bytes:
    if sys.byteorder == "big":  # pragma: no cover - no such machine here
        column = column[:]
        column.byteswap()
    return column.tobytes()


def origins_of(archive: Archive, digest: str, statements: Iterable[int]) -> list[list[Origin]]:
    """The origins of statements, given by their position in the layer's sorted lines."""
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
        records = [_record(text) for text in islice(blob, head["records"])]
        count = head["statements"]
        record, rule = array("I"), array("H")
        record.frombytes(blob.read(4 * count))
        rule.frombytes(blob.read(2 * count))
        more: dict[int, list[tuple[int, int]]] = {}
        for at, r, by in _MORE.iter_unpack(blob.read()):
            more.setdefault(at, []).append((r, by))

    def origin(number: int, by: int) -> Origin:
        capture, locator = records[number]
        return Origin(head["captures"][capture], locator, head["rules"][by])

    return [
        [origin(record[s], rule[s]), *(origin(*further) for further in more.get(s, ()))]
        for s in statements
    ]


def _record(text: bytes) -> tuple[int, str]:
    capture, _, locator = text.decode().rstrip("\n").partition("\t")
    return int(capture), locator


def check(archive: Archive, digest: str, statements: int) -> Sequence[str]:
    """The digests of the captures that a row map refers to.

    Raises ValueError where its columns do not have the lengths for this number of statements.
    """
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
        for _ in range(head["records"]):
            blob.readline()
        rest = len(blob.read())
    expected = 6 * statements + _MORE.size * head["more"]
    if head["statements"] != statements or rest != expected:
        raise ValueError(f"the row map is of {head['statements']} statements, not of {statements}")
    captures: list[str] = head["captures"]
    return captures
