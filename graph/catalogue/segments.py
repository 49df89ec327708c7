"""A body that is put together from bytes and parts of files when it is sent, never in memory."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from pathlib import Path
from typing import NamedTuple, cast

_BLOCK = 1 << 17  # bytes: what the processor's cache holds


class OpenFile:
    """A file that is open for reading as long as somebody refers to it."""

    __slots__ = ("_descriptor",)

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)

    def fileno(self) -> int:
        """Its descriptor."""
        return self._descriptor

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)


class FilePart(NamedTuple):
    """Bytes of a file, by offset and length."""

    file: OpenFile
    offset: int
    length: int

    def read(self) -> bytes:
        """The bytes. Raises EOFError where the file is shorter."""
        return b"".join(self.blocks())

    def blocks(self) -> Iterator[bytes]:
        """The bytes, block by block. Raises EOFError where the file is shorter."""
        end = self.offset + self.length
        for start in range(self.offset, end, _BLOCK):
            size = min(_BLOCK, end - start)
            found = os.pread(self.file.fileno(), size, start)
            if len(found) != size:
                raise EOFError("a file is shorter than it was")
            yield found


class Segments:
    """Bytes and parts of files, one after another.

    It has what a WSGI server's `file_wrapper` asks of a file; the connection sends the parts of
    files without reading them (`server.front.minimum_rate_socket`).
    """

    def __init__(self, segments: Iterable[bytes | FilePart]) -> None:
        self._segments = list(_joined(segments))
        self._ends = list(accumulate(map(_length, self._segments)))
        self.length = self._ends[-1] if self._ends else 0
        self._blocks: Iterator[bytes] | None = None  # made by `read`: it refers to this object

    def at(self, position: int) -> tuple[bytes | FilePart, int]:
        """The segment that has the byte at this position, and how many bytes of it are before."""
        index = bisect_right(self._ends, position)
        found = self._segments[index]
        return found, position - self._ends[index] + _length(found)

    def __iter__(self) -> Iterator[bytes]:
        for segment in self._segments:
            if isinstance(segment, bytes):
                yield segment
            else:
                yield from segment.blocks()

    def fileno(self) -> int:
        """The descriptor of one of its files. Raises OSError where all is in memory."""
        for segment in self._segments:
            if isinstance(segment, FilePart):
                return segment.file.fileno()
        raise OSError("there is no file")

    def read(self, _size: int = -1) -> bytes:
        """The next block, however long; nothing at the end."""
        self._blocks = self._blocks or iter(self)
        return next(self._blocks, b"")


def _joined(segments: Iterable[bytes | FilePart]) -> Iterator[bytes | FilePart]:
    """The segments that are not empty; bytes that follow one another are one, and sent at once."""
    for in_memory, group in groupby(segments, key=lambda one: isinstance(one, bytes)):
        parts = [one for one in group if _length(one)]
        if in_memory and parts:
            yield b"".join(cast("list[bytes]", parts))
        else:
            yield from parts


def _length(segment: bytes | FilePart) -> int:
    return len(segment) if isinstance(segment, bytes) else segment.length
