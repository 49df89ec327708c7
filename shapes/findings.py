"""Make the findings layer from a validation report: known problems, published with the data.

Warnings and Infos become findings. A Violation does not: its data are not published.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import pyoxigraph as ox

from shapes.results import INFO, WARNING, ValidationReport, ValidationResult
from vocab.namespaces import CORE, DQV, OA, PROV, RDF, RDFS, SH, STAT, XSD
from vocab.terms import Object

ROOT = "https://w3id.org/ulzii/"
_RULES = ROOT + "rule/"
_PATH_SAFE = re.compile(r"[A-Za-z0-9._~!$'()*,;=:@%/-]+")


class FindingStatement(NamedTuple):
    """A triple of the findings layer and the rule that made it, such as `headline-equals-sum/1`."""

    subject: ox.NamedNode
    predicate: ox.NamedNode
    object: Object
    rule: str


def findings(
    report: ValidationReport, source: str, base: str, activity: str | None = None
) -> Iterator[FindingStatement]:
    """The statements of the findings layer of `source`, in a fixed order.

    `base` is the instance's base IRI, `activity` the IRI of the validation for
    prov:wasGeneratedBy. All results of a rule for one group become one finding.
    """
    yield from finding_statements(report.with_severity(WARNING, INFO), source, base, activity)


def finding_statements(
    results: Iterable[ValidationResult], source: str, base: str, activity: str | None = None
) -> Iterator[FindingStatement]:
    """The same for results, whatever their severity."""
    # sorted for groupby, and so that equal results give equal findings
    found = sorted(results, key=_group)
    for (rule, group), members in groupby(found, key=_group):
        finding = Finding(rule, group, tuple(members), source, base)
        yield from finding.statements(activity)


def _group(result: ValidationResult) -> tuple[str, str]:
    """The key of a finding: the rule, and the group it names or else the failing subject."""
    return result.rule, result.details.get("group", result.subject)


class Finding:
    """All results of one rule for one group, as a dqv:QualityAnnotation."""

    def __init__(
        self, rule: str, group: str, results: tuple[ValidationResult, ...], source: str, base: str
    ) -> None:
        self._rule = rule
        self._name = rule.removeprefix(_RULES)
        self._group = group
        self._results = results
        self._datasets = f"{base}id/dataset/{source}/"
        name = self._name.rpartition("/")[0] or hashlib.sha256(rule.encode()).hexdigest()[:16]
        key = _key(group, (self._datasets, base, ROOT))
        self.iri = ox.NamedNode(f"{base}finding/{source}/{name}/{key}")

    def statements(self, activity: str | None) -> Iterator[FindingStatement]:
        """The finding's properties, the value the rule computed, links from its datasets."""
        for predicate, term in self._properties(activity):
            yield FindingStatement(self.iri, predicate, term, self._name)
        yield from self._computed_value()
        for dataset in sorted({self._dataset(result) for result in self._results} - {""}):
            yield FindingStatement(
                ox.NamedNode(dataset), DQV.hasQualityAnnotation, self.iri, self._name
            )

    def _properties(self, activity: str | None) -> Iterator[tuple[ox.NamedNode, Object]]:
        subjects = {result.subject for result in self._results}
        values = {r.value.value for r in self._results if isinstance(r.value, ox.NamedNode)}
        for kind in (CORE.Finding, DQV.QualityAnnotation, OA.Annotation):
            yield RDF["type"], kind
        yield OA.motivatedBy, DQV.qualityAssessment
        yield CORE.rule, ox.NamedNode(self._rule)
        yield CORE.severity, SH[self._severity]
        yield from ((DQV.inDimension, n) for n in _nodes(r.dimension for r in self._results))
        yield from ((OA.hasTarget, node) for node in _nodes(subjects))
        yield from ((CORE.about, node) for node in _nodes(subjects | values))
        yield from ((RDFS.comment, text) for text in self._comments())
        yield from self._occurrences()
        if activity:
            yield PROV.wasGeneratedBy, ox.NamedNode(activity)

    def _occurrences(self) -> Iterator[tuple[ox.NamedNode, Object]]:
        """How often it was met, and where first, if the result says so."""
        details = self._results[0].details
        if "count" in details:
            yield CORE.occurrences, _number(details["count"])
            yield CORE.firstOccurrence, ox.Literal(details["place"])

    @property
    def _severity(self) -> str:
        return min((r.severity for r in self._results), key=(WARNING, INFO).index)

    def _comments(self) -> list[ox.Literal]:
        messages = {(lang, text) for r in self._results for lang, text in r.messages.items()}
        return [ox.Literal(text, language=lang) for lang, text in sorted(messages)]

    def _computed_value(self) -> Iterator[FindingStatement]:
        """The value the rule computed (its IRI is the group), and what it was computed from."""
        details = self._results[0].details
        if "derived" not in details:
            return
        node = ox.NamedNode(self._group)
        properties: list[tuple[ox.NamedNode, Object]] = [
            (RDF["type"], CORE.ComputedValue),
            (RDF.value, _number(details["computed"])),
            (STAT.tolerance, ox.Literal(details["tolerance"], datatype=XSD.decimal)),
            (CORE.rule, ox.NamedNode(self._rule)),
        ]
        properties += [(PROV.wasDerivedFrom, part) for part in _nodes(details["derived"].split())]
        yield FindingStatement(self.iri, OA.hasBody, node, self._name)
        yield from (
            FindingStatement(node, predicate, term, self._name) for predicate, term in properties
        )

    def _dataset(self, result: ValidationResult) -> str:
        """The dataset that a result is about: the one it names, or the one its subject is of."""
        iri = result.subject
        if "dataset" in result.details:
            return result.details["dataset"]
        if not iri.startswith(self._datasets):
            return ""
        return self._datasets + re.split("[/#]", iri[len(self._datasets) :], maxsplit=1)[0]


def _nodes(iris: Iterable[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(iri) for iri in sorted(set(iris) - {""})]


def _number(text: str) -> ox.Literal:
    """A number as the store writes it: a decimal without fraction has no point."""
    return ox.Literal(text, datatype=XSD.decimal if "." in text else XSD.integer)


def _key(iri: str, prefixes: Iterable[str]) -> str:
    """The local part of an IRI as path segments; a hash if no prefix matches.

    A finding about all rows of a cube is named by the dataset, one about a cell by its key.
    """
    for prefix in prefixes:
        local = iri.removeprefix(prefix).removesuffix("/cube#rows")
        local = local.replace("/cube/", "/").replace("#", "/")
        if iri.startswith(prefix) and _PATH_SAFE.fullmatch(local):
            return local
    return hashlib.sha256(iri.encode()).hexdigest()[:16]
