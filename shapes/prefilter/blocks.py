"""Statements as blocks of whole lines: a step of Python for each line of each load is too slow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, cast

import pyoxigraph as ox

Statements = bytes | BinaryIO | Iterable[bytes]
"""N-Triples: a document, an open binary file, or texts of one or more whole lines, of which the
last line of each may lack its line feed."""

_SIZE = 1 << 16  # bytes

_IRI = rb'<[^\x00-\x20<>"{}|^`\\]*>'
_STRING = rb'"[^"\\\n\r]*(?:\\[tbnrf"\\][^"\\\n\r]*)*"'
_NO_STRING = rb"(?!<http://www\.w3\.org/2001/XMLSchema#string>)"
_LINE = (
    rb"(?:%(iri)s|_:[A-Za-z0-9]+) %(iri)s "
    rb"(?:%(iri)s|_:[A-Za-z0-9]+|%(string)s(?:@[a-z]+(?:-[a-z0-9]+)*|\^\^%(not)s%(iri)s)?) \.\n"
    % {b"iri": _IRI, b"string": _STRING, b"not": _NO_STRING}
)
CANONICAL = re.compile(_LINE)
_CANONICAL_BLOCK = re.compile(b"(?:%s)*+" % _LINE)


def blocks(statements: Statements) -> Iterator[bytes]:
    """The lines without blank ones, each with its line feed."""
    for text in _joined(statements):
        if b"\r" in text or b"\n\n" in text or text.startswith(b"\n"):
            lines = (line.rstrip(b"\r") for line in text.split(b"\n"))
            yield b"".join(line + b"\n" for line in lines if line)
        else:
            yield text


def _joined(statements: Statements) -> Iterator[bytes]:
    """Texts of some size that end in a line feed."""
    waiting: list[bytes] = []
    size = 0
    for text in _texts(statements):
        waiting += [text] if text.endswith(b"\n") else [text, b"\n"]
        size += len(text)
        if size >= _SIZE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _texts(statements: Statements) -> Iterable[bytes]:
    if isinstance(statements, bytes):
        return [statements] if statements else []
    if not hasattr(statements, "read"):
        return statements
    file = cast(BinaryIO, statements)
    return iter(lambda: file.read(_SIZE) + file.readline(), b"")


def canonical(given: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks of lines in canonical form.

    Raises SyntaxError (of pyoxigraph) where a line is not N-Triples.
    """
    for block in given:
        if _CANONICAL_BLOCK.fullmatch(block):  # much faster than parsing, and true of almost all
            yield block
        else:
            yield b"".join(chain.from_iterable(map(_canonical, block.splitlines(keepends=True))))


def _canonical(line: bytes) -> Iterable[bytes]:
    if CANONICAL.fullmatch(line):
        return [line]
    quads = ox.parse(line, ox.RdfFormat.N_TRIPLES)
    return [f"{one.subject} {one.predicate} {one.object} .\n".encode() for one in quads]
