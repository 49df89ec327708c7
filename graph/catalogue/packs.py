"""Packs: fragments one after another, a file for each syntax, named by the SHA-256 of its bytes.

They lie in `catalogue/` of the instance, are never written again, and are deleted when no list
refers to them. A fragment's place is its offset and length in each of the four files.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from graph.catalogue.segments import FilePart, OpenFile
from graph.catalogue.syntax import STORED
from graph.core.files import fsync

FOLDER = "catalogue"
_SENT_AS_FILE = 1 << 16  # bytes: from this length on the kernel sends a span without our reading it
_GAP = 1 << 12  # bytes: it costs less to read these than to read twice
_READ = 1 << 18  # bytes: the most that one read of neighbours takes
# Bytes. Linux keeps what is written at once in larger pieces of its page cache, and sends them in
# half the time that pieces of four kilobytes take.
_WRITTEN_AT_ONCE = 1 << 20
_HELD = 200  # bytes of a span in memory
_PLACE = struct.Struct("<" + "QI" * len(STORED))
_SPAN = struct.Struct("<Q" + "QQ" * len(STORED))
_ORDER = {syntax.extension: index for index, syntax in enumerate(STORED)}


def path_of(folder: Path, digest: str, extension: str) -> Path:
    """Where a pack lies."""
    return folder / f"{digest}.{extension}"


def span(place: bytes, extension: str) -> tuple[int, int]:
    """Offset and length of a fragment in the pack of a syntax."""
    start = 2 * _ORDER[extension]
    offset, length = _PLACE.unpack(place)[start : start + 2]
    return offset, length


Part = tuple[int, int, int]
"""A pack's number, and an offset and a length in one of its files."""


class Span(NamedTuple):
    """Fragments that lie one after another: a pack, and offset and length in each syntax."""

    pack: int
    place: tuple[int, ...]


def spans(fragments: Iterable[tuple[int, bytes]]) -> list[Span]:
    """The spans of fragments, given by pack and place, in this order."""
    found: list[list[Any]] = []  # pack, starts, ends
    last, ends = -1, tuple[int, ...]()
    for pack, packed in fragments:
        place = _PLACE.unpack(packed)
        starts = place[::2]
        follows = pack == last and starts == ends
        last, ends = pack, tuple(map(add, starts, place[1::2]))
        if follows:
            found[-1][2] = ends
        else:
            found.append([pack, starts, ends])
    return [Span(pack, _place(starts, ends)) for pack, starts, ends in found]


def _place(starts: Sequence[int], ends: Sequence[int]) -> tuple[int, ...]:
    return tuple(x for start, end in zip(starts, ends, strict=True) for x in (start, end - start))


def encode(found: Iterable[Span]) -> bytes:
    """Spans as bytes."""
    return b"".join(_SPAN.pack(span.pack, *span.place) for span in found)


def total(place: bytes) -> int:
    """The length of a fragment in all syntaxes together."""
    return sum(_PLACE.unpack(place)[1::2])


