"""The dimensions of a described table: how a label becomes the term that observations have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pyoxigraph as ox

from graph.core import iris
from graph.core.errors import InputError
from loaders.formats.cubes import periods, structure
from loaders.formats.cubes.keys import key_of
from loaders.formats.cubes.observations import DimensionCode
from loaders.formats.cubes.translations import Translations
from loaders.formats.mapping import integer, language_text
from loaders.pipeline.record import INFERRED, Statement
from loaders.tables.description.columns import DimensionValues
from loaders.tables.mapping.places import NameMatch, PlaceConcept, Places
from loaders.tables.values import Period, date, fold, period
from vocab.namespaces import DCT, RDF, RDFS, SCHEMA, SDMX_DIMENSION, SKOS


@dataclass(frozen=True, slots=True)
class LabelTerm:
    """What a label means.

    `code` is None where it cannot be used, and `problem` says why. `stated` describes a term that
    the table itself defines. `finding` is the kind of finding that it is, if it is one.
    """

    code: DimensionCode | None
    label: str = ""
    stated: tuple[Statement, ...] = ()
    problem: str = ""
    finding: str = ""
    place: PlaceConcept | None = None
    provisional: bool = False


class TableAxis(Protocol):
    """A dimension: its property, its own structure, the terms of its labels."""

    @property
    def property(self) -> ox.NamedNode:
        """The property that observations have."""

    def structure(self, label: str) -> Iterator[Statement]:
        """What the table defines itself: the dimension, its code list. `label` is its head."""

    def term(self, label: str, within: PlaceConcept | None, year: int = 0) -> LabelTerm:
        """The term of a label; the same one for the same label. `year` is that of a period which is
        written without one."""


@dataclass(slots=True)
class LabelCodes:
    """Concepts that a table defines, by their labels. `indents`: how many blanks the table writes
    before a label, of those that have any."""

    iri: str
    lang: str
    keys: Mapping[str, str]
    total: str
    indents: Mapping[str, int] = field(default_factory=dict)
    translations: Translations = field(default_factory=Translations)
    _labels: dict[str, str] = field(default_factory=dict)
    _above: list[tuple[int, DimensionCode]] = field(default_factory=list)

    def code(self, label: str, prefix: str = "") -> DimensionCode | None:
        """The code of a label, None where no key can be made of it.

        Raises InputError where another label has its key already, and not both were given it.
        """
        made = key_of(fold(label))
        key = self.keys.get(label) or (f"{prefix}{made}" if made else "")
        if not key:
            return None
        first = self._labels.setdefault(key, label)
        if first != label and not {first, label} <= self.keys.keys():
            raise InputError(
                f"“{label}” would be “{key}”, as “{first}” already is",
                hint=f"Give one of them a key of its own under [options.codes.{self.name}].",
            )
        return DimensionCode(key, ox.NamedNode(f"{self.iri}/{key}"))

    @property
    def name(self) -> str:
        """The last part of its IRI, which is its key in the description."""
        return self.iri.rpartition("/")[2]

    def described(self, code: DimensionCode, label: str) -> Iterator[Statement]:
        """The concept with its label, its place in the list, and what it is part of.

        That is the label above it that is indented less, as tables write regions with their
        units below them; without such a one the total.
        """
        whole = self._whole(code, label) or (self.code(self.total) if self.total else None)
        yield from structure.concept(code.node, self.iri, whole.node if whole else None)
        yield Statement(code.node, SCHEMA.position, integer(len(self._labels)), "category-order")
        yield from self.labels(code, label)

    def _whole(self, code: DimensionCode, label: str) -> DimensionCode | None:
        indent = self.indents.get(label, 0)
        while self._above and self._above[-1][0] >= indent:
            self._above.pop()
        found = self._above[-1][1] if self._above else None
        self._above.append((indent, code))
        return found

    def labels(self, code: DimensionCode, label: str) -> Iterator[Statement]:
        """The label as it stands there; beside it, inferred, with its letters in one alphabet."""
        text = language_text(label, self.lang)
        yield Statement(code.node, SKOS.prefLabel, text, "category-label")
        if (plain := fold(label)) != text.value:
            other = language_text(plain, self.lang)
            yield Statement(code.node, SKOS.altLabel, other, "folded-letters", INFERRED)
        yield from self.translations.of(code.node, SKOS.prefLabel, label, self.lang)


@dataclass(frozen=True, slots=True)
class ConceptAxis:
    """A dimension of concepts that the table defines; `places` are codes of a code system (the IRI
    `scheme`) by the labels that name places of it, empty where they name none."""

    property: ox.NamedNode
    codes: LabelCodes
    scheme: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    def structure(self, label: str) -> Iterator[Statement]:
        """The dimension and its code list, both with the head as label."""
        yield from structure.coded_dimension(self.property, self.codes.iri)
        text = language_text(label, self.codes.lang)
        yield Statement(self.property, RDFS.label, text, "dimension-label")
        yield Statement(ox.NamedNode(self.codes.iri), DCT.title, text, "dimension-label")
        lang, translations = self.codes.lang, self.codes.translations
        yield from translations.of(self.property, RDFS.label, label, lang)
        yield from translations.of(ox.NamedNode(self.codes.iri), DCT.title, label, lang)

    def term(self, label: str, within: PlaceConcept | None, year: int = 0) -> LabelTerm:
        """The concept of a label."""
        code = self.codes.code(label)
        if code is None:
            why = "gives no key; name one under [options.codes]" if label else "says no group"
            return LabelTerm(None, problem=f"“{label}” {why}")
        stated = (*self.codes.described(code, label), *self._place(code, label))
        is_place = not self.places or label in {*self.places, self.codes.total}
        return LabelTerm(code, label, stated, finding="" if is_place else "place-unknown")

    def _place(self, code: DimensionCode, label: str) -> Iterator[Statement]:
        """The same place in the code system: as declared, so an inference."""
        if notation := self.places.get(label):
            same = ox.NamedNode(iris.concept(self.scheme, notation))
            yield Statement(code.node, SKOS.exactMatch, same, "place-of-label", INFERRED)


@dataclass(frozen=True, slots=True)
class AreaAxis:
    """Places by name. Names that are not resolved become concepts of the table itself, without a
    place, so that their figures are published and counted. `total_around` is the total of the
    column that the places are within."""

    values: DimensionValues
    places: Places
    codes: LabelCodes
    total_around: str = ""
    property: ox.NamedNode = SDMX_DIMENSION.refArea

    def structure(self, label: str) -> Iterator[Statement]:
        """The list of names that are not resolved."""
        scheme = ox.NamedNode(self.codes.iri)
        yield Statement(scheme, RDF.type, SKOS.ConceptScheme, "dimension")
        text = language_text(label, self.codes.lang)
        yield Statement(scheme, DCT.title, text, "dimension-label")
        yield from self.codes.translations.of(scheme, DCT.title, label, self.codes.lang)

    def term(self, label: str, within: PlaceConcept | None, year: int = 0) -> LabelTerm:
        """The place of a name: within another one, where the row names it."""
        if self._is_total(label):
            return self._total(label, within)
        if self.values.within and within is None:
            return self._unresolved(label, "", "place-unknown")
        found = self._find(label, within)
        if found.concept is not None:
            place = found.concept
            return LabelTerm(DimensionCode(place.key, place.node), label, place=place)
        kind = "place-ambiguous" if found.candidates else "place-unknown"
        return self._unresolved(label, f"{within.key}-" if within else "", kind)

    def _is_total(self, label: str) -> bool:
        return not label or label in {self.values.total, self.total_around}

    def _find(self, label: str, within: PlaceConcept | None) -> NameMatch:
        values = self.values
        if notation := self.codes.keys.get(label):
            return self.places.by_notation(notation, values.scheme)
        above = within.node if within else None
        return self.places.find(fold(label), values.scheme, values.level, values.date, above)

    def _total(self, label: str, within: PlaceConcept | None) -> LabelTerm:
        """The whole: of the place that the row names, else of the table."""
        if within is not None:
            return LabelTerm(DimensionCode(within.key, within.node), label, place=within)
        code = self.codes.code(label) if label else None
        if code is None:
            return LabelTerm(None, problem="no place is named")
        return LabelTerm(code, label, tuple(self.codes.described(code, label)))

    def _unresolved(self, label: str, prefix: str, kind: str) -> LabelTerm:
        code = self.codes.code(label, prefix)
        if code is None:
            return LabelTerm(None, problem=f"“{label}” names no place", finding=kind)
        scheme = ox.NamedNode(self.codes.iri)
        stated = (
            Statement(code.node, RDF.type, SKOS.Concept, "category"),
            Statement(code.node, SKOS.inScheme, scheme, "category"),
            Statement(code.node, SKOS.topConceptOf, scheme, "category"),
            *self.codes.labels(code, label),
        )
        return LabelTerm(code, label, stated, finding=kind)


@dataclass(frozen=True, slots=True)
class PeriodAxis:
    """Periods: years, quarters, months, weeks, spans."""

    values: DimensionValues
    property: ox.NamedNode = SDMX_DIMENSION.refPeriod

    def structure(self, label: str) -> Iterator[Statement]:
        """Nothing: periods are the same in every table."""
        return iter(())

    def term(self, label: str, within: PlaceConcept | None, year: int = 0) -> LabelTerm:
        """The period that a text names."""
        if not label:
            why = "no period stands there; rows of sums are left out by “skip” of [options.file]"
            return LabelTerm(None, problem=why)
        try:
            found = self._read(label, year)
        except ValueError as error:
            return LabelTerm(None, problem=str(error))
        code = periods.period_code(found.key)
        return LabelTerm(
            code, label, tuple(periods.period(found.key)), provisional=found.provisional
        )

    def _read(self, label: str, year: int) -> Period:
        if self.values.dates:
            return Period(date(label, self.values.dates).isoformat(), "day")
        return period(label, self.values.period, year)
