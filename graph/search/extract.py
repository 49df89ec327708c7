"""Extracts the literals and links to index from canonical lines.

Most lines are not indexed, so they are skipped by looking at bytes, without parsing them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from graph.search.properties import GEOJSON, GEOMETRY_LINKS, SEARCHED, WKT

_TEXT_PROPERTIES = {f"<{iri}".encode(): iri for iri in SEARCHED}
_LINK_PROPERTIES = frozenset(f"<{iri}".encode() for iri in GEOMETRY_LINKS)
_GEOMETRY_END = b"Literal> ."  # ends wktLiteral and geoJSONLiteral, and few other lines
_QUOTE, _OPEN = b'"<'


class IndexedText(NamedTuple):
    """A literal to index; `language` and `datatype` are empty for a plain string."""

    subject: str
    property: str
    value: str
    language: str
    datatype: str


class IndexedGeometry(NamedTuple):
    """A geometry literal, WKT or GeoJSON by its datatype."""

    subject: str
    property: str
    value: str
    datatype: str


class GeometryLink(NamedTuple):
    """A link from a thing to its geometry."""

    feature: str
    geometry: str


Extracted = IndexedText | IndexedGeometry | GeometryLink


def extract(lines: Iterable[bytes]) -> Iterator[Extracted]:
    """The literals and links to index among canonical lines, which are without line feeds."""
    for line in lines:
        # canonical lines begin `<subject> <predicate> `; the value may itself contain "> "
        subject, predicate, value = line.split(b"> ", 2)
        name = _TEXT_PROPERTIES.get(predicate)
        if name is not None:
            if value[0] == _QUOTE:
                text, (language, datatype) = _literal(value)
                yield IndexedText(subject[1:].decode(), name, text, language, datatype)
        elif line.endswith(_GEOMETRY_END):
            yield from _geometry(subject, predicate, value)
        elif predicate in _LINK_PROPERTIES and value[0] == _OPEN:
            yield GeometryLink(subject[1:].decode(), value[1:-3].decode())


def _geometry(subject: bytes, predicate: bytes, value: bytes) -> Iterator[IndexedGeometry]:
    if value[0] == _QUOTE:
        text, (_, datatype) = _literal(value)
        if datatype in (WKT, GEOJSON):
            yield IndexedGeometry(subject[1:].decode(), predicate[1:].decode(), text, datatype)


def _literal(value: bytes) -> tuple[str, tuple[str, str]]:
    """The text of a literal, and its language and datatype.

    `value` is the rest of the line from the opening quote. Neither language nor datatype contain a
    quote, so the last quote closes the text.
    """
    end = value.rindex(b'"')
    return _unescaped(value[1:end]), _kind(value[end + 1 : -2])


@lru_cache(maxsize=1000)
def _kind(tail: bytes) -> tuple[str, str]:
    """Language and datatype of `@mn` or `^^<…>`."""
    return (tail[1:].decode(), "") if tail.startswith(b"@") else ("", tail[3:-1].decode())


def _unescaped(value: bytes) -> str:
    if b"\\" not in value:
        return value.decode()
    # rare, so the engine's parser is fast enough, and reads escapes as the store does
    line = b'<urn:s> <urn:p> "' + value + b'" .'
    literal = next(iter(ox.parse(line, ox.RdfFormat.N_TRIPLES))).object
    assert isinstance(literal, ox.Literal)
    return literal.value
