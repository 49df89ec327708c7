"""The bytes of a record in a capture, by its locator.

    row=7            RFC 7111: a row of delimited text; the header is row 1
    cell=7,2         RFC 7111: the row in which this cell stands
    /value/3         RFC 6901: a value of a JSON document
    char=3,9         RFC 5147: characters of a text in UTF-8
    line=11,12       RFC 5147: lines, here the twelfth

Where the records lie is kept in `cache/marks/` (`graph.evidence.marks`). Bytes are given as they
are captured: who shows them masks personal data first (graph.core.privacy).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from graph.archive import Archive, SeekableBlob
from graph.evidence import json_spans, row_marks
from graph.evidence.spans import ByteSpan, Delimited

MOST: Final = 1 << 20
"""Bytes of a record that are read, where nobody asks for more."""

_ROW = re.compile(r"(?:row=([1-9][0-9]{0,11})|cell=([1-9][0-9]{0,11}),[1-9][0-9]{0,5})")
_CHARACTERS = re.compile(r"char=([0-9]{1,12}),([0-9]{1,12})")
_LINES = re.compile(r"line=([0-9]{1,12}),([0-9]{1,12})")


class RecordText(NamedTuple):
    """The bytes of a record, and where they lie; `is_whole` is False where it has more of them."""

    span: ByteSpan
    data: bytes
    is_whole: bool


def record_text(
    archive: Archive,
    cache: Path,
    capture: str,
    locator: str,
    form: Delimited | None = None,
    most: int = MOST,
) -> RecordText | None:
    """The record that a locator names in a capture; None where this module cannot tell, as in a
    workbook: then the capture is read whole.

    Raises IntegrityError where the capture is missing or damaged.
    """
    span = record_span(archive, cache, capture, locator, form)
    if span is None:
        return None
    with archive.seekable(capture) as blob:
        data = blob.read(span.offset, min(span.length, most))
    return RecordText(span, data, span.length <= most)


def record_span(
    archive: Archive, cache: Path, capture: str, locator: str, form: Delimited | None = None
) -> ByteSpan | None:
    """Where the record lies in the bytes of a capture; None where this module cannot tell.

    `cache` is the instance's; `form` says how rows are written, comma and double quote by default.
    Raises IntegrityError where the capture is missing or damaged.
    """
    locator = locator.removeprefix("#")
    with archive.seekable(capture) as blob:
        if match := _ROW.fullmatch(locator):
            kept = row_marks.path(cache, capture, form or Delimited())
            return row_marks.find(blob, kept, int(match[1] or match[2]), form or Delimited())
        if locator.startswith("/"):
            return json_spans.find(blob, cache / "marks" / capture, locator)
        for pattern, find in _RANGES.items():
            if match := pattern.fullmatch(locator):
                return find(blob, int(match[1]), int(match[2]))
    return None


def _lines(blob: SeekableBlob, first: int, last: int) -> ByteSpan | None:
    """The lines between two positions, which are counted from 0 before each line."""
    with blob.stream() as stream:
        offset = sum(map(len, islice(stream, first)))
        return ByteSpan(offset, sum(map(len, islice(stream, last - first))))


def _characters(blob: SeekableBlob, first: int, last: int) -> ByteSpan | None:
    """The characters between two positions, which are counted from 0 before each character."""
    offset = _byte_of(blob, first)
    return ByteSpan(offset, _byte_of(blob, last) - offset)


def _byte_of(blob: SeekableBlob, character: int) -> int:
    """The byte at which a character of UTF-8 begins."""
    passed = offset = 0
    with blob.stream() as stream:
        while block := stream.read(1 << 16):
            # each byte that does not continue a character begins one
            begun = len(block) - sum(map(block.count, _CONTINUING))
            if passed + begun > character:
                return offset + _within(block, character - passed)
            passed, offset = passed + begun, offset + len(block)
    return offset


_CONTINUING = [bytes([n]) for n in range(0x80, 0xC0)]


def _within(block: bytes, character: int) -> int:
    starts = (n for n, byte in enumerate(block) if byte & 0xC0 != 0x80)
    return next(islice(starts, character, None))


_RANGES: dict[re.Pattern[str], Callable[[SeekableBlob, int, int], ByteSpan | None]] = {
    _CHARACTERS: _characters,
    _LINES: _lines,
}