class PackWriter:
    """Writes the next pack into `folder`; `staging` holds its files until they have names."""

    def __init__(self, folder: Path, staging: Path, number: int) -> None:
        self.number = number
        self._folder = folder
        self._files: list[BinaryIO] = []
        self._hashes = [hashlib.sha256() for _ in STORED]
        self._offsets = [0] * len(STORED)
        for syntax in STORED:
            path = staging / f"pack.{syntax.extension}"
            self._files.append(path.open("wb", buffering=_WRITTEN_AT_ONCE))

    def write(self, fragments: Sequence[bytes]) -> bytes:
        """Append a fragment in all syntaxes; returns its place."""
        place = [x for pair in zip(self._offsets, map(len, fragments), strict=True) for x in pair]
        for index, fragment in enumerate(fragments):
            self._files[index].write(fragment)
            self._hashes[index].update(fragment)
            self._offsets[index] += len(fragment)
        return _PLACE.pack(*place)

    def close(self, connection: sqlite3.Connection) -> None:
        """Name the files by their bytes, and list them; an empty pack is dropped."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with ThreadPoolExecutor(len(STORED)) as pool:  # the disk takes them at once
            list(pool.map(_finish, self._files))
        for syntax, file, digest in zip(STORED, self._files, self._hashes, strict=True):
            draft = Path(file.name)
            if not self._offsets[0]:
                draft.unlink()
                continue
            name = digest.hexdigest()
            draft.rename(path_of(self._folder, name, syntax.extension))
            row = (self.number, syntax.extension, name, self._offsets[_ORDER[syntax.extension]])
            connection.execute("INSERT INTO pack VALUES (?, ?, ?, ?)", row)
        fsync(self._folder)


def _finish(file: BinaryIO) -> None:
    with file:
        file.flush()
        os.fsync(file.fileno())


class PackReader:
    """Reads fragments of one syntax; files are opened when they are needed, and stay open."""

    def __init__(self, folder: Path, rows: Iterable[tuple[int, str]], extension: str) -> None:
        self._extension = extension
        self._paths = {number: path_of(folder, digest, extension) for number, digest in rows}
        self._open: dict[int, OpenFile] = {}

    def read(self, pack: int, place: bytes) -> bytes:
        """A fragment. Raises FileNotFoundError where its pack is missing or cut short."""
        offset, length = span(place, self._extension)
        return FilePart(self._checked(pack, offset + length), offset, length).read()

    def fragments(self, packed: bytes) -> Fragments:
        """The fragments of spans. Raises FileNotFoundError where a pack is missing or cut short,
        before anything is read."""
        start = 1 + 2 * _ORDER[self._extension]
        parts = [(row[0], row[start], row[start + 1]) for row in _SPAN.iter_unpack(packed)]
        ends = dict[int, int]()
        for pack, offset, length in parts:
            ends[pack] = max(ends.get(pack, 0), offset + length)
        files = {pack: self._checked(pack, end) for pack, end in ends.items()}
        return Fragments.of(files, parts)

    def _checked(self, pack: int, end: int) -> OpenFile:
        """A pack's file. Raises FileNotFoundError where it is missing, or ends before `end`."""
        if pack not in self._open:
            self._open[pack] = OpenFile(self._paths[pack])
        file = self._open[pack]
        if os.fstat(file.fileno()).st_size < end:
            raise FileNotFoundError(f"{self._paths[pack]} is shorter than its list says")
        return file


@dataclass(frozen=True, slots=True)
class Fragments:
    """Fragments in packs, read when they are sent: spans by what is read or sent at once."""

    files: Mapping[int, OpenFile]
    groups: Sequence[Sequence[Part]]
    length: int

    @staticmethod
    def of(files: Mapping[int, OpenFile], parts: Sequence[Part]) -> Fragments:
        """The fragments of spans: pack, offset and length of each."""
        return Fragments(files, _neighbours(parts), sum(length for _, _, length in parts))

    @property
    def held(self) -> int:
        """Bytes in memory, roughly."""
        return _HELD * sum(map(len, self.groups))

    def segments(self) -> Iterator[bytes | FilePart]:
        """Long spans as parts of their files; short ones as bytes, neighbours by one read."""
        for group in self.groups:
            pack, offset, length = group[0]
            if length >= _SENT_AS_FILE:
                yield FilePart(self.files[pack], offset, length)
            else:
                yield _read(self.files[pack], group)


def _neighbours(parts: Iterable[Part]) -> list[list[Part]]:
    """Short spans of a pack that follow one another with small gaps; long ones by themselves."""
    groups: list[list[Part]] = []
    last, end, limit = -1, 0, 0
    for part in parts:
        pack, offset, length = part
        short = length < _SENT_AS_FILE
        if short and pack == last and end <= offset <= min(end + _GAP, limit):
            groups[-1].append(part)
        else:
            groups.append([part])
            limit = offset + _READ
        last, end = pack if short else -1, offset + length
    return groups


def _read(file: OpenFile, group: Sequence[Part]) -> bytes:
    (_, begin, _), (_, offset, length) = group[0], group[-1]
    found = memoryview(FilePart(file, begin, offset + length - begin).read())
    return b"".join([found[offset - begin : offset - begin + size] for _, offset, size in group])
