"""Where the rows of delimited text lie: the byte at which every 256th row begins.

Rows are counted as loaders count them (Python's csv; RFC 7111: the header is row 1), in any
encoding that writes ASCII as one byte. The marks are a file in `cache/marks/`:

    one JSON line   {"rows": r, "size": bytes of the capture}
    uint64          offset of row 1, of row 257, …    (little endian)
"""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, cast

from graph.archive import SeekableBlob
from graph.evidence import cache_files
from graph.evidence.spans import ByteSpan, Delimited
from graph.ledger.merkle import tree_root

EVERY: Final = 256  # rows
_MARK = b"\xef\xbb\xbf"  # UTF-8 byte order mark, which is no part of a row
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16: two bytes a character
_MOST = 64 << 20  # bytes of marks: two thousand million rows


@dataclass(frozen=True, slots=True)
class RowMarks:
    """The number of rows, of bytes, and the offsets of the rows 1, 257, 513 …"""

    rows: int
    size: int
    offsets: array[int]

    @property
    def root(self) -> str:
        """RFC 6962 root, in hex; a leaf is an offset in 8 bytes, big endian, the last one is the
        number of bytes."""
        leaves = (n.to_bytes(8, "big") for n in (*self.offsets, self.size))
        return tree_root(leaves).hex()

    def to_bytes(self) -> bytes:
        """The marks as they are kept."""
        head = json.dumps({"rows": self.rows, "size": self.size})
        return head.encode() + b"\n" + self.offsets.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> RowMarks | None:
        """What was kept; None where it is not readable."""
        head, _, offsets = data.partition(b"\n")
        try:
            facts = json.loads(head)
            return cls(int(facts["rows"]), int(facts["size"]), array("Q", offsets))
        except (ValueError, TypeError, KeyError):
            return None


def path(cache: Path, capture: str, form: Delimited) -> Path:
    """Where the marks of a capture are kept, if its rows are written like this."""
    written = f"{form.delimiter}{form.quote}{' ' * form.skip_space}"
    return cache / "marks" / f"{capture}.rows-{written.encode().hex()}"


def find(blob: SeekableBlob, kept: Path, row: int, form: Delimited) -> ByteSpan | None:
    """Where a row lies; None where there is no such row, or the text is not read like this."""
    marks = _marks(blob, kept, form)
    if marks is None or row > marks.rows:
        return None
    group, within = divmod(row - 1, EVERY)
    with _stream_from(blob, marks.offsets[group]) as stream:
        spans = islice(_spans(stream, marks.offsets[group], form), within, None)
        try:
            return next(spans, None)
        except (csv.Error, UnicodeDecodeError):
            return None


def _marks(blob: SeekableBlob, kept: Path, form: Delimited) -> RowMarks | None:
    found = RowMarks.from_bytes(cache_files.read(kept))
    if found is None or found.size != blob.length:
        with blob.stream() as stream:
            found = make(stream, form)
        if found is not None:
            cache_files.write(kept, found.to_bytes())
    return found


def make(stream: io.BufferedReader, form: Delimited) -> RowMarks | None:
    """The marks of delimited text; None where it is not read like this."""
    offsets, rows, end = array("Q"), 0, 0
    begin = len(_MARK) if stream.peek(3).startswith(_MARK) else 0
    if stream.peek(2)[:2] in _WIDE:
        return None
    stream.read(begin)
    try:
        for rows, span in enumerate(_spans(stream, begin, form), 1):
            if rows % EVERY == 1:
                offsets.append(span.offset)
            end = span.offset + span.length
    except csv.Error:
        return None
    return RowMarks(rows, end or begin, offsets)


def _spans(stream: io.BufferedReader, offset: int, form: Delimited) -> Iterator[ByteSpan]:
    """The rows from an offset on, at which one begins."""
    # one character a byte: of the structure, nothing but ASCII counts
    lines = _Counted(io.TextIOWrapper(stream, "latin-1", newline=""))
    before = 0
    for _ in _split(lines, form):
        yield ByteSpan(offset + before, lines.passed - before)
        before = lines.passed


def _split(lines: Iterator[str], form: Delimited) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=form.delimiter,
        skipinitialspace=form.skip_space,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        strict=True,
    )


def row_bytes(stream: io.BufferedReader, form: Delimited) -> Iterator[bytes]:
    """The bytes of each row with its line end, in order, without a byte order mark.

    Raises csv.Error where the text is not read like this.
    """
    if stream.peek(3).startswith(_MARK):
        stream.read(len(_MARK))
    if stream.peek(2)[:2] in _WIDE:
        raise csv.Error("two bytes a character")
    held: list[str] = []
    for _ in _split(_holding(io.TextIOWrapper(stream, "latin-1", newline=""), held), form):
        yield "".join(held).encode("latin-1")
        held.clear()


def _holding(lines: Iterator[str], held: list[str]) -> Iterator[str]:
    for line in lines:
        held.append(line)
        yield line


def group_bytes(blob: SeekableBlob, kept: Path, form: Delimited, group: int) -> list[bytes]:
    """The bytes of the rows of a group of EVERY; none where there is no such group.

    Raises csv.Error where the text is not read like this from there.
    """
    marks = _marks(blob, kept, form)
    if marks is None or not 0 <= group < len(marks.offsets):
        return []
    with _stream_from(blob, marks.offsets[group]) as stream:
        return [*islice(row_bytes(stream, form), EVERY)]


class _Counted:
    """Lines, and the number of characters of those that were given."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.passed = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.passed += len(line)
        return line


def _stream_from(blob: SeekableBlob, offset: int) -> io.BufferedReader:
    return cast(io.BufferedReader, io.BufferedReader(_From(blob, offset), 1 << 16))


class _From(io.RawIOBase):
    """The bytes of a blob from an offset on."""

    def __init__(self, blob: SeekableBlob, offset: int) -> None:
        self._blob = blob
        self._offset = offset

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self._blob.read(self._offset, len(buffer))
        buffer[: len(data)] = data
        self._offset += len(data)
        return len(data)
