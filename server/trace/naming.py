"""What a trace speaks of, in words: labels of IRIs, codes of observations, units of figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

import pyoxigraph as ox
from flask import g

from graph.core.iris import RULE, Names
from graph.trace.model import DerivedFrom, Stating, TracedStatement
from server.core.context import AppContext
from server.cubes.structure import UnitOfMeasure, unit_and_name
from server.pages.layout.parts_of_names import NamedPart, written_once
from server.pages.layout.writing import Texts, texts_by_language
from server.resources.nameless import readable
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import Labels
from vocab.namespaces import RDF, SDMX_MEASURE, XSD
from vocab.terms import Object

VALUES = (SDMX_MEASURE.obsValue, RDF.value)
"""The properties that give the value of something."""
_MOST_OBSERVATIONS = 60
_LAST = 1 << 30
NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.float, XSD.nonNegativeInteger})
"""The datatypes of numbers."""


@dataclass(frozen=True, slots=True)
class TraceNames:
    """Names of the things in a trace.

    `observations` has the names of the codes of an observation and of their dimensions, in order;
    `cubes` its cube and `datasets` what that is a format of; `units` the unit of a
    cube. All are empty for what the pages may not read.
    """

    labels: Labels = field(default_factory=dict)
    observations: dict[str, tuple[NamedPart, ...]] = field(default_factory=dict)
    cubes: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    units: dict[str, UnitOfMeasure | None] = field(default_factory=dict)

    def parts(self, iri: str) -> tuple[Texts, ...]:
        """The name of a thing in parts, equal ones once; none where only its IRI is known."""
        if iri in self.observations:
            return tuple(written_once(self.observations[iri], g.language))
        return (self.labels[iri],) if self.labels.get(iri) else ()

    def unit(self, line: str) -> UnitOfMeasure | None:
        """The unit of the value that a line states, where the line states one."""
        told = triple(line)
        if told is None or told.predicate != SDMX_MEASURE.obsValue:
            return None
        return self.units.get(self.cubes.get(subject_of(told), ""))


def triple(line: str) -> ox.Triple | None:
    """What a line of N-Triples states; None for an empty one."""
    return next((one.triple for one in ox.parse(line, ox.RdfFormat.N_TRIPLES)), None)


def subject_of(told: ox.Triple) -> str:
    """The IRI of what a statement is about; empty where it has none."""
    return told.subject.value if isinstance(told.subject, ox.NamedNode) else ""


def is_number(term: object) -> bool:
    """Whether a term is a number."""
    return isinstance(term, ox.Literal) and term.datatype in NUMBERS


def is_value(line: str) -> bool:
    """Whether a line states the value of something."""
    told = triple(line)
    return told is not None and told.predicate in VALUES


def values_of(part: DerivedFrom) -> list[str]:
    """The lines that give the value of a part."""
    return [line for line in part.lines if is_value(line)]


def read(context: AppContext, statements: Iterable[TracedStatement]) -> TraceNames:
    """The names of what statements speak of, and of what they were computed from."""
    given = [*statements]
    lines = [*chain.from_iterable(map(_lines, given))]
    iris = dict.fromkeys(chain(_iris(lines), _told(given, context.instance.names)))
    things = dict.fromkeys(map(subject_of, filter(None, map(triple, lines))))
    rows = _observations(context, [*filter(None, things)][:_MOST_OBSERVATIONS])
    datasets = {row["thing"].value: row.get("dataset", row["cube"]).value for row in rows}
    cubes = {row["thing"].value: row["cube"].value for row in rows}
    units = {cube: unit_and_name(context.pool, cube)[0] for cube in set(cubes.values())}
    dimensions = {row["of"].value for row in rows}
    named = readable(context, [*iris, *set(datasets.values()), *sorted(dimensions)])
    return TraceNames(named, _codes(rows, named), cubes, datasets, units)


def _lines(one: TracedStatement) -> Iterator[str]:
    yield one.line
    yield from one.instead
    for part in chain.from_iterable(map(_parts, one.statings)):
        yield from values_of(part)


def _parts(one: Stating) -> Iterator[DerivedFrom]:
    about = one.finding.about if one.finding else ()
    for part in (*one.derived_from, *about):
        yield from _whole(part)


def _whole(part: DerivedFrom) -> Iterator[DerivedFrom]:
    yield part
    for each in part.parts:
        yield from _whole(each)


def _iris(lines: Iterable[str]) -> Iterator[str]:
    for told in filter(None, map(triple, lines)):
        for term in (told.subject, told.predicate, told.object):
            if isinstance(term, ox.NamedNode):
                yield term.value


def _told(statements: Iterable[TracedStatement], names: Names) -> Iterator[str]:
    """The sources, rules and parts that the statings name."""
    for one in chain.from_iterable(each.statings for each in statements):
        yield names.source(one.version.source)
        yield names.version(one.version.source, one.version.number)
        yield names.code("mapping", one.version.source, one.version.load["code"])
        yield from (part.iri for part in _parts(one))
        about = one.finding.results if one.finding else ()
        yield from (result["rule"] for result in (*one.checked.results, *about))
        yield from (RULE + record.rule for record in one.records if "/" in record.rule)


def _observations(context: AppContext, things: list[str]) -> list[QueryRow]:
    return internal_queries.select(context.pool, "trace/observation", things) if things else []


def _codes(rows: Iterable[QueryRow], named: Labels) -> dict[str, tuple[NamedPart, ...]]:
    found: dict[str, dict[tuple[int, str], list[Object]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        order = int(row["order"].value) if "order" in row else _LAST
        found[row["thing"].value][order, row["of"].value].append(row["name"])
    return {
        iri: tuple((texts_by_language(parts[k]), named.get(k[1], {})) for k in sorted(parts))
        for iri, parts in found.items()
    }
