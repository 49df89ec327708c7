"""What a validation found: results, in one fixed order, and their canonical JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from vocab.namespaces import RDF, SH
from vocab.terms import Term

VIOLATION, WARNING, INFO = SEVERITIES = ("Violation", "Warning", "Info")


def is_part(iri: str, owner: str) -> bool:
    """Whether an IRI is another's, or a part of it: the owner's IRI plus `#…` or `/…`."""
    return iri == owner or iri.startswith((owner + "#", owner + "/"))


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One sh:ValidationResult.

    `path` is "" where none is named or it is no single property. `messages` by language (`mn`,
    `en`). `shape` is the source shape, `rule` the rule it is a face of, `dimension` the
    dqv:inDimension of findings. `details` are values the messages speak of, as text.
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
        """Whose statements are at fault: the focus node, or the part of it that is the value.

        A rule over a whole cube has the cube as focus and names one of its observations.
        """
        if isinstance(self.value, ox.NamedNode) and is_part(self.value.value, self.focus):
            return self.value.value
        return self.focus

    def to_json(self) -> dict[str, Any]:
        """For the report; a value is an N-Triples term."""
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


def _order(result: ValidationResult) -> tuple[Any, ...]:
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
    """Results in order, the number of statements looked at, and the shapes' digest.

    `whole` names the shapes with a constraint no check was made of, so that pySHACL saw all their
    focus nodes (those with values, where only values can fail).
    """

    results: tuple[ValidationResult, ...]
    statements: int
    shapes: str
    whole: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether it may be published: no Violation. Warnings and Infos become findings."""
        return not self.of(VIOLATION)

    @property
    def counts(self) -> dict[str, int]:
        """Results by severity, all three always there."""
        found = Counter(result.severity for result in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def rejected(self) -> frozenset[str]:
        """Subjects whose statements cause a Violation."""
        return frozenset(result.subject for result in self.of(VIOLATION))

    def of(self, *severities: str) -> tuple[ValidationResult, ...]:
        """Results of these severities."""
        return tuple(result for result in self.results if result.severity in severities)

    def to_json(self) -> bytes:
        """Canonical JSON for the archive: the same results give the same bytes."""
        document = {
            "conforms": self.conforms,
            "counts": self.counts,
            "results": [result.to_json() for result in self.results],
            "shapes": self.shapes,
            "statements": self.statements,
            "whole": self.whole,
        }
        return json.dumps(
            document, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

    def to_ntriples(self, iri: str) -> bytes:
        """The report as sh:ValidationReport called `iri`, sorted lines, no blank nodes."""
        report = ox.NamedNode(iri)
        triples = [
            ox.Triple(report, RDF["type"], SH.ValidationReport),
            ox.Triple(report, SH.conforms, ox.Literal(self.conforms)),
        ]
        for number, result in enumerate(self.results, 1):
            node = ox.NamedNode(f"{iri}#result-{number}")
            triples.append(ox.Triple(report, SH.result, node))
            triples.extend(ox.Triple(node, p, o) for p, o in _described(result))
        return b"".join(sorted(f"{triple} .\n".encode() for triple in triples))


def _described(result: ValidationResult) -> Iterable[tuple[ox.NamedNode, Term]]:
    yield RDF["type"], SH.ValidationResult
    yield SH.focusNode, _node(result.focus)
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


def _node(name: str) -> Term:
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def report(
    results: Iterable[ValidationResult], statements: int, shapes: str, whole: Iterable[str] = ()
) -> ValidationReport:
    """A report of these results, sorted, each once."""
    unique = {json.dumps(r.to_json(), sort_keys=True): r for r in results}
    ordered = tuple(sorted(unique.values(), key=_order))
    return ValidationReport(ordered, statements, shapes, tuple(sorted(set(whole))))
