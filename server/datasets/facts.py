"""What is said of a dataset: each fact with its values, and of each value whether it was stated by
the publisher or inferred here. A fact without a value is shown as not stated, never left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox

from graph.core.iris import concept
from graph.queries import Pool
from server.datasets import periods
from server.datasets.described import DescribedDataset
from server.datasets.periods import PeriodSpan
from server.sparql import internal_queries
from vocab.namespaces import ADMS, DCAT, DCATAP, DCT, DQV, FOAF, RDF, RDFS, SKOS, VCARD
from vocab.terms import Object

_NAMES = (DCT.title, FOAF.name, SKOS.prefLabel, RDFS.label, VCARD.fn)
_PROVISIONAL = concept("verification", "provisional")

Inferred = frozenset[tuple[str, str, Object]]
"""Subject, property and value of what was only inferred."""


@dataclass(frozen=True, slots=True)
class FactValue:
    """A value: its texts by language ("" for none), what it links to, how sure it is.

    `is_inferred`: Ulzii concluded it. `is_provisional`: nobody has verified it yet.
    """

    texts: Mapping[str, str]
    iri: str = ""
    is_inferred: bool = False
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class DatasetFact:
    """A fact by the key of its text; without values it is not stated."""

    key: str
    values: tuple[FactValue, ...]


PERIOD = "period"
_OF_DATASET = (
    ("publisher", DCT.publisher),
    ("creator", DCT.creator),
    (PERIOD, DCT.temporal),
    ("area", DCT.spatial),
    ("frequency", DCT.accrualPeriodicity),
    ("issued", DCT.issued),
    ("modified", DCT.modified),
    ("theme", DCAT.theme),
    ("keyword", DCAT.keyword),
)
_OF_FILES = (("licence", DCT.license), ("terms", DCT.rights))
_AT_THE_END = (
    ("access", DCT.accessRights),
    ("contact", DCAT.contactPoint),
    ("law", DCATAP.applicableLegislation),
    ("language", DCT.language),
    ("landing", DCAT.landingPage),
)
_ONLY_WHERE_STATED = {"creator", "landing"}
"""Facts that few publishers state, and no convention asks of all."""
_MOST_VALUES = 12
_NOT_DESCRIBED = {RDF.type.value, DCT.hasFormat.value, DQV.hasQualityAnnotation.value}
"""Properties that describe nothing: they are how the graph is made."""


TermsOfUse = Mapping[str, tuple[str, bool]]
"""Terms of use → where they can be read, and whether nobody has verified them."""


def things_inferred(described: DescribedDataset) -> list[str]:
    """The dataset, its cubes and its first files."""
    cubes = described.iris(DCT.hasFormat)
    return [described.entry.iri, *cubes, *described.distributions[:100]]


def inferred(pool: Pool, described: DescribedDataset) -> Inferred:
    """What of a dataset, its cubes and its files was only inferred."""
    rows = internal_queries.select(pool, "datasets/inferred", things_inferred(described))
    return frozenset((r["thing"].value, r["property"].value, r["value"]) for r in rows)


def facts(described: DescribedDataset, guessed: Inferred, terms: TermsOfUse) -> list[DatasetFact]:
    """The facts of a dataset, in the order of its page."""
    made = _Facts(described, guessed, terms)
    return [one for one in made.all() if one.values or one.key not in _ONLY_WHERE_STATED]


def rights(described: DescribedDataset) -> list[str]:
    """The terms of use of its files."""
    found = {iri for file in described.distributions for iri in described.iris(DCT.rights, file)}
    return sorted(found)


def terms_of_use(pool: Pool, described: DescribedDataset) -> TermsOfUse:
    """What the store says of them."""
    rows = internal_queries.select(pool, "datasets/terms", rights(described))
    return {
        row["thing"].value: (
            row["see"].value if "see" in row else "",
            "status" in row and row["status"].value == _PROVISIONAL,
        )
        for row in rows
    }


def texts(described: DescribedDataset, name: ox.NamedNode, subject: str = "") -> dict[str, str]:
    """The first text of a property in each language (empty: none)."""
    found: dict[str, str] = {}
    for value in described.values(name, subject):
        if isinstance(value, ox.Literal):
            found.setdefault(value.language or "", value.value)
    return found


def names(described: DescribedDataset, iri: str) -> dict[str, str]:
    """The names of a thing by language."""
    found: dict[str, str] = {}
    for name in _NAMES:
        found = {**texts(described, name, iri), **found}
    return found


def description(described: DescribedDataset, guessed: Inferred) -> FactValue | None:
    """What the dataset is; None where nothing is said, or only its title again."""
    found = texts(described, DCT.description)
    titles = texts(described, DCT.title).values()
    said = {tag: text for tag, text in found.items() if text not in titles}
    subject = described.entry.iri
    is_inferred = any(
        (subject, DCT.description.value, value) in guessed
        for value in described.values(DCT.description)
    )
    return FactValue(said, "", is_inferred) if said else None


def notes(described: DescribedDataset) -> list[dict[str, str]]:
    """What the record of the catalogue remarks, by language."""
    found = texts(described, SKOS.note, f"{described.entry.iri}#record")
    return [found] if found else []


def share_of_inferred(described: DescribedDataset, guessed: Inferred) -> tuple[int, int]:
    """How many of the properties of a dataset were inferred, and how many it has."""
    subject = described.entry.iri
    every = {name.value for name in described.statements.get(subject, {})} - _NOT_DESCRIBED
    inferred_ones = {name for thing, name, _ in guessed if thing == subject} & every
    return len(inferred_ones), len(every)


@dataclass(frozen=True, slots=True)
class _Facts:
    described: DescribedDataset
    guessed: Inferred
    terms: Mapping[str, tuple[str, bool]]

    def all(self) -> Iterator[DatasetFact]:
        dataset = [self.described.entry.iri]
        files = [*self.described.distributions]
        yield from (self._fact(key, name, dataset) for key, name in _OF_DATASET)
        yield from (self._fact(key, name, files) for key, name in _OF_FILES)
        yield from (self._fact(key, name, dataset) for key, name in _AT_THE_END)
        yield DatasetFact("identifier", tuple(self._identifiers()))

    def _fact(self, key: str, name: ox.NamedNode, subjects: list[str]) -> DatasetFact:
        found: dict[Object, FactValue] = {}
        for subject in subjects:
            for value in self.described.values(name, subject):
                is_inferred = (subject, name.value, value) in self.guessed
                found.setdefault(value, self._value(key, value, is_inferred))
        values = tuple(found.values())
        return DatasetFact(key, (self._spans(values) if key == PERIOD else values)[:_MOST_VALUES])

    def _spans(self, values: tuple[FactValue, ...]) -> tuple[FactValue, ...]:
        """Periods without those that lie within another one, which are told beside that."""
        within = periods.nested(
            [PeriodSpan(one.iri, *self._days(one.iri)) for one in values if one.iri]
        )
        return tuple(
            replace(one, texts=periods.with_parts(one.texts, within.get(one.iri, [])))
            for one in values
            if not one.iri or one.iri in within
        )

    def _value(self, key: str, value: Object, is_inferred: bool) -> FactValue:
        if isinstance(value, ox.Literal):
            return FactValue({value.language or "": value.value}, "", is_inferred)
        said = self._interval(value.value) if key == PERIOD else self._names(value.value)
        see, is_provisional = self.terms.get(value.value, ("", False))
        return FactValue(said, see or value.value, is_inferred, is_provisional)

    def _names(self, iri: str) -> dict[str, str]:
        return names(self.described, iri)

    def _interval(self, iri: str) -> dict[str, str]:
        """First and last day; whole years are written as years. Unknown ends stay open."""
        first, last = self._days(iri)
        if first.endswith("-01-01"):
            first = first[:4] if last.endswith("-12-31") or not last else first
        if last.endswith("-12-31"):
            last = last[:4] if len(first) in (0, 4) else last
        if not (first or last):
            return self._names(iri)
        return {"": first if first == last else f"{first}–{last}"}

    def _days(self, iri: str) -> tuple[str, str]:
        """The first and the last day of a period; empty where it is open."""
        days = [self.described.texts(name, iri) for name in (DCAT.startDate, DCAT.endDate)]
        first, last = (found[0][:10] if found else "" for found in days)
        return first, last

    def _identifiers(self) -> Iterator[FactValue]:
        yield FactValue({"": self.described.entry.identifier})
        for iri in self.described.iris(ADMS.identifier):
            notation = " ".join(self.described.texts(SKOS.notation, iri))
            agency = " ".join(self.described.texts(ADMS.schemaAgency, iri))
            if notation:
                yield FactValue({"": " · ".join(filter(None, (notation, agency)))})
