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

_HAS_PART, _OF_METRIC = str(DCT.hasPart), str(DQV.isMeasurementOf)
_COMPUTED_ON, _VALUE, _TIME = str(DQV.computedOn), str(DQV.value), str(PROV.generatedAtTime)
_IS_MEASUREMENT = f"{RDF.type} {DQV.QualityMeasurement}"

NamedTriple = tuple[ox.NamedNode, ox.NamedNode, Object]
PreviousValues = Mapping[str, tuple[str, str]]
"""The value and time of each measurement of the previous version, as N-Triples writes them."""


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
    """Writes the scores of one instance, as lines of N-Triples without line feeds.

    `base` is the instance's base IRI, `now` the time for new values (RFC 3339). A catalogue has
    hundreds of thousands of lines, so they are written at once, not as terms first.
    """

    def __init__(self, base: str, now: str, previous: PreviousValues) -> None:
        self._base = base
        self._now = str(ox.Literal(now, datatype=XSD.dateTime))
        self._previous = previous

    def scores(self, scores: Scores) -> Iterator[str]:
        """Measurements of the datasets, the organisations and the catalogue.

        Datasets and organisations without an IRI are left out.
        """
        for one in filter(_is_named, scores.datasets):
            yield from self._score(one)
        for one in filter(_is_named, (*scores.organisations, scores.catalogue)):
            yield from self._score(one)
            count = ox.Literal(str(one.datasets), datatype=XSD.integer)
            document = self._document(one.subject)
            yield from self._measurement(document, one.subject, "datasets", "datasets", count)

    def derived_from(self, catalogue: str, versions: Iterable[str]) -> Iterator[str]:
        """Links from the catalogue's quality metadata to the source versions that were scored."""
        document = self._document(catalogue)
        for version in versions:
            yield f"<{document}> {PROV.wasDerivedFrom} <{version}> ."

    def coverage(self, items: Iterable[LegalItem]) -> Iterator[str]:
        """The status of each item of the law for each organisation."""
        for one in items:
            key = f"item-{one.notation}"
            document, status = self._document(one.organisation), ox.Literal(one.status)
            yield from self._measurement(document, one.organisation, "informationItem", key, status)
            node = f"<{document}#{key}>"
            yield f"{node} {CORE.about} <{one.item}> ."
            for dataset in one.datasets:
                yield f"{node} {PROV.wasDerivedFrom} <{dataset}> ."

    def _score(self, score: Score) -> Iterator[str]:
        document = self._document(score.subject)
        yield f"<{document}> {RDF.type} {DQV.QualityMetadata} ."
        yield f"<{score.subject}> {DQV.hasQualityMetadata} <{document}> ."
        if score.best and not score.best.startswith("_:"):
            yield f"<{document}> {PROV.wasDerivedFrom} <{score.best}> ."
        for key, value in values(score).items():
            yield from self._measurement(document, score.subject, key, key, value)

    def _measurement(
        self, document: str, subject: str, metric: str, key: str, value: ox.Literal
    ) -> Iterator[str]:
        node, text = f"{document}#{key}", str(value)
        old_text, time = self._previous.get(node, ("", self._now))
        yield f"<{document}> {_HAS_PART} <{node}> ."
        yield f"<{node}> {_IS_MEASUREMENT} ."
        yield f"<{node}> {_OF_METRIC} <{METRIC}{metric}> ."
        yield f"<{node}> {_COMPUTED_ON} <{subject}> ."
        yield f"<{node}> {_VALUE} {text} ."
        yield f"<{node}> {_TIME} {time if old_text == text else self._now} ."

    def _document(self, subject: str) -> str:
        return f"{self._base}quality/{self._path(subject)}"

    def _path(self, subject: str) -> str:
        for prefix in (f"{self._base}id/", f"{ROOT}id/", self._base):
            local = subject.removeprefix(prefix)
            if subject.startswith(prefix) and _PATH_SAFE.fullmatch(local):
                return local
        return f"sha256-{hashlib.sha256(subject.encode()).hexdigest()[:16]}"
