"""Holding a catalogue against a profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shapes.prefilter.run import ProgressCallback
from shapes.profiles import profile_digest, profile_graph
from shapes.results import ValidationReport, ValidationResult, report
from shapes.rules import Rule, rules
from shapes.statements import Statements
from shapes.validate import check


def judge(
    name: str,
    candidate: Statements,
    reference: Statements = b"",
    *,
    workspace: Path | None = None,
    jobs: int = 1,
    progress: ProgressCallback | None = None,
) -> ValidationReport:
    """Hold a catalogue (N-Triples) against a profile of `shapes.profiles`.

    Only focus nodes that are subjects of the candidate are judged; the reference is background
    knowledge, such as the types of codes. Blank nodes are welcome. `workspace`, `jobs` and
    `progress` are those of `shapes.validate.check`.
    """
    shapes = profile_graph(name)
    found = check(shapes, candidate, reference, workspace=workspace, jobs=jobs, progress=progress)
    known = rules(shapes)
    worded = (_worded(result, known[result.shape]) for result in found.results)
    return report(worded, found.statements, profile_digest(name), found.whole)


def _worded(result: ValidationResult, rule: Rule) -> ValidationResult:
    """The result under the rule's own name and words; profiles have no placeholders in theirs."""
    return replace(result, rule=rule.rule, messages=rule.messages)
