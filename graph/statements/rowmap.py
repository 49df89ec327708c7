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

import hashlib
import json
import struct
import sys
from array import array
from binascii import unhexlify
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from graph.archive import Archive, BlobWriter
from graph.statements.origin_tree import RecordTree
from graph.statements.spool import PieceSpool

RECORDS: Final = 1024
NUMBERS: Final = 16_384

_MORE = struct.Struct("<IIH")
_TAG = struct.Struct(">IH")
_TAG_DIGITS = 2 * _TAG.size


FurtherOrigin = tuple[int, bytes]
"""Another origin of a statement: its place among some, -1 for the one before these, and a tag."""


class Origin(NamedTuple):
    """The origin of a statement: digest of the capture, locator in it, name of the rule."""

    capture: str
    locator: str
    rule: str


class Origins:
    """The tables that the numbers of a row map refer to, filled during mapping.

    Records are kept in a file: the memory does not grow with their number.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where the file with the records is made, and is removed by its owner; they
        are few, and kept in memory, where there is none."""
        self.captures: list[str] = []
        self.rules: list[str] = []
        self.record_count = 0
        self._spool = PieceSpool.at(folder / "records") if folder else PieceSpool.in_memory()
        self._waiting: list[str] = []
        self._root: tuple[int, str] = 0, RecordTree().root
        self._rule_numbers: dict[str, int] = {}
        self._capture_numbers: dict[str, int] = {}

    def record(self, capture: str, locator: str) -> int:
        """The number of a new record."""
        number = self._capture_numbers.get(capture)
        if number is None:
            number = self._number(self._capture_numbers, self.captures, capture)
        self._waiting.append(f"{number}\t{locator}\n")
        if len(self._waiting) == RECORDS:
            self._spool.append("".join(self._waiting).encode())
            self._waiting = []
        self.record_count += 1
        return self.record_count - 1

    def rule(self, name: str) -> int:
        """The number of a rule; the same name has the same number."""
        return self._number(self._rule_numbers, self.rules, name)

    @staticmethod
    def _number(numbers: dict[str, int], names: list[str], name: str) -> int:
        number = numbers.setdefault(name, len(names))
        if number == len(names):
            names.append(name)
        return number

    def write_records(self, out: BlobWriter) -> None:
        """Write the lines of all records, RECORDS of them in each frame of the blob."""
        for piece in self._pieces():
            out.frame(piece)

    def _pieces(self) -> Iterator[bytes]:
        yield from self._spool.pieces()
        if self._waiting:
            yield "".join(self._waiting).encode()

    @property
    def root(self) -> str:
        """The root over the lines of all records (graph.statements.origin_tree), in hex."""
        if self._root[0] != self.record_count:  # the layers of a version share the records
            tree = RecordTree()
            for piece in self._pieces():
                tree.extend(piece)
            self._root = self.record_count, tree.root
        return self._root[1]


class RowMap:
    """The columns of a row map while its layer is written; `folder` is for temporary files."""

    def __init__(self, origins: Origins, folder: Path | None = None) -> None:
        self._origins = origins
        made = (PieceSpool.unnamed(folder) if folder else PieceSpool.in_memory() for _ in range(3))
        self._records, self._rules, self._more = made
        self._tags = bytearray()
        self._further: list[bytes] = []
        self.statements = self._further_count = 0

    def extend(self, tags: Sequence[bytes], further: Iterable[FurtherOrigin] = ()) -> None:
        """Append the origins of the next statements, as tags: record in 8 hex digits, rule in 4."""
        for place, tag in further:
            self._add_origin(self.statements + place, tag)
        self.extend_joined(b"".join(tags))

    def extend_joined(self, tags: bytes) -> None:
        """Append the origins of the next statements, of which none has another one."""
        self._tags += tags
        self.statements += len(tags) // _TAG_DIGITS
        size = NUMBERS * _TAG_DIGITS
        whole = len(self._tags) // size * size
        for first in range(0, whole, size):
            self._spill(self._tags[first : first + size])
        del self._tags[:whole]

    def _spill(self, tags: bytes | bytearray) -> None:
        records, rules = _columns(unhexlify(tags))
        self._records.append(records)
        self._rules.append(rules)

    def _add_origin(self, statement: int, tag: bytes) -> None:
        record, rule = _TAG.unpack(unhexlify(tag))
        self._further.append(_MORE.pack(statement, record, rule))
        self._further_count += 1
        if len(self._further) == NUMBERS:
            self._more.append(b"".join(self._further))
            self._further = []

    @property
    def records_root(self) -> str:
        """The root over the lines of its records, in hex."""
        return self._origins.root

    @property
    def head_hash(self) -> str:
        """SHA-256 of its first line with the line feed, in hex."""
        return hashlib.sha256(self._head()).hexdigest()

    def _head(self) -> bytes:
        head = {
            "captures": self._origins.captures,
            "rules": self._origins.rules,
            "records": self._origins.record_count,
            "statements": self.statements,
            "more": self._further_count,
        }
        return json.dumps(head, sort_keys=True, ensure_ascii=False).encode() + b"\n"

    def write(self, archive: Archive) -> str:
        """Archive the row map and return its digest."""
        if self._tags:
            self._spill(self._tags)
        if self._further:
            self._more.append(b"".join(self._further))
        with archive.writer(every=None) as out:
            out.frame(self._head())
            self._origins.write_records(out)
            for column in (self._records, self._rules, self._more):
                for piece in column.pieces():
                    out.frame(piece)
        return out.digest


