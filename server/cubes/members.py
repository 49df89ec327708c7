"""The codes of a dimension, in the order in which people read them.

A total comes before its parts, which stand below it; siblings stand in the order that their code
list gives, else in Mongolian alphabetical order with numbers by their size. Periods stand in order
of time. A code list of which only some codes are used shows these.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from graph.queries import Pool
from graph.search import collation
from server.sparql import internal_queries
from vocab.namespaces import DCAT, FOAF, RDFS, SCHEMA, SKOS
from vocab.terms import Object

_AT_ONCE = 400  # codes in one query


@dataclass(frozen=True, slots=True)
class CubeCode:
    """A code or period: its term, its key in addresses, its names by language.

    `level` is how many totals stand above it, `start` the first day of a period (RFC 3339, or
    empty), `number` how many observations have it, `classes` the IRIs of those of its place.
    """

    term: Object
    key: str
    labels: Mapping[str, str]
    level: int = 0
    start: str = ""
    number: int = 0
    classes: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Described:
    labels: dict[str, str] = field(default_factory=dict)
    broader: str = ""
    start: str = ""
    position: int | None = None
    classes: set[str] = field(default_factory=set)


def members(pool: Pool, counted: Mapping[Object, int]) -> tuple[CubeCode, ...]:
    """The codes of a dimension, of the values of observations and the number of each."""
    described = _described(pool, counted)
    keys = _keys(counted)
    found = {
        term.value: CubeCode(
            term,
            keys[term],
            described[term.value].labels,
            start=described[term.value].start or _start_of(term),
            number=number,
            classes=frozenset(described[term.value].classes),
        )
        for term, number in counted.items()
    }
    return tuple(_ordered(found, described))


def texts_of_members(counted: Iterable[Object]) -> list[str]:
    """The queries that `members` asks of these values, for `internal_queries.joined`."""
    iris = [value.value for value in counted if isinstance(value, ox.NamedNode)]
    parts = (iris[start : start + _AT_ONCE] for start in range(0, len(iris), _AT_ONCE))
    return [text for part in parts for text in internal_queries.texts_of("cubes/described", part)]


def _described(pool: Pool, counted: Iterable[Object]) -> dict[str, _Described]:
    found: dict[str, _Described] = defaultdict(_Described)
    for text in texts_of_members(counted):
        for row in internal_queries.select_text(pool, text):
            _note(found[row["thing"].value], row["property"], row["value"])
    return found


def _note(described: _Described, name: Object, value: Object) -> None:
    if name in {SKOS.prefLabel, RDFS.label}:
        if isinstance(value, ox.Literal):
            described.labels.setdefault(value.language or "", value.value)
    elif name == SKOS.broader:
        described.broader = value.value
    elif name == FOAF.focus:
        described.classes.add(value.value)
    elif name == DCAT.startDate:
        described.start = value.value
    elif name == SCHEMA.position and value.value.isdecimal():
        described.position = int(value.value)


def _keys(counted: Mapping[Object, int]) -> dict[Object, str]:
    """Term → the end of its IRI or its text; the whole IRI where another one ends alike."""
    ends: dict[str, list[Object]] = defaultdict(list)
    for term in counted:
        ends[_end(term)].append(term)
    return {
        term: end if end and len(terms) == 1 else term.value
        for end, terms in ends.items()
        for term in terms
    }


def _end(term: Object) -> str:
    if isinstance(term, ox.Literal):
        return term.value
    return term.value[max(term.value.rfind("#"), term.value.rfind("/")) + 1 :]


def _start_of(term: Object) -> str:
    """A year, month or day that stands as a literal."""
    text = term.value if isinstance(term, ox.Literal) else ""
    return text[:10] if re.match(r"\d{4}(-\d\d){0,2}", text) else ""


def _ordered(found: dict[str, CubeCode], described: dict[str, _Described]) -> Iterator[CubeCode]:
    below: dict[str, list[CubeCode]] = defaultdict(list)
    for iri, member in found.items():
        above = described[iri].broader
        below[above if above in found and above != iri else ""].append(member)
    seen = set[str]()
    yield from _tree("", 0, below, described, seen)
    # codes that are part of each other in a circle hang on nothing
    yield from (member for iri, member in found.items() if iri not in seen)


def _tree(
    above: str,
    level: int,
    below: Mapping[str, list[CubeCode]],
    described: Mapping[str, _Described],
    seen: set[str],
) -> Iterator[CubeCode]:
    siblings = below.get(above, [])
    for member in sorted(siblings, key=lambda one: _sort_key(one, described, below)):
        seen.add(member.term.value)
        yield replace(member, level=level)
        yield from _tree(member.term.value, level + 1, below, described, seen)


def _sort_key(
    member: CubeCode, described: Mapping[str, _Described], below: Mapping[str, list[CubeCode]]
) -> tuple[object, ...]:
    position = described[member.term.value].position
    name = next(
        (member.labels[tag] for tag in ("mn", "en", "") if tag in member.labels), member.key
    )
    is_part = not below.get(member.term.value)  # the total of all others first
    listed = (position is None, position or 0)
    return (
        member.start == "",
        member.start,
        is_part and member.level == 0,
        *listed,
        collation.natural_key(name),
    )
