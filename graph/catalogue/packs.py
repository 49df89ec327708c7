"""Packs: fragments one after another, a file for each syntax, named by the SHA-256 of its bytes.

They lie in `catalogue/` of the instance, are never written again, and are deleted when no list
refers to them. A fragment's place is its offset and length in each of the four files.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from graph.catalogue.syntax import STORED
from graph.core.files import fsync

FOLDER = "catalogue"
_PLACE = struct.Struct("<" + "QI" * len(STORED))
_ORDER = {syntax.extension: index for index, syntax in enumerate(STORED)}


def path_of(folder: Path, digest: str, extension: str) -> Path:
    """Where a pack lies."""
    return folder / f"{digest}.{extension}"


def span(place: bytes, extension: str) -> tuple[int, int]:
    """Offset and length of a fragment in the pack of a syntax."""
    start = 2 * _ORDER[extension]
    offset, length = _PLACE.unpack(place)[start : start + 2]
    return offset, length


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
        offset, length = span(place, self._extension)
        found = os.pread(self._descriptor(pack), length, offset)
        if len(found) != length:
            raise FileNotFoundError(f"{self._paths[pack]} is shorter than its list says")
        return found

    def _descriptor(self, pack: int) -> int:
        if pack not in self._open:
            self._open[pack] = os.open(self._paths[pack], os.O_RDONLY)
        return self._open[pack]

    def close(self) -> None:
        """Close the files."""
        while self._open:
            os.close(self._open.popitem()[1])
