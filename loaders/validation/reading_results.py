"""What was met while a document was read, as results of a validation report.

A load mends and goes on, so there these are findings. The publisher of a document is asked more:
what a parser that follows the syntax refuses is a Violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.validation.candidate import CandidateDocument
from loaders.validation.catalogue_document import ReadingResult
from shapes.loading.kinds import kind
from shapes.results import VIOLATION, WARNING, ValidationReport, ValidationResult, make_report

_NOTHING = "holds-no-dataset"
_SYNTAX = "https://www.w3.org/2016/05/ldqd#syntacticValidity"


def with_reading(report: ValidationReport, candidate: CandidateDocument) -> ValidationReport:
    """The report with the results of the reading.

    A document without a dataset violates too: most rules ask datasets, so they ask it nothing.
    """
    problems = [*candidate.problems]
    if candidate.datasets == 0:
        problems.append(ReadingResult(_NOTHING, "", "", ""))
    results = [*report.results, *_results(problems, candidate.iri)]
    return make_report(results, report.statements, report.shapes, report.whole)


def check_datasets(candidate: CandidateDocument) -> None:
    """Raises InputError for a document without a dataset, which a report could pass over."""
    if candidate.datasets == 0:
        first = next((f"; {p.place}: {p.detail}" for p in candidate.problems), "")
        raise InputError(
            f"the document holds no catalogue: it describes no dataset{first}",
            where=candidate.name,
            hint="Give the address of a catalogue. Its datasets have the type dcat:Dataset.",
        )


def _results(problems: Iterable[ReadingResult], document: str) -> Iterator[ValidationResult]:
    for problem in problems:
        rule = kind(problem.kind)
        refused = rule.severity == WARNING and rule.dimension == _SYNTAX
        yield ValidationResult(
            focus=problem.focus or document,
            path="",
            value=ox.Literal(problem.detail) if problem.detail else None,
            component=rule.rule,
            severity=VIOLATION if refused or problem.kind == _NOTHING else rule.severity,
            shape=rule.shape,
            rule=rule.rule,
            messages=rule.messages,
            details={"place": problem.place},
            dimension=rule.dimension,
        )
