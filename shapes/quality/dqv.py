"""Write scores in W3C DQV: a measurement per metric for datasets, organisations, the catalogue.

`{base}quality/dataset/nso/X` is the quality metadata of a dataset; the measurements are its parts
(`…#score`), linked so that the dataset's document contains them. An unchanged value keeps the time
when it was first measured, so that a new version contains only what changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import pyoxigraph as ox

from shapes.quality.law import LegalItem
from shapes.quality.score import Score, Scores
from vocab.namespaces import CORE, DCT, DQV, PROV, RDF, XSD
from vocab.terms import Object

ROOT = "https://w3id.org/ulzii/"
METRIC = ROOT + "scheme/metric/"
_PATH_SAFE = re.compile(r"[A-Za-z0-9._~!$'()*,;=:@%/-]+")

NamedTriple = tuple[ox.NamedNode, ox.NamedNode, Object]
PreviousValues = Mapping[str, tuple[ox.Literal, ox.Literal]]
"""The value and time of each measurement of the previous version, by IRI."""


def decimal(value: Fraction) -> ox.Literal:
    """A number to four digits, without trailing zeros."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{exact:.4f}".rstrip("0").rstrip(".")
    return ox.Literal(text, datatype=XSD.decimal)


def values(score: Score) -> dict[str, ox.Literal]:
    """All values of a score by the key of the metric (listed in `docs/quality.md`)."""
    numbers = {**score.points, **score.dimensions, "score": score.total, **score.indicators}
    found = {key: decimal(value) for key, value in numbers.items()}
    found["rating"] = ox.Literal(score.rating)
    return found


def _is_named(score: Score) -> bool:
    return bool(score.subject) and not score.subject.startswith("_:")


class DqvWriter:
    """Writes the scores of one instance.

    `base` is the instance's base IRI, `now` the time for new values (RFC 3339).
    """

    def __init__(self, base: str, now: str, previous: PreviousValues) -> None:
        self._base = base
        self._now = ox.Literal(now, datatype=XSD.dateTime)
        self._previous = previous

    def scores(self, scores: Scores) -> Iterator[NamedTriple]:
        """Measurements of the datasets, the organisations and the catalogue.

        Datasets and organisations without an IRI are left out.
        """
        for one in filter(_is_named, scores.datasets):
            yield from self._score(one)
        for one in filter(_is_named, (*scores.organisations, scores.catalogue)):
            yield from self._score(one)
            count = ox.Literal(str(one.datasets), datatype=XSD.integer)
            yield from self._measurement(one.subject, "datasets", "datasets", count)

    def derived_from(self, catalogue: str, versions: Iterable[str]) -> Iterator[NamedTriple]:
        """Links from the catalogue's quality metadata to the source versions that were scored."""
        document = self._document(catalogue)
        for version in versions:
            yield document, PROV.wasDerivedFrom, ox.NamedNode(version)

    def coverage(self, items: Iterable[LegalItem]) -> Iterator[NamedTriple]:
        """The status of each item of the law for each organisation."""
        for one in items:
            key = f"item-{one.notation}"
            status = ox.Literal(one.status)
            yield from self._measurement(one.organisation, "informationItem", key, status)
            node = self._part(one.organisation, key)
            yield node, CORE.about, ox.NamedNode(one.item)
            for dataset in one.datasets:
                yield node, PROV.wasDerivedFrom, ox.NamedNode(dataset)

    def _score(self, score: Score) -> Iterator[NamedTriple]:
        document = self._document(score.subject)
        yield document, RDF.type, DQV.QualityMetadata
        yield ox.NamedNode(score.subject), DQV.hasQualityMetadata, document
        if score.best and not score.best.startswith("_:"):
            yield document, PROV.wasDerivedFrom, ox.NamedNode(score.best)
        for key, value in values(score).items():
            yield from self._measurement(score.subject, key, key, value)

    def _measurement(
        self, subject: str, metric: str, key: str, value: ox.Literal
    ) -> Iterator[NamedTriple]:
        node = self._part(subject, key)
        yield self._document(subject), DCT.hasPart, node
        old_value, time = self._previous.get(node.value, (None, self._now))
        yield node, RDF.type, DQV.QualityMeasurement
        yield node, DQV.isMeasurementOf, ox.NamedNode(METRIC + metric)
        yield node, DQV.computedOn, ox.NamedNode(subject)
        yield node, DQV.value, value
        yield node, PROV.generatedAtTime, time if old_value == value else self._now

    def _part(self, subject: str, key: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self._document(subject).value}#{key}")

    def _document(self, subject: str) -> ox.NamedNode:
        return ox.NamedNode(f"{self._base}quality/{self._path(subject)}")

    def _path(self, subject: str) -> str:
        for prefix in (f"{self._base}id/", f"{ROOT}id/", self._base):
            local = subject.removeprefix(prefix)
            if subject.startswith(prefix) and _PATH_SAFE.fullmatch(local):
                return local
        return f"sha256-{hashlib.sha256(subject.encode()).hexdigest()[:16]}"
