"""Statements as CSV for spreadsheets, and grouped for pages."""

from __future__ import annotations

import csv as csv_module
import io
from collections.abc import Iterable, Iterator
from itertools import groupby, islice

import pyoxigraph as ox

from graph.core.errors import QueryTooLarge
from graph.core.formula_cells import escape_formula
from graph.queries import QueryAnswer
from vocab.terms import Object, Triples

_MAX_LENGTH = 16 << 20
_AT_ONCE = 1_000  # rows that are written together
_FIRST = ("#label", "#prefLabel", "/title", "/name", "#type", "/description", "#comment")
_HEAD = ("subject", "property", "value", "language", "datatype")
Grouped = dict[str, dict[str, list[Object]]]


def read_triples(answer: QueryAnswer) -> Triples:
    """The statements of an answer in N-Triples.

    Raises QueryTooLarge if it is larger than a web process should hold in memory.
    """
    if answer.length > _MAX_LENGTH:
        raise QueryTooLarge(
            f"the statements take over {_MAX_LENGTH:,} bytes",
            hint="Request the document as ttl or nt.",
        )
    for quad in ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES):
        yield quad.triple


def csv(answer: QueryAnswer) -> Iterator[bytes]:
    """Statements as CSV (RFC 4180), one per row, for people: formulas are escaped. They are written
    as they are read, however many there are; the answer is closed at the end."""
    with answer:
        rows = map(_row, ox.parse(answer.body, ox.RdfFormat.N_TRIPLES))
        yield _lines([_HEAD])
        while some := [*islice(rows, _AT_ONCE)]:
            yield _lines(some)


def _row(quad: ox.Quad) -> tuple[str, ...]:
    return (_text(quad.subject), _text(quad.predicate), *_cells(quad.object))


def _lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv_module.writer(out).writerows(map(escape_formula, row) for row in rows)
    return out.getvalue().encode()


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def _cells(term: object) -> tuple[str, str, str]:
    if isinstance(term, ox.Literal):
        return term.value, term.language or "", "" if term.language else term.datatype.value
    return _text(term), "", ""


def group_by_subject(triples: Iterable[ox.Triple]) -> Grouped:
    """Statements by subject (in order of occurrence) and property (names and types first)."""
    result: Grouped = {}
    for subject, statements in groupby(triples, key=lambda t: _text(t.subject)):
        of_subject = result.setdefault(subject, {})
        for triple in statements:
            if isinstance(triple.object, Object):
                of_subject.setdefault(_text(triple.predicate), []).append(triple.object)
    return {
        subject: {name: sorted(values[name], key=_language) for name in sorted(values, key=_order)}
        for subject, values in result.items()
    }


def _order(name: str) -> tuple[int, str]:
    """A sort key that puts a resource's name and type first."""
    position = next((i for i, end in enumerate(_FIRST) if name.endswith(end)), len(_FIRST))
    return position, name


def _language(term: Object) -> int:
    """Mongolian first."""
    language = term.language if isinstance(term, ox.Literal) else None
    return {"mn": 0, "en": 1}.get(language or "", 2)
