"""Reads what is searched out of canonical lines; most lines are of no interest and pass quickly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from graph.search.properties import GEOJSON, GEOMETRY_LINKS, SEARCHED, WKT

_TEXTS = {f"<{iri}".encode(): iri for iri in SEARCHED}
_LINKS = frozenset(f"<{iri}".encode() for iri in GEOMETRY_LINKS)
_SHAPE_END = b"Literal> ."  # WKT's and GeoJSON's, and little else
_LITERAL = re.compile(
    rb'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+(?:--(?:ltr|rtl))?)|\^\^<([^>]*)>)? \.', re.DOTALL
)


class Text(NamedTuple):
    """A literal that is searched; `language` and `datatype` are empty for a plain string."""

    subject: str
    property: str
    value: str
    language: str
    datatype: str


class Shape(NamedTuple):
    """A geometry literal: WKT or GeoJSON by its datatype."""

    subject: str
    property: str
    value: str
    datatype: str


class Link(NamedTuple):
    """A thing and the geometry it has."""

    feature: str
    geometry: str


Found = Text | Shape | Link


def found(lines: Iterable[bytes]) -> Iterator[Found]:
    """What is searched among canonical lines without their line feeds."""
    for line in lines:
        subject, predicate, value = line.split(b"> ", 2)
        name = _TEXTS.get(predicate)
        if name is not None:
            yield from _text(subject, name, value)
        elif line.endswith(_SHAPE_END):
            yield from _shape(subject, predicate, value)
        elif predicate in _LINKS and value.startswith(b"<"):
            yield Link(subject[1:].decode(), value[1:-3].decode())


def _text(subject: bytes, name: str, value: bytes) -> Iterator[Text]:
    if match := _LITERAL.fullmatch(value):
        text, language, datatype = match.groups(b"")
        yield Text(
            subject[1:].decode(), name, _unescaped(text), language.decode(), datatype.decode()
        )


def _shape(subject: bytes, predicate: bytes, value: bytes) -> Iterator[Shape]:
    match = _LITERAL.fullmatch(value)
    if match and (datatype := (match[3] or b"").decode()) in (WKT, GEOJSON):
        yield Shape(subject[1:].decode(), predicate[1:].decode(), _unescaped(match[1]), datatype)


def _unescaped(value: bytes) -> str:
    if b"\\" not in value:
        return value.decode()
    line = b'<urn:s> <urn:p> "' + value + b'" .'
    literal = next(iter(ox.parse(line, ox.RdfFormat.N_TRIPLES))).object
    assert isinstance(literal, ox.Literal)
    return literal.value
