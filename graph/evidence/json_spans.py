"""Where the values of a JSON document lie: where every 256th element of an array begins.

The text is read as one character a byte, in which the structure is the same, so that places in it
are places in the file. The marks of an array are a file in `cache/marks/`: its offsets, as uint64.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from graph.archive import SeekableBlob
from graph.evidence import cache_files
from graph.evidence.spans import ByteSpan

EVERY: Final = 256  # elements
MOST: Final = 256 << 20
"""Bytes of a document that is looked into; of a larger one this module cannot tell."""

_SPACE = re.compile(r"[ \t\r\n]*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,11}")
_DECODER = json.JSONDecoder(strict=False)
_MARK = "\xef\xbb\xbf"  # UTF-8 byte order mark, as characters
_WINDOW = 1 << 20  # bytes read behind a mark, and twice as many where that ends too early


class _Absent(Exception):
    """The document has no such value."""


def find(blob: SeekableBlob, kept: Path, pointer: str) -> ByteSpan | None:
    """Where the value of a JSON Pointer lies; None where there is none, or it cannot be told."""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    depth = next((n for n, token in enumerate(tokens) if _INDEX.fullmatch(token)), len(tokens))
    marks = _marks_path(kept, tokens[:depth])
    try:
        if offsets := array("Q", cache_files.read(marks)):
            return _from_mark(blob, offsets, int(tokens[depth]), tokens[depth + 1 :])
        return _from_start(blob, marks, tokens, depth)
    except (_Absent, ValueError, IndexError, RecursionError):
        return None


def _marks_path(kept: Path, prefix: list[str]) -> Path:
    """Where the marks of an array are kept: it is named by the hash of its pointer."""
    return kept.with_name(f"{kept.name}.array-{_marks_name(prefix)}")


def _marks_name(prefix: list[str]) -> str:
    return hashlib.sha256("/".join(["", *prefix]).encode()).hexdigest()[:16]


def marks_of(data: bytes, name: str) -> bytes | None:
    """What is kept in `cache/marks/` of the array of a document whose file ends in this name; None
    where the document has no such array, or is not JSON."""
    text = data.decode("latin-1")
    try:
        start = _skip(text, len(_MARK) * text.startswith(_MARK))
        for path, place in _arrays(text, start, []):
            if _marks_name(path) == name:
                return _offsets(text, place).tobytes()
    except (_Absent, ValueError, IndexError, RecursionError):
        return None
    return None


def _member_name(text: str, start: int) -> tuple[str, int]:
    """The name of the member that begins at a place, and where it ends. It may be written in UTF-8,
    by escapes (`\\u043d`), or in part by either."""
    _, after = _DECODER.raw_decode(text, start)
    return _DECODER.decode(text[start:after].encode("latin-1").decode("utf-8", "replace")), after


def _arrays(text: str, place: int, path: list[str]) -> Iterator[tuple[list[str], int]]:
    """The arrays of a value that are in no other, with the names that lead there."""
    if text[place] == "[":
        yield path, place
    if text[place] != "{":
        return
    place = _skip(text, place + 1)
    while text[place] == '"':
        name, place = _member_name(text, place)
        place = _skip(text, _skip(text, place) + 1)
        yield from _arrays(text, place, [*path, name])
        place = _skip(text, _end(text, place))
        if text[place] == ",":
            place = _skip(text, place + 1)


def _from_mark(blob: SeekableBlob, offsets: array[int], number: int, rest: list[str]) -> ByteSpan:
    """The value in an element of the array with these marks: read from the mark before it."""
    begin, window = offsets[number // EVERY], _WINDOW
    while True:
        text = blob.read(begin, window).decode("latin-1")
        try:
            place = _walk(text, _element(text, 0, number % EVERY), rest)
            return ByteSpan(begin + place, _end(text, place) - place)
        except (ValueError, IndexError):
            if len(text) < window or window > MOST:  # the end is not what is missing
                raise
            window *= 2


def _from_start(blob: SeekableBlob, marks: Path, tokens: list[str], depth: int) -> ByteSpan | None:
    """The value, looked for from the beginning; the marks of its first array are made."""
    if blob.length > MOST:
        return None
    text = blob.read(0, MOST).decode("latin-1")
    place = _walk(text, _skip(text, len(_MARK) * text.startswith(_MARK)), tokens[:depth])
    if depth < len(tokens) and text[place] == "[":
        cache_files.write(marks, _offsets(text, place).tobytes())
    place = _walk(text, place, tokens[depth:])
    return ByteSpan(place, _end(text, place) - place)


def _offsets(text: str, place: int) -> array[int]:
    """Where the elements 0, 256, 512 … of an array begin."""
    begins = (begin for begin, _ in _elements(text, place))
    return array("Q", islice(begins, 0, None, EVERY))


def _elements(text: str, place: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each element of the array that begins at a place."""
    at = _skip(text, place + 1)
    while text[at] != "]":
        end = _end(text, at)
        yield at, end
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def element_bytes(data: bytes, pointer: str) -> Iterator[bytes]:
    """The bytes of each element of the array that a JSON Pointer names, in order.

    Raises ValueError where the document has no such array, or is not JSON.
    """
    text = data.decode("latin-1")
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    try:
        place = _walk(text, _skip(text, len(_MARK) * text.startswith(_MARK)), tokens)
        if text[place] != "[":
            raise _Absent
        yield from (data[begin:end] for begin, end in _elements(text, place))
    except (_Absent, IndexError, RecursionError) as error:
        raise ValueError(f"there is no array {pointer}") from error


def _walk(text: str, place: int, tokens: list[str]) -> int:
    """Where the value begins that these tokens lead to, from one that begins at a place."""
    for token in tokens:
        if text[place] == "[" and _INDEX.fullmatch(token):
            place = _element(text, _skip(text, place + 1), int(token))
        elif text[place] == "{":
            place = _member(text, _skip(text, place + 1), token)
        else:
            raise _Absent
    return place


def _element(text: str, place: int, number: int) -> int:
    """Where an element begins, counted from the one at a place."""
    for _ in range(number):
        place = _next(text, _end(text, place))
    if text[place] == "]":
        raise _Absent
    return place


def _member(text: str, place: int, name: str) -> int:
    """Where the value of a member begins, among those from a place on."""
    while text[place] == '"':
        found, place = _member_name(text, place)
        place = _skip(text, _skip(text, place) + 1)
        if found == name:
            return place
        place = _next(text, _end(text, place))
    raise _Absent


def _next(text: str, place: int) -> int:
    """Where the next element or member begins behind one that ends at a place."""
    if text[place := _skip(text, place)] != ",":
        raise _Absent
    return _skip(text, place + 1)


def _end(text: str, place: int) -> int:
    """Where a value ends. Raises ValueError or IndexError where the text ends in it."""
    _, end = _DECODER.raw_decode(text, place)
    text[_skip(text, end)]  # a number at the end of the text may go on behind it
    return int(end)


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place
