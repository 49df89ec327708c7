"""Lines on their way into a blob that is read by line numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graph.archive import LINES, Archive, BlobWriter


class LineWriter:
    """Writes lines; the blob can be read from every `LINES`th line on (`SeekableBlob.lines`)."""

    def __init__(self, out: BlobWriter) -> None:
        self._out = out
        self._waiting: list[bytes] = []

    def extend(self, lines: list[bytes]) -> None:
        """Append lines without line feeds."""
        self._waiting += lines
        while len(self._waiting) >= LINES:
            self._write(self._waiting[:LINES])
            del self._waiting[:LINES]

    def _write(self, lines: list[bytes]) -> None:
        self._out.frame(b"\n".join([*lines, b""]))

    def finish(self) -> None:
        """Write the lines that wait."""
        if self._waiting:
            self._write(self._waiting)
            self._waiting = []

    @property
    def digest(self) -> str:
        """SHA-256 of all that is written, in hex."""
        return self._out.digest


@contextmanager
def line_writer(archive: Archive) -> Iterator[LineWriter]:
    """Write a blob of lines; it is kept when the block ends, and discarded if it raises."""
    with archive.writer(every=None) as out:
        lines = LineWriter(out)
        yield lines
        lines.finish()
