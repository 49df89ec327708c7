"""Validate a catalogue against a profile."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from shapes.prefilter.blocks import Statements
from shapes.prefilter.run import ProgressCallback
from shapes.profiles import profile_digest, profile_graph
from shapes.results import ValidationReport, ValidationResult, make_report
from shapes.rules import Rule, read_rules
from shapes.validate import PreparedShapes, check, prepare


def validate_profile(
    name: str,
    candidate: Statements,
    reference: Statements = b"",
    *,
    workspace: Path | None = None,
    jobs: int = 1,
    progress: ProgressCallback | None = None,
) -> ValidationReport:
    """Validate a catalogue (N-Triples) against a profile of `shapes.profiles`.

    Only focus nodes that are subjects of the candidate are validated; the reference is background
    knowledge, such as the types of codes. Blank nodes are allowed. For `workspace`, `jobs` and
    `progress` see `shapes.validate.check`.
    """
    shapes = prepared_profile(name)
    found = check(shapes, candidate, reference, workspace=workspace, jobs=jobs, progress=progress)
    rules_by_shape = _rules(name)
    results = (_with_messages_of(result, rules_by_shape[result.shape]) for result in found.results)
    return make_report(results, found.statements, profile_digest(name), found.whole)


@cache
def prepared_profile(name: str) -> PreparedShapes:
    """The rules of a profile, read once per process."""
    return prepare(profile_graph(name))


@cache
def _rules(name: str) -> dict[str, Rule]:
    return read_rules(prepared_profile(name).graph)


def _with_messages_of(result: ValidationResult, rule: Rule) -> ValidationResult:
    """The result with the rule's name and messages, which in profiles have no placeholders."""
    return replace(result, rule=rule.rule, messages=rule.messages)
