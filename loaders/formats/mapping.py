"""From a cell to a statement: a mapping is a table of `Field(property, path, convert, rule)`.

    DATASET = (
        Field(DCT.title, "name", text("mn"), "title"),
        Field(DCT.issued, "created", date, "issued"),
    )
    yield from apply(DATASET, subject, record)

A converter takes what is at the path and gives a term, several terms, or None for “nothing is
said”. It raises ValueError for a value it cannot read, which rejects the record, located.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyoxigraph as ox

from loaders.pipeline.record import STATED, Record, Rejected, Statement
from vocab.namespaces import XSD
from vocab.terms import Object

Converter = Callable[[Any], Object | Iterable[Object] | None]

ULAANBAATAR = "+08:00"
"""Agencies' stamps carry no zone; this one is inferred, the raw text is reached by trace."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a mapping.

    `path` is a column, or keys joined by dots (`org.reg_num`) into nested objects.
    """

    property: ox.NamedNode
    path: str
    convert: Converter
    rule: str
    layer: str = STATED


def apply(
    table: Iterable[Field],
    subject: ox.NamedNode,
    record: Record,
    data: Mapping[str, Any] | None = None,
) -> Iterator[Statement]:
    """The statements of a table about one subject.

    `data` is a part of the record (one file of a dataset), by default all of it. An absent,
    null or blank value says nothing. Raises Rejected where a value cannot be read.
    """
    source = record.data if data is None else data
    for field in table:
        for term in _terms(field, at(source, field.path), record):
            yield Statement(subject, field.property, term, field.rule, field.layer)


def at(data: Mapping[str, Any], path: str) -> Any:
    """What is at a dotted path, or None."""
    found: Any = data
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _terms(field: Field, value: Any, record: Record) -> Iterable[Object]:
    if value is None or (isinstance(value, str) and not value.strip()):
        return ()
    try:
        terms = field.convert(value)
    except ValueError as error:
        raise Rejected(f"{record.location} {field.path}: {error}") from error
    if terms is None:
        return ()
    return (terms,) if isinstance(terms, Object) else terms


def language_text(value: Any, lang: str) -> ox.Literal:
    """A literal in a language; outer blanks go, the tag is lower case."""
    return ox.Literal(str(value).strip(), language=lang.lower())


def text(lang: str) -> Converter:
    """A converter to literals in one language."""
    return lambda value: language_text(value, lang)


def code(value: Any) -> ox.Literal:
    """A code or identifier: always a plain string, `065` keeps its zero."""
    return ox.Literal(str(value).strip())


def typed(value: str, datatype: ox.NamedNode) -> ox.Literal:
    """A literal already in its canonical lexical form."""
    return ox.Literal(value, datatype=datatype)


def integer(value: Any) -> ox.Literal:
    """`007`, `1,234`, 7 → canonical xsd:integer; ValueError for anything with a fraction."""
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError(f"“{value}” is no whole number")
    return typed(str(int(number)), XSD.integer)


def decimal(value: Any) -> ox.Literal:
    """`2.50` → `2.5`, `3.0` → `3`, `1,234.5` → `1234.5`: canonical xsd:decimal."""
    return typed(_plain(_number(value)), XSD.decimal)


def _plain(number: Decimal) -> str:
    written = format(number, "f")
    short = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if short in {"-0", ""} else short


_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def _number(value: Any) -> Decimal:
    """A number as Mongolian agencies write it: commas group thousands, the point is decimal."""
    if isinstance(value, bool):
        raise ValueError(f"{value} is no number")
    written = str(value).strip()
    bare = written.replace(",", "") if _GROUPED.fullmatch(written) else written
    try:
        if not (bare.isascii() and _NUMBER.fullmatch(bare)):
            raise InvalidOperation
        return Decimal(bare)
    except InvalidOperation:
        raise ValueError(f"“{value}” is no number") from None


_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}


def boolean(value: Any) -> ox.Literal:
    """true, 1, false, 0 → canonical xsd:boolean."""
    try:
        return typed(_BOOLEANS[str(value).strip().lower()], XSD.boolean)
    except KeyError:
        raise ValueError(f"“{value}” is neither true nor false") from None


_DATE = re.compile(r"(\d{4})([.\-/])(\d{1,2})\2(\d{1,2})")
_STAMP = re.compile(
    r"(\d{4}[.\-/]\d{1,2}[.\-/]\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)


def _date(written: str) -> calendar_date:
    match = _DATE.fullmatch(written)
    if not match:
        raise ValueError(f"“{written}” is no date like 2022-09-22 or 2022.09.22")
    year, _, month, day = match.groups()
    try:
        return calendar_date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"“{written}” is no day of the calendar") from None


def date(value: Any) -> ox.Literal:
    """`2022.09.22`, `2026-8-10`, `2026/08/10` → xsd:date without zone."""
    return typed(_date(str(value).strip()).isoformat(), XSD.date)


def date_time(value: Any) -> ox.Literal:
    """`2026-04-19 08:00:00` → `2026-04-19T08:00:00+08:00`.

    A zone that is stated stays; one that is not is inferred as Ulaanbaatar's. Fractions of a
    second are kept without trailing zeros.
    """
    written = str(value).strip()
    match = _STAMP.fullmatch(written)
    if not match:
        raise ValueError(f"“{written}” is no date and time like 2026-04-19 08:00:00")
    day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime.combine(_date(day), datetime.min.time()).replace(
            hour=int(hour), minute=int(minute), second=int(second or 0)
        )
    except ValueError as error:
        raise ValueError(f"“{written}” is no time of a day") from error
    part = (fraction or "").rstrip("0").rstrip(".")
    return typed(moment.isoformat() + part + _zone(zone), XSD.dateTime)


def _zone(written: str | None) -> str:
    if written is None:
        return ULAANBAATAR
    if written in {"Z", "+00:00", "+0000"}:
        return "Z"
    return written if ":" in written else f"{written[:3]}:{written[3:]}"


def moment(value: Any) -> ox.Literal:
    """A date, or a date and time, whichever is written."""
    written = str(value).strip()
    return date(written) if _DATE.fullmatch(written) else date_time(written)


def year(value: Any) -> ox.Literal:
    """`2025` → xsd:gYear."""
    written = str(value).strip()
    if not re.fullmatch(r"\d{4}", written, re.ASCII):
        raise ValueError(f"“{value}” is no year of four digits")
    return typed(written, XSD.gYear)


def node(make: Callable[[str], str]) -> Converter:
    """A converter to IRIs, by one of the functions of graph.core.iris."""
    return lambda value: ox.NamedNode(make(str(value).strip()))


def fixed(term: Object) -> Converter:
    """A converter that gives the same term whenever there is a value."""
    return lambda value: term


def one_of(terms: Mapping[str, Object]) -> Converter:
    """A converter by a table of known values; ValueError for a value that is not in it."""

    def convert(value: Any) -> Object:
        try:
            return terms[str(value).strip()]
        except KeyError:
            raise ValueError(f"“{value}” is not one of {', '.join(terms)}") from None

    return convert
