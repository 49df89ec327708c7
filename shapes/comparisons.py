"""Rules that compare statements of a source with each other, in passes over its sorted lines.

SHACL could ask them only with a query for each dataset, which takes a hundred times as long.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, Protocol

import pyoxigraph as ox
from rdflib import SH

from shapes.results import ValidationResult
from shapes.rules import Rule
from vocab.namespaces import DCAT, DCT, RDF

_RULES = "https://w3id.org/ulzii/rule/"
_IS_DATASET = f"{RDF.type} {DCAT.Dataset} .".encode()
_IDENTIFIER = f"{DCT.identifier} ".encode()
_START, _END = f"{DCAT.startDate} ".encode(), f"{DCAT.endDate} ".encode()


class SortedLines(Protocol):
    """The sorted lines of a candidate."""

    def blocks(self) -> Iterator[bytes]:
        """Blocks of complete lines."""


def compare(lines: SortedLines, rules: dict[str, Rule]) -> Iterator[ValidationResult]:
    """Datasets that share an identifier, and periods that end before they begin.

    The memory needed grows with the number of datasets only.
    """
    yield from _shared_identifiers(lines, rules[_RULES + "identifier-unique/1"])
    yield from _wrong_periods(lines, rules[_RULES + "period-order/1"])


def _shared_identifiers(lines: SortedLines, rule: Rule) -> Iterator[ValidationResult]:
    datasets = {found.subject for found in _found(lines, _IS_DATASET)}
    identifiers: dict[bytes, dict[bytes, None]] = {}
    for one in _found(lines, _IDENTIFIER) if datasets else ():
        if one.subject in datasets:
            identifiers.setdefault(one.value, {})[one.subject] = None
    for value, owners in identifiers.items():
        for owner in owners if len(owners) > 1 else ():
            yield _result(rule, owner, DCT.identifier, value, SH.SPARQLConstraintComponent)


def _wrong_periods(lines: SortedLines, rule: Rule) -> Iterator[ValidationResult]:
    # the lines are sorted, so those of a subject come together
    for subject, ends in groupby(_found(lines, _START, _END), key=lambda one: one.subject):
        texts: dict[bytes, list[str]] = {_START: [], _END: []}
        for one in ends:
            texts[one.predicate].append(_text(one.value))
        if _is_before(min(texts[_END], default=""), max(texts[_START], default="")):
            yield _result(
                rule, subject, DCAT.startDate, b"", SH.LessThanOrEqualsConstraintComponent
            )


class _Line(NamedTuple):
    """The parts of a line that is looked at; `predicate` with the value where that is fixed."""

    subject: bytes
    predicate: bytes
    value: bytes


def _found(lines: SortedLines, *predicates: bytes) -> Iterator[_Line]:
    """The lines with one of these predicates, in order."""
    for block in lines.blocks():
        places = (_places(block, b"> " + predicate) for predicate in predicates)
        for at in heapq.merge(*places):
            start = block.rfind(b"\n", 0, at) + 1
            line = block[start : block.find(b"\n", at)]
            subject, _, rest = line.partition(b" ")
            predicate = next((one for one in predicates if rest.startswith(one)), None)
            if predicate:  # else it stands in a text
                yield _Line(subject, predicate, rest[len(predicate) :].rstrip(b" .\r"))


def _places(block: bytes, part: bytes) -> Iterator[int]:
    # most lines are not looked at: searching a block is much faster than splitting it
    at = block.find(part)
    while at >= 0:
        yield at
        at = block.find(part, at + 1)


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
