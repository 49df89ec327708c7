"""What the columns of a result are: numbers, names, years, first-level units of Mongolia."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox
from flask import g

from server.http.language import choose
from server.pages.editor.results import ResultsView, term_kind
from server.pages.figures.maps import hexagon_map
from server.sparql.labels import Labels
from vocab.terms import Term

_YEAR = re.compile(r"(?:.*/period/)?([12][0-9]{3})")
_PLACE = re.compile(r".*/(?:place|scheme/[a-z0-9-]+)/([0-9]{3}|MN-[0-9]{3}|MN-1)")
_NOT_YEARS = frozenset({"decimal", "double", "float"})


class NotDrawable(Exception):
    """A result cannot be drawn so; the argument is the key of a text that says why."""


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A variable and its terms; `keys` are their texts: names, or years, or codes of units.

    `is_name`: its terms name something: literals that are no numbers, or labelled IRIs.
    """

    name: str
    terms: Sequence[Term | None]
    keys: Sequence[str]
    is_number: bool
    is_name: bool
    language: str = ""

    def numbers(self) -> Iterator[float | None]:
        """The numbers of the rows; None where there is none."""
        return (None if term is None else _number(term) for term in self.terms)

    def iris(self) -> Iterator[tuple[str, str]]:
        """Each key, and the IRI it is of."""
        for key, term in zip(self.keys, self.terms, strict=True):
            if isinstance(term, ox.NamedNode):
                yield key, term.value


def columns_of(shown: ResultsView, labels: Labels) -> list[ResultColumn]:
    """The columns of the rows that are shown."""
    return [
        _column(name, [row[index] for row in shown.rows], labels)
        for index, name in enumerate(shown.variables)
    ]


def _column(name: str, terms: Sequence[Term | None], labels: Labels) -> ResultColumn:
    kinds = {term_kind(term) for term in terms} - {""}
    known = [term for term in terms if isinstance(term, ox.Literal) and term.language]
    return ResultColumn(
        name,
        terms,
        [_text(term, labels) for term in terms],
        is_number=kinds == {"number"},
        is_name=kinds in ({"literal"}, {"iri"}) and None not in terms,
        language=(known[0].language or "") if known else "",
    )


def _text(term: Term | None, labels: Labels) -> str:
    if isinstance(term, ox.NamedNode):
        return choose(labels.get(term.value, {})) or term.value
    return term.value if isinstance(term, ox.Literal) else ""


def _number(term: Term) -> float:
    assert isinstance(term, ox.Literal)
    value = float(term.value.replace("INF", "inf"))
    if not math.isfinite(value) or value < 0:
        raise NotDrawable("not_drawn_negative")
    return int(value) if value.is_integer() else value  # so that 76 is not written as 76.0


def measure(columns: Iterable[ResultColumn]) -> ResultColumn:
    """The column of numbers that is drawn: the last one, which queries put what they compute in.

    Raises NotDrawable.
    """
    found = [column for column in columns if column.is_number]
    if not found:
        raise NotDrawable("not_drawn_no_number")
    return found[-1]


def name_column(columns: Iterable[ResultColumn]) -> ResultColumn:
    """The first column of names, if possible in the reader's language. Raises NotDrawable."""
    found = [column for column in columns if column.is_name]
    if not found:
        raise NotDrawable("not_drawn_no_name")
    return next((column for column in found if column.language == g.language), found[0])


def year_column(columns: Iterable[ResultColumn]) -> ResultColumn:
    """The first column of years, its keys being the years. Raises NotDrawable."""
    return _keyed(columns, _year, "not_drawn_no_year")


def place_column(columns: Iterable[ResultColumn]) -> ResultColumn:
    """The first column of aimags and the capital, its keys being codes. Raises NotDrawable."""
    return _keyed(columns, _unit, "not_drawn_no_place")


def _keyed(
    columns: Iterable[ResultColumn], key: Callable[[Term | None], str], why_not: str
) -> ResultColumn:
    for column in columns:
        keys = [key(term) for term in column.terms]
        if keys and all(keys):
            return replace(column, keys=keys)
    raise NotDrawable(why_not)


def _year(term: Term | None) -> str:
    if isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in _NOT_YEARS:
        return ""
    found = _YEAR.fullmatch(getattr(term, "value", ""))
    return found[1] if found else ""


def _unit(term: Term | None) -> str:
    """The land-agency code of a first-level unit, of its IRI, code or ISO 3166-2 code."""
    value = getattr(term, "value", "")
    found = _PLACE.fullmatch(value) if isinstance(term, ox.NamedNode) else None
    code = found[1] if found else value
    units = hexagon_map().units
    by_iso = {shape.iso: name for name, shape in units.items()}
    return code if code in units else by_iso.get(code, "")
