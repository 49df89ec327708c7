"""What PX-Web says beside the figures: notes, units of codes, when the table changed.

Notes on the table, on its areas and on its periods are notes of the cube; those on a dimension or a
code that the table defines itself stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from loaders.formats.html_text import to_text
from loaders.formats.json_strict import pointer
from loaders.formats.mapping import date_or_date_time, language_text
from loaders.formats.pxweb.cube import Cube, CubeAxis
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import (
    INFERRED,
    LoadFinding,
    Mapped,
    Record,
    Rejected,
    Statement,
)
from vocab.namespaces import DCT, SCHEMA, SKOS

NOTE, UPDATED, UNIT = "note", "updated", "unit"


def records(cube: Cube) -> Iterator[Record]:
    """The records of what stands beside the figures, in each language."""
    for lang, response in cube.responses.items():
        whole = {"node": ox.NamedNode(cube.iri), "lang": lang, "about": cube.dataset}
        for number, text in enumerate(response.notes):
            data = {**whole, "text": text}
            yield Record(response.capture, pointer("note", number), NOTE, data)
        if response.updated and lang == "en":
            yield Record(response.capture, "/updated", UPDATED, {**whole, "text": response.updated})
        for axis in cube.axes:
            yield from _of_dimension(cube, axis, response, lang)


def _of_dimension(
    cube: Cube, axis: CubeAxis, response: JsonStatTable, lang: str
) -> Iterator[Record]:
    dimension, is_own = response.dimension(axis.axis.id), axis.axis.role == "concept"
    node = axis.property if is_own else ox.NamedNode(cube.iri)
    for number, text in enumerate(dimension.notes):
        place = pointer("dimension", dimension.id, "note", number)
        data = {"node": node, "lang": lang, "text": text, "about": cube.dataset}
        yield Record(response.capture, place, NOTE, data)
    for code, term in zip(dimension.codes, axis.terms, strict=True):
        there = term.node if is_own else node
        before = "" if is_own else f"{dimension.labels.get(code, code).strip()}: "
        for number, text in enumerate(dimension.code_notes.get(code, ())):
            place = pointer("dimension", dimension.id, "category", "note", code, number)
            data = {"node": there, "lang": lang, "text": before + text, "about": cube.dataset}
            yield Record(response.capture, place, NOTE, data)
        if is_own and code in dimension.units:
            place = pointer("dimension", dimension.id, "category", "unit", code, "base")
            data = {"node": there, "lang": lang, "text": dimension.units[code]}
            yield Record(response.capture, place, UNIT, data)


def note(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """A note, as it is written; of one with HTML also, inferred, what a reader sees of it."""
    yield from _text(record, SKOS.note, "note")
    text, node = record.data["text"], record.data["node"]
    if _MARKUP.search(text):
        yield LoadFinding("html-in-text", ox.NamedNode(record.data["about"]), record.location)
        if plain := to_text(text):
            literal = language_text(plain, record.data["lang"])
            yield Statement(node, SKOS.note, literal, "text-without-html", INFERRED)


_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")


def unit(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The unit that a code states, as text."""
    return _text(record, SCHEMA.unitText, "unit-of-code")


def _text(record: Record, predicate: ox.NamedNode, rule: str) -> Iterator[Statement]:
    text = language_text(record.data["text"], record.data["lang"])
    yield Statement(record.data["node"], predicate, text, rule)


def updated(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """When the agency changed the table.

    Raises Rejected for what is no date.
    """
    try:
        when = date_or_date_time(record.data["text"])
    except ValueError as error:
        raise Rejected(f"{record.location}: {error}; ask the agency what it means") from error
    yield Statement(record.data["node"], DCT.modified, when, "table-updated")
