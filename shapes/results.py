"""Validation results and reports: a fixed order, canonical JSON, and RDF."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from vocab.namespaces import RDF, SH
from vocab.terms import Term

VIOLATION, WARNING, INFO = SEVERITIES = ("Violation", "Warning", "Info")


def is_part(iri: str, owner: str) -> bool:
    """Whether an IRI is the owner's, or a part of it: the owner's IRI plus `#…` or `/…`."""
    return iri == owner or iri.startswith((owner + "#", owner + "/"))


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """A sh:ValidationResult.

    `path` is "" if there is none or it is not a single property. `messages` by language (`mn`,
    `en`). `shape` is the source shape, `rule` the rule it belongs to, `dimension` the
    dqv:inDimension of findings. `details` are values that the messages mention, as text.
    """

    focus: str
    path: str
    value: Term | None
    component: str
    severity: str
    shape: str
    rule: str
    messages: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    dimension: str = ""

    @property
    def subject(self) -> str:
        """The subject of the failing statements: the focus node, or its part that is the value.

        A rule about a data cube has the cube as focus node and an observation as value.
        """
        if isinstance(self.value, ox.NamedNode) and is_part(self.value.value, self.focus):
            return self.value.value
        return self.focus

    def to_json(self) -> dict[str, Any]:
        """The JSON object for the report; the value as an N-Triples term."""
        return {
            "component": self.component,
            "details": dict(self.details),
            "dimension": self.dimension,
            "focus": self.focus,
            "messages": dict(self.messages),
            "path": self.path,
            "rule": self.rule,
            "severity": self.severity,
            "shape": self.shape,
            "value": None if self.value is None else str(self.value),
        }


def _sort_key(result: ValidationResult) -> tuple[Any, ...]:
    return (
        SEVERITIES.index(result.severity),
        result.rule,
        result.shape,
        result.focus,
        result.path,
        str(result.value or ""),
        sorted(result.messages.items()),
    )


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """Sorted results, the number of statements validated, and the digest of the shapes.

    `whole` lists the shapes with a constraint that the prefilter cannot check, so that pySHACL
    validated all their focus nodes (only those with values, if only values can fail).
    """

    results: tuple[ValidationResult, ...]
    statements: int
    shapes: str
    whole: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether there is no Violation, so that the data can be published.

        Warnings and Infos become findings.
        """
        return not self.with_severity(VIOLATION)

    @property
    def counts(self) -> dict[str, int]:
        """The number of results of each severity, 0 included."""
        found = Counter(result.severity for result in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def rejected_subjects(self) -> frozenset[str]:
        """The subjects whose statements cause a Violation."""
        return frozenset(result.subject for result in self.with_severity(VIOLATION))

    def with_severity(self, *severities: str) -> tuple[ValidationResult, ...]:
        """The results with one of these severities."""
        return tuple(result for result in self.results if result.severity in severities)

    def to_json(self) -> bytes:
        """Canonical JSON for the archive: equal results give equal bytes."""
        return b"".join(self.json_parts())

    def json_parts(self) -> Iterator[bytes]:
        """The same in parts: of a large catalogue it takes hundreds of megabytes."""
        before = {"conforms": self.conforms, "counts": self.counts}
        after = {"shapes": self.shapes, "statements": self.statements, "whole": self.whole}
        yield _canonical(before)[:-1] + b',"results":['
        for number, result in enumerate(self.results):
            yield (b"," if number else b"") + _canonical(result.to_json())
        yield b"]," + _canonical(after)[1:]

    def to_ntriples(self, iri: str) -> bytes:
        """The report as a sh:ValidationReport named `iri`: sorted lines, no blank nodes."""
        report = ox.NamedNode(iri)
        triples = [
            ox.Triple(report, RDF["type"], SH.ValidationReport),
            ox.Triple(report, SH.conforms, ox.Literal(self.conforms)),
        ]
        for number, result in enumerate(self.results, 1):
            node = ox.NamedNode(f"{iri}#result-{number}")
            triples.append(ox.Triple(report, SH.result, node))
            triples.extend(ox.Triple(node, p, o) for p, o in _properties(result))
        return b"".join(sorted(f"{triple} .\n".encode() for triple in triples))


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _properties(result: ValidationResult) -> Iterable[tuple[ox.NamedNode, Term]]:
    yield RDF["type"], SH.ValidationResult
    yield SH.focusNode, _to_node(result.focus)
    yield SH.resultSeverity, SH[result.severity]
    yield SH.sourceConstraintComponent, ox.NamedNode(result.component)
    if result.shape:
        yield SH.sourceShape, ox.NamedNode(result.shape)
    if result.path:
        yield SH.resultPath, ox.NamedNode(result.path)
    if result.value is not None:
        yield SH.value, result.value
    for language, text in result.messages.items():
        yield SH.resultMessage, ox.Literal(text, language=language or None)


def _to_node(name: str) -> Term:
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def make_report(
    results: Iterable[ValidationResult], statements: int, shapes: str, whole: Iterable[str] = ()
) -> ValidationReport:
    """A report with these results, sorted and without duplicates."""
    # by a hash of the JSON, because results with mappings cannot be hashed
    unique = {hashlib.sha256(_canonical(r.to_json())).digest(): r for r in results}
    ordered = tuple(sorted(unique.values(), key=_sort_key))
    return ValidationReport(ordered, statements, shapes, tuple(sorted(set(whole))))
