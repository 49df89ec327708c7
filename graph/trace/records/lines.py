"""Records that are lines or characters of a text (RFC 5147 `line=11,12`, `char=3,9`)."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from graph.trace.records.view import NOT_FOUND, RecordView, ShownText

LONGEST = 4_000  # characters of a record that are shown
_AROUND = 200  # characters before and behind
_PIECE = 1 << 16
_MOST_LINES = 60


def characters(blob: BinaryIO, charset: str, start: int, end: int) -> RecordView:
    """Characters `start` to `end` in code points, the first is 0; a byte order mark is dropped."""
    first = max(0, start - _AROUND)
    text = _cut(_decoded(blob, charset), first, min(end, start + LONGEST) + _AROUND)
    before, marked = start - first, min(end, start + LONGEST) - start
    if end > start and len(text) <= before:
        return RecordView(note=NOT_FOUND)
    shown = ShownText(text[:before], text[before : before + marked], text[before + marked :])
    return RecordView(value=shown.text, text=shown, note=_shortened(end - start))


def lines(blob: BinaryIO, charset: str, start: int, end: int) -> RecordView:
    """The lines between the positions `start` and `end`: `line=11,12` is the twelfth line."""
    text = io.TextIOWrapper(blob, charset, errors="replace", newline="\n")
    wanted = min(end, start + _MOST_LINES)
    first = max(0, start - 1)
    found = [line[:LONGEST] for line in islice(text, first, wanted + 1)]
    if wanted > start and len(found) <= start - first:
        return RecordView(note=NOT_FOUND)
    before = "".join(found[: start - first])[-_AROUND:]
    own = "".join(found[start - first : wanted - first])[:LONGEST]
    after = "".join(found[wanted - first :])[:_AROUND]
    return RecordView(text=ShownText(before, own, after), note=_shortened(len(own)))


def _shortened(length: int) -> str:
    return f"only the first {LONGEST:,} characters are shown" if length > LONGEST else ""


def _decoded(blob: BinaryIO, charset: str) -> Iterator[str]:
    """The text in pieces; bytes that are invalid in the encoding become U+FFFD."""
    decoder = codecs.getincrementaldecoder(charset)(errors="replace")
    while data := blob.read(_PIECE):
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _cut(pieces: Iterator[str], start: int, end: int) -> str:
    """The characters from `start` to before `end`."""
    found: list[str] = []
    position = 0
    for piece in pieces:
        found.append(piece[max(0, start - position) : max(0, end - position)])
        position += len(piece)
        if position >= end:
            break
    return "".join(found)
