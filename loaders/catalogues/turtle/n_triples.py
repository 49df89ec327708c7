"""N-Triples and N-Quads, line by line: a line that cannot be read costs itself alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import line_locator
from loaders.catalogues.model.terms import TermReader
from vocab.terms import Node

_SUBJECT = re.compile(rb"\s*(<[^>]*>|_:[^\s<]+)")
_SHOWN = 80  # characters of a line in a problem
_FETCH_AGAIN = "Fetch it again. If it is the same, ask its publisher to repair the file."


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document, in order.

    Raises InputError where the last line is unfinished, and where not one line can be read.
    """
    terms, good, first = TermReader(document), 0, ""
    for number, line in _lines(document):
        locator = line_locator(number)
        quads, error = _parsed(line)
        good += bool(quads)
        if error:
            first = first or f"line {number}: {error}"
            shown = line.decode().strip()[:_SHOWN]
            yield ReadProblem("statement-dropped", _subject(line, terms), locator, shown)
        for quad in quads:
            yield from terms.items(quad.subject, quad.predicate, quad.object, locator)
    if first and not good:
        raise InputError(f"no line can be read; {first}", where=document.name, hint=_FETCH_AGAIN)


def _lines(document: ReceivedDocument) -> Iterator[tuple[int, bytes]]:
    """The lines and their numbers. Raises InputError where the last one is unfinished."""
    start, number, data = 0, document.first_line, document.data
    while start < len(data):
        number += 1
        end = data.find(b"\n", start) + 1
        line = data[start : end or len(data)]
        if not end and _parsed(line)[1]:
            raise InputError(
                "the document is cut or unfinished: its last line has no end",
                where=f"{document.name} line {number}",
                hint=_FETCH_AGAIN,
            )
        if line.strip():
            yield number, line
        start = end or len(data)


def _parsed(line: bytes) -> tuple[list[ox.Quad], str]:
    """The triple of a line (none in a comment), or what is wrong with it."""
    try:
        # N-Quads contains N-Triples; the names of graphs are dropped
        return list(ox.parse(line, ox.RdfFormat.N_QUADS, lenient=True)), ""
    except (SyntaxError, ValueError) as error:
        return [], str(getattr(error, "msg", None) or error)


def _subject(line: bytes, terms: TermReader) -> Node | None:
    """The subject of a line that cannot be read."""
    match = _SUBJECT.match(line)
    for quad in _parsed(match[1] + b" <urn:x> <urn:x> .")[0] if match else ():
        for item in terms.items(quad.subject, quad.predicate, quad.object, ""):
            return item.subject
    return None
