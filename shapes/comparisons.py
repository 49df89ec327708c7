"""Rules that compare statements of a source with each other, in one pass over its lines.

SHACL could ask them only with a query for each dataset, which takes a hundred times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox
from rdflib import SH

from shapes.results import ValidationResult
from shapes.rules import Rule
from vocab.namespaces import DCAT, DCT, RDF

_RULES = "https://w3id.org/ulzii/rule/"
_DATASET = f"{RDF.type} {DCAT.Dataset} .".encode()
_IDENTIFIER = f"{DCT.identifier}".encode()
_START, _END = f"{DCAT.startDate}".encode(), f"{DCAT.endDate}".encode()
_LOOKED_AT = (b"terms/identifier> ", b"dcat#Dataset> .", b"dcat#startDate> ", b"dcat#endDate> ")


@dataclass(slots=True)
class Comparisons:
    """What the rules need of the lines read so far; subjects as they stand in the line."""

    datasets: set[bytes] = field(default_factory=set)
    identifiers: dict[bytes, list[bytes]] = field(default_factory=dict)
    starts: dict[bytes, str] = field(default_factory=dict)
    ends: dict[bytes, str] = field(default_factory=dict)

    def add(self, line: bytes) -> None:
        """Look at one line, with or without line feed."""
        if not any(part in line for part in _LOOKED_AT):
            return
        subject, predicate, rest = line.split(b" ", 2)
        value = rest.rstrip(b" .\r\n")
        if predicate == _IDENTIFIER:
            self.identifiers.setdefault(value, []).append(subject)
        elif predicate == _START:
            self.starts[subject] = max(_text(value), self.starts.get(subject, ""))
        elif predicate == _END:
            self.ends[subject] = min(_text(value), self.ends.get(subject, "~"))
        elif line.rstrip(b"\r\n").endswith(_DATASET):
            self.datasets.add(subject)

    def results(self, rules: dict[str, Rule]) -> Iterator[ValidationResult]:
        """Datasets that share an identifier, and periods that end before they begin."""
        shared = rules[_RULES + "identifier-unique/1"]
        for value, subjects in self.identifiers.items():
            owners = set(subjects) & self.datasets if len(subjects) > 1 else ()
            for owner in owners if len(owners) > 1 else ():
                yield _result(shared, owner, DCT.identifier, value, SH.SPARQLConstraintComponent)
        order = rules[_RULES + "period-order/1"]
        for subject, start in self.starts.items():
            if _is_before(self.ends.get(subject, ""), start):
                yield _result(
                    order, subject, DCAT.startDate, b"", SH.LessThanOrEqualsConstraintComponent
                )


def _text(value: bytes) -> str:
    """The lexical form of a literal."""
    return value[1:].split(b'"', 1)[0].decode() if value.startswith(b'"') else ""


def _is_before(end: str, start: str) -> bool:
    """Whether an end is before a start, as far as both are known: years, months or days."""
    known = min(len(end), len(start))
    return end[:known] < start[:known]


def _result(
    rule: Rule, subject: bytes, path: ox.NamedNode, value: bytes, component: str
) -> ValidationResult:
    return ValidationResult(
        focus=subject.decode().strip("<>"),
        path=path.value,
        value=ox.Literal(_text(value)) if value else None,
        component=str(component),
        severity=rule.severity,
        shape=rule.shape,
        rule=rule.rule,
        messages=rule.messages,
        dimension=rule.dimension,
    )
