"""Packs: fragments one after another, a file for each syntax, named by the SHA-256 of its bytes.

They lie in `catalogue/` of the instance, are never written again, and are deleted when no list
refers to them. A fragment's place is its offset and length in each of the four files.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from graph.catalogue.syntax import STORED
from graph.core.files import fsync

FOLDER = "catalogue"
_BLOCK = 1 << 16  # bytes
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


class Span(NamedTuple):
    """Fragments that lie one after another: a pack, and offset and length in each syntax."""

    pack: int
    place: tuple[int, ...]


def spans(fragments: Iterable[tuple[int, bytes]]) -> list[Span]:
    """The spans of fragments, given by pack and place, in this order."""
    found: list[Span] = []
    for pack, packed in fragments:
        place = _PLACE.unpack(packed)
        if found and found[-1].pack == pack and _follows(found[-1].place, place):
            last = found[-1].place
            longer = (x if i % 2 == 0 else x + place[i] for i, x in enumerate(last))
            found[-1] = Span(pack, tuple(longer))
        else:
            found.append(Span(pack, place))
    return found


def _follows(last: tuple[int, ...], place: tuple[int, ...]) -> bool:
    ends = (last[i] + last[i + 1] for i in range(0, len(last), 2))
    return all(end == offset for end, offset in zip(ends, place[::2], strict=True))


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
            self._files.append((staging / f"pack.{syntax.extension}").open("wb"))

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
        for syntax, file, digest in zip(STORED, self._files, self._hashes, strict=True):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            draft = Path(file.name)
            if not self._offsets[0]:
                draft.unlink()
                continue
            name = digest.hexdigest()
            draft.rename(path_of(self._folder, name, syntax.extension))
            row = (self.number, syntax.extension, name, self._offsets[_ORDER[syntax.extension]])
            connection.execute("INSERT INTO pack VALUES (?, ?, ?, ?)", row)
        fsync(self._folder)


class PackReader:
    """Reads fragments of one syntax; files are opened when they are needed, and stay open."""

    def __init__(self, folder: Path, rows: Iterable[tuple[int, str]], extension: str) -> None:
        self._extension = extension
        self._paths = {number: path_of(folder, digest, extension) for number, digest in rows}
        self._open: dict[int, int] = {}

    def read(self, pack: int, place: bytes) -> bytes:
        """A fragment. Raises FileNotFoundError where its pack is missing."""
        return self._read(pack, *span(place, self._extension))

    def fragments(self, packed: bytes) -> Fragments:
        """The fragments of spans. Raises FileNotFoundError where a pack is missing or cut short,
        before anything is read."""
        start = 1 + 2 * _ORDER[self._extension]
        parts = [(row[0], row[start], row[start + 1]) for row in _SPAN.iter_unpack(packed)]
        ends = dict[int, int]()
        for pack, offset, length in parts:
            ends[pack] = max(ends.get(pack, 0), offset + length)
        for pack, end in ends.items():
            if os.fstat(self._descriptor(pack)).st_size < end:
                raise self._short(pack)
        return Fragments(self._read, parts, sum(length for _, _, length in parts))

    def _read(self, pack: int, offset: int, length: int) -> bytes:
        found = os.pread(self._descriptor(pack), length, offset)
        if len(found) != length:
            raise self._short(pack)
        return found

    def _short(self, pack: int) -> FileNotFoundError:
        return FileNotFoundError(f"{self._paths[pack]} is shorter than its list says")

    def _descriptor(self, pack: int) -> int:
        if pack not in self._open:
            self._open[pack] = os.open(self._paths[pack], os.O_RDONLY)
        return self._open[pack]

    def close(self) -> None:
        """Close the files."""
        while self._open:
            os.close(self._open.popitem()[1])


@dataclass(frozen=True, slots=True)
class Fragments:
    """Fragments in packs, read when they are sent: pack, offset and length of each span."""

    read: Callable[[int, int, int], bytes]
    parts: Sequence[tuple[int, int, int]]
    length: int

    def blocks(self) -> Iterator[bytes]:
        """Their bytes, in blocks that the allocator and the processor's cache hold at once."""
        block, size = list[bytes](), 0
        for pack, offset, length in self.parts:
            end = offset + length
            while offset < end:
                piece = self.read(pack, offset, min(_BLOCK - size, end - offset))
                block.append(piece)
                offset, size = offset + len(piece), size + len(piece)
                if size == _BLOCK:
                    yield b"".join(block)
                    block, size = [], 0
        yield b"".join(block)
