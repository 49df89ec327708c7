"""Mapping tables: each `Field(property, path, convert, rule)` maps one cell to statements.

    DATASET = (
        Field(DCT.title, "name", text("mn"), "title"),
        Field(DCT.issued, "created", date, "issued"),
    )
    yield from apply(DATASET, subject, record)

A converter takes the value at the path and gives a term, several terms, or None for no statement.
It raises ValueError for a value it cannot convert; the record is rejected with its location.
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
"""The zone inferred for agencies' timestamps, which have none. The capture has the original."""


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a mapping table.

    `path` is the name of a column, or keys of nested objects joined by dots (`org.reg_num`).
    `rule` is recorded with each statement.
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

    `data` is a part of the record (one file of a dataset); the default is all of it. An absent,
    null or blank value gives no statement. Raises Rejected for a value that cannot be converted.
    """
    source = record.data if data is None else data
    for field in table:
        path = field.path
        value = value_at(source, path) if "." in path else source.get(path)
        if value is None or (isinstance(value, str) and (not value or value.isspace())):
            continue
        try:
            terms = field.convert(value)
        except ValueError as error:
            raise Rejected(f"{record.location} {path}: {error}") from error
        if isinstance(terms, _TERMS):
            yield Statement(subject, field.property, terms, field.rule, field.layer)
        elif terms is not None:
            for term in terms:
                yield Statement(subject, field.property, term, field.rule, field.layer)


_TERMS = (ox.Literal, ox.NamedNode)  # a tuple: asking a union takes twice as long


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None."""
    value: Any = data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def language_text(value: Any, lang: str) -> ox.Literal:
    """A literal in a language, without outer white space; the tag is in lower case."""
    return ox.Literal(str(value).strip(), language=lang.lower())


@dataclass(frozen=True, slots=True)
class LanguageText:
    """Converter to literals in one language."""

    lang: str

    def __call__(self, value: Any) -> ox.Literal:
        """The literal."""
        return language_text(value, self.lang)


def text(lang: str) -> Converter:
    """Converter to literals in one language."""
    return LanguageText(lang)


def code(value: Any) -> ox.Literal:
    """A code or identifier, as a plain string: `065` keeps its zero."""
    return ox.Literal(str(value).strip())


def typed(value: str, datatype: ox.NamedNode) -> ox.Literal:
    """A literal of a datatype; `value` must be in canonical lexical form."""
    return ox.Literal(value, datatype=datatype)


def integer(value: Any) -> ox.Literal:
    """`007`, `1,234`, 7 → canonical xsd:integer; ValueError for anything with a fraction."""
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError(f"“{value}” is not an integer")
    return typed(str(int(number)), XSD.integer)


def decimal(value: Any) -> ox.Literal:
    """`2.50` → `2.5`, `3.0` → `3`, `1,234.5` → `1234.5`: canonical xsd:decimal.

    Raises ValueError for what is no number, and for one with which no query could reckon.
    """
    number = _number(value)
    if abs(number) > _LARGEST_DECIMAL:
        raise ValueError(f"“{value}” is larger than a decimal of the query engine can be")
    return typed(_without_trailing_zeros(number), XSD.decimal)


def _without_trailing_zeros(number: Decimal) -> str:
    written = format(number, "f")
    # trailing zeros only behind a point: 1200 stays 1200
    short = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if short in {"-0", ""} else short


_LARGEST_DECIMAL = Decimal("170141183460469231731")
"""The engine keeps decimals in 128 bits, 18 digits of them behind the point; it keeps the text of a
larger one, but sums and comparisons leave it out in silence."""

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def _number(value: Any) -> Decimal:
    """A number as Mongolian agencies write it: comma for thousands, point for decimals."""
    if isinstance(value, bool):  # JSON true would be 1: bool is a subclass of int
        raise ValueError(f"{value} is not a number")
    written = str(value).strip()
    # only well-formed groups: “12,34” may be a decimal comma
    bare = written.replace(",", "") if _GROUPED.fullmatch(written) else written
    try:
        # Decimal also accepts digits of other scripts, “nan” and “inf”
        if not (bare.isascii() and _NUMBER.fullmatch(bare)):
            raise InvalidOperation
        return Decimal(bare)
    except InvalidOperation:
        raise ValueError(f"“{value}” is not a number") from None


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
        raise ValueError(f"“{written}” is not a date like 2022-09-22 or 2022.09.22")
    year, _, month, day = match.groups()
    try:
        return calendar_date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"“{written}” is not a day of the calendar") from None


def date(value: Any) -> ox.Literal:
    """`2022.09.22`, `2026-8-10`, `2026/08/10` → xsd:date without zone."""
    return typed(_date(str(value).strip()).isoformat(), XSD.date)


def date_time(value: Any) -> ox.Literal:
    """`2026-04-19 08:00:00` → `2026-04-19T08:00:00+08:00`.

    A stated zone is kept; a missing one is ULAANBAATAR. Fractions of a second are kept, without
    trailing zeros.
    """
    written = str(value).strip()
    match = _STAMP.fullmatch(written)
    if not match:
        raise ValueError(f"“{written}” is not a date and time like 2026-04-19 08:00:00")
    day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime.combine(_date(day), datetime.min.time()).replace(
            hour=int(hour), minute=int(minute), second=int(second or 0)
        )
    except ValueError as error:
        raise ValueError(f"“{written}” is not a time of day") from error
    part = (fraction or "").rstrip("0").rstrip(".")
    return typed(moment.isoformat() + part + _zone(zone), XSD.dateTime)


def _zone(written: str | None) -> str:
    if written is None:
        return ULAANBAATAR
    if written in {"Z", "+00:00", "+0000"}:
        return "Z"
    return written if ":" in written else f"{written[:3]}:{written[3:]}"


def date_or_date_time(value: Any) -> ox.Literal:
    """xsd:date or xsd:dateTime, whichever the value is."""
    written = str(value).strip()
    return date(written) if _DATE.fullmatch(written) else date_time(written)


def year(value: Any) -> ox.Literal:
    """`2025` → xsd:gYear."""
    written = str(value).strip()
    if not re.fullmatch(r"\d{4}", written, re.ASCII):
        raise ValueError(f"“{value}” is not a year of four digits")
    return typed(written, XSD.gYear)


def iri(make: Callable[[str], str]) -> Converter:
    """Converter to IRIs, by one of the functions of graph.core.iris."""
    return lambda value: ox.NamedNode(make(str(value).strip()))


def constant(term: Object) -> Converter:
    """Converter that gives the same term for every value."""
    return lambda value: term


def one_of(terms: Mapping[str, Object]) -> Converter:
    """Converter by a table of known values; ValueError for any other value."""

    def convert(value: Any) -> Object:
        try:
            return terms[str(value).strip()]
        except KeyError:
            raise ValueError(f"“{value}” is not one of {', '.join(terms)}") from None

    return convert
