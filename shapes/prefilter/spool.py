"""Sorted unique lines in memory or in a file; subjects are found by binary search."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from shapes.prefilter.merging import merge, unique

Buffer = bytes | mmap.mmap
Group = dict[bytes, list[bytes]]
"""A subject's statements: predicate → objects."""

_RELEASED = 1 << 24  # bytes behind the place where reading is
_RUN_SIZE = 250_000  # lines sorted in memory at once
_PIECE = 1 << 20  # bytes of a run that are read at a time


class LineSpool:
    """Sorted unique lines, kept in memory, or in an unnamed file in `folder`."""

    def __init__(self, given: Iterable[bytes], folder: Path | None = None) -> None:
        """`given` are blocks of whole lines, in any order."""
        self._folder = folder
        self.count = 0
        self._buffer = self._store(self._counted(unique(merge(self._runs(given)))))

    def _runs(self, given: Iterable[bytes]) -> Iterator[Iterator[list[bytes]]]:
        """Sorted runs; all except the last are written to files."""
        run: list[bytes] = []
        for block in given:
            run += block.splitlines(keepends=True)
            if len(run) >= _RUN_SIZE:
                yield self._write_run(sorted(run))
                run = []
        run.sort()
        yield iter([run])

    def _counted(self, lists: Iterable[list[bytes]]) -> Iterator[bytes]:
        for lines in lists:
            self.count += len(lines)
            yield b"".join(lines)

    def _write_run(self, run: list[bytes]) -> Iterator[list[bytes]]:
        file: BinaryIO = TemporaryFile(dir=self._folder)  # noqa: SIM115
        file.writelines(run)
        file.seek(0)
        return _read(file)

    def _store(self, parts: Iterator[bytes]) -> Buffer:
        if self._folder is None:
            return b"".join(parts)
        with TemporaryFile(dir=self._folder) as file:
            file.writelines(parts)
            file.flush()
            # an empty file cannot be mapped; a mapping outlives its file
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""

    def __len__(self) -> int:
        return len(self._buffer)

    def has_subject(self, subject: bytes) -> bool:
        """Whether there are statements about a subject."""
        prefix = subject + b" "
        position = self._bisect(prefix)
        return self._buffer[position : position + len(prefix)] == prefix

    def blocks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Blocks of complete lines, about 4 MiB each."""
        last = len(self) if end is None else end
        while start < last:
            block = self._buffer[start : self._line_end(min(start + (1 << 22), last) - 1)]
            start += len(block)
            yield block
            self._release(start)

    def _release(self, end: int) -> None:
        """Give back the memory of what was read: the whole file would count as memory in use."""
        if isinstance(self._buffer, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            first = max(0, end - _RELEASED) // mmap.PAGESIZE * mmap.PAGESIZE
            self._buffer.madvise(mmap.MADV_DONTNEED, first, end - first)

    def _line_end(self, position: int) -> int:
        return self._buffer.find(b"\n", position) + 1

    def split(self, number: int) -> list[tuple[int, int]]:
        """At most `number` byte ranges of about the same size that do not split a subject."""
        cuts = {self._subject_start(len(self) * n // number) for n in range(number)}
        bounds = [*sorted(cuts), len(self)]
        return list(pairwise(bounds)) if len(self) else []

    def _subject_start(self, position: int) -> int:
        start = self._buffer.rfind(b"\n", 0, position) + 1
        return self._bisect(self._subject(start)) if len(self) else 0

    def _subject(self, start: int) -> bytes:
        return self._buffer[start : self._buffer.find(b" ", start) + 1]

    def groups(self, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, Group]]:
        """Each subject of a byte range with its statements."""
        subject, group = b"", Group()
        for line in (line for block in self.blocks(start, end) for line in block.splitlines()):
            this, predicate, value = line.split(b" ", 2)
            if this != subject:
                if group:
                    yield subject, group
                subject, group = this, {}
            group.setdefault(predicate, []).append(value[:-2])  # without " ."
        if group:
            yield subject, group

    def group(self, subject: bytes) -> Group:
        """The statements about one subject; empty if there are none."""
        prefix, found = subject + b" ", Group()
        position = self._bisect(prefix)
        while self._buffer[position : position + len(prefix)] == prefix:
            end = self._line_end(position)
            _, predicate, value = self._buffer[position:end].split(b" ", 2)
            found.setdefault(predicate, []).append(value[:-3])  # without " .\n"
            position = end
        return found

    def _bisect(self, prefix: bytes) -> int:
        """The position of the first line that begins with `prefix`, or where it would be."""
        low, high, buffer = 0, len(self), self._buffer
        while low < high:
            start = buffer.rfind(b"\n", low, (low + high) // 2) + 1 or low
            if buffer[start : start + len(prefix)] < prefix:
                low = buffer.find(b"\n", start) + 1
            else:
                high = start
        return low


def _read(file: BinaryIO) -> Iterator[list[bytes]]:
    """The lines of a file, some at a time; it is closed at its end."""
    with file:
        while data := file.read(_PIECE):
            yield (data + file.readline()).splitlines(keepends=True)


def tee(given: Iterable[bytes], observe: Callable[[bytes], None]) -> Iterator[bytes]:
    """The same blocks; `observe` is called with each before it is passed on."""
    for block in given:
        observe(block)
        yield block
