"""Positions in a document: which line a parser is at, and how a locator names it."""

from __future__ import annotations

from typing import IO, cast

from loaders.catalogues.model import ReceivedDocument


def line_locator(first: int, last: int | None = None) -> str:
    """Lines as an RFC 5147 fragment: positions between lines, so line 12 is `line=11,12`."""
    return f"line={first - 1},{last or first}"


def last_line(locator: str) -> int:
    """The last of the lines that a locator names."""
    return int(locator.rpartition(",")[2])


def line_at(data: bytes, position: int) -> int:
    """The line in which a byte stands, counted from 1."""
    return data.count(b"\n", 0, position) + 1


class LineCounter:
    """The lines of positions that are asked for in their order, each byte counted once."""

    def __init__(self, data: bytes, first_line: int = 0) -> None:
        self._data, self._line, self._counted = data, first_line + 1, 0

    def locator(self, position: int) -> str:
        """The line in which a byte stands; not before the one that was asked for last."""
        return line_locator(self.line(position))

    def line(self, position: int) -> int:
        """The same as a number."""
        self._line += self._data.count(b"\n", self._counted, position)
        self._counted = position
        return self._line


class LineReader:
    """Bytes that a parser reads line by line, so that its position is known."""

    def __init__(self, document: ReceivedDocument, data: bytes | None = None) -> None:
        self._data = document.data if data is None else data
        self._start = 0
        self._line = document.first_line

    def read(self, size: int = -1) -> bytes:
        """One line, or a part of it if it is longer than `size`."""
        end = self._data.find(b"\n", self._start) + 1 or len(self._data)
        stop = min(end, self._start + size) if size >= 0 else end
        part, self._start = self._data[self._start : stop], stop
        self._line += stop == end and bool(part)
        return part

    @property
    def line(self) -> int:
        """The line that the parser has read last."""
        return max(self._line, 1)

    @property
    def locator(self) -> str:
        """The same as a locator."""
        return line_locator(self.line)

    def as_file(self) -> IO[bytes]:
        """This reader, for parsers that take a file."""
        return cast(IO[bytes], self)
