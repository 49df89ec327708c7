"""Sorted unique lines in memory or in a file; subjects are found by binary search."""

from __future__ import annotations

import heapq
import mmap
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import pyoxigraph as ox

Buffer = bytes | mmap.mmap
Group = dict[bytes, list[bytes]]
"""A subject's statements: predicate → objects."""

_RELEASED = 1 << 24  # bytes behind the place where reading is
_RUN_SIZE = 250_000  # lines sorted in memory at once

_IRI = rb'<[^\x00-\x20<>"{}|^`\\]*>'
_STRING = rb'"[^"\\\n\r]*(?:\\[tbnrf"\\][^"\\\n\r]*)*"'
_NO_STRING = rb"(?!<http://www\.w3\.org/2001/XMLSchema#string>)"
CANONICAL = re.compile(
    rb"(%(iri)s|_:[A-Za-z0-9]+) (%(iri)s) "
    rb"(?:%(iri)s|_:[A-Za-z0-9]+|%(string)s(?:@[a-z]+(?:-[a-z0-9]+)*|\^\^%(not)s%(iri)s)?) \.\n"
    % {b"iri": _IRI, b"string": _STRING, b"not": _NO_STRING}
)


def canonical(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Each line in canonical form, with line feed.

    Raises SyntaxError (of pyoxigraph) where a line is not N-Triples.
    """
    for line in lines:
        if CANONICAL.fullmatch(line):  # much faster than parsing, and true of almost all lines
            yield line
        else:
            for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                yield f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()


class LineSpool:
    """Sorted unique lines, kept in memory, or in an unnamed file in `folder`."""

    def __init__(self, lines: Iterable[bytes], folder: Path | None = None) -> None:
        self._folder = folder
        self.count = 0
        self._buffer = self._store(self._counted(_merged(self._runs(iter(lines)))))

    def _runs(self, lines: Iterator[bytes]) -> Iterator[Iterable[bytes]]:
        """Sorted runs; all except the last are written to files."""
        while run := sorted(islice(lines, _RUN_SIZE)):
            yield self._write_run(run) if len(run) == _RUN_SIZE else run

    def _counted(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        for self.count, line in enumerate(lines, 1):
            yield line

    def _write_run(self, run: list[bytes]) -> BinaryIO:
        file: BinaryIO = TemporaryFile(dir=self._folder)  # noqa: SIM115
        file.writelines(run)
        file.seek(0)
        return file

    def _store(self, lines: Iterator[bytes]) -> Buffer:
        if self._folder is None:
            return b"".join(lines)
        with TemporaryFile(dir=self._folder) as file:
            file.writelines(lines)
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


def _merged(runs: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    last = b""
    for line in heapq.merge(*runs):
        if line != last:
            yield line
            last = line


def tee(lines: Iterable[bytes], observe: Callable[[bytes], None]) -> Iterator[bytes]:
    """The same lines; `observe` is called with each before it is passed on."""
    for line in lines:
        observe(line)
        yield line