def _columns(tags: bytes) -> tuple[bytes, bytes]:
    """Packed tags, big endian, as the column of records and that of rules, little endian."""
    records, rules = bytearray(len(tags) // 6 * 4), bytearray(len(tags) // 6 * 2)
    for place in range(4):
        records[place::4] = tags[3 - place :: 6]
    for place in range(2):
        rules[place::2] = tags[5 - place :: 6]
    return bytes(records), bytes(rules)


def origins_of(archive: Archive, digest: str, statements: Iterable[int]) -> list[list[Origin]]:
    """The origins of statements, given by their position in the layer's sorted lines.

    The memory needed grows with the number of these statements, not with that of the layer.
    """
    wanted = list(statements)
    numbers: dict[int, list[tuple[int, int]]] = {number: [] for number in wanted}
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
        deque(islice(blob, head["records"]), maxlen=0)
        columns = (_picked(blob, kind, head["statements"], numbers) for kind in "IH")
        for at, pair in zip(sorted(numbers), zip(*columns, strict=True), strict=True):
            numbers[at].append(pair)
        while packed := blob.read(_MORE.size * NUMBERS):
            for at, record, rule in _MORE.iter_unpack(packed):
                if at in numbers:
                    numbers[at].append((record, rule))
    places = {record for pairs in numbers.values() for record, _ in pairs}
    records = dict(_records(archive, digest, places))

    def origin(number: int, by: int) -> Origin:
        capture, locator = records[number]
        return Origin(head["captures"][capture], locator, head["rules"][by])

    return [[origin(*pair) for pair in numbers[one]] for one in wanted]


def _picked(blob: BinaryIO, kind: str, length: int, wanted: Iterable[int]) -> list[int]:
    """The numbers at some places of the column that begins here, in order of the places."""
    found, places = [], deque(sorted(wanted))
    for first in range(0, length, NUMBERS):
        part = array(kind)
        part.frombytes(blob.read(min(NUMBERS, length - first) * part.itemsize))
        if sys.byteorder == "big":  # pragma: no cover - no such machine here
            part.byteswap()
        while places and places[0] < first + len(part):
            found.append(part[places.popleft() - first])
    return found


def _records(
    archive: Archive, digest: str, wanted: Collection[int]
) -> Iterator[tuple[int, tuple[int, str]]]:
    """The records with these numbers."""
    with archive.open(digest) as blob:
        for number, text in enumerate(islice(blob, 1, max(wanted, default=-1) + 2)):
            if number in wanted:
                yield number, _record(text)


def _record(text: bytes) -> tuple[int, str]:
    capture, _, locator = text.decode().rstrip("\n").partition("\t")
    return int(capture), locator


def record_pieces(archive: Archive, digest: str) -> tuple[list[str], Iterator[bytes]]:
    """The digests of the captures that a row map refers to, and the lines of its records in pieces
    of whole lines: the number of a capture, TAB, locator."""
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
    return head["captures"], _pieces_of(archive, digest, head["records"])


def _pieces_of(archive: Archive, digest: str, count: int) -> Iterator[bytes]:
    with archive.open(digest) as blob:
        blob.readline()
        for first in range(0, count, RECORDS):
            yield b"".join(islice(blob, min(RECORDS, count - first)))


def check(archive: Archive, digest: str, statements: int) -> Sequence[str]:
    """The digests of the captures that a row map refers to.

    Raises ValueError where its columns do not have the lengths for this number of statements.
    """
    with archive.open(digest) as blob:
        head = json.loads(blob.readline())
        deque(islice(blob, head["records"]), 0)
        rest = sum(map(len, iter(lambda: blob.read(1 << 20), b"")))
    expected = 6 * statements + _MORE.size * head["more"]
    if head["statements"] != statements or rest != expected:
        raise ValueError(f"the row map is of {head['statements']} statements, not of {statements}")
    captures: list[str] = head["captures"]
    return captures
