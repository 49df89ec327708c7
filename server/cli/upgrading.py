"""Upgrading: check-upgrade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from graph.audit.model.problem import Fault
from loaders.upgrade import UpgradeProblem, check
from server.cli.output.common import data_directory, json_option, show


@click.command("check-upgrade")
@json_option
def check_upgrade(as_json: bool) -> None:
    """List what this version refuses in an instance of an earlier one; writes nothing.

    Exit code 0: nothing is refused, 6: something is. docs/upgrading.md says how to fix it.
    """
    problems = list(check(data_directory()))
    refused = sum(problem.fault is Fault.PROBLEM for problem in problems)
    facts = {"refused": refused, "problems": [_facts(problem) for problem in problems]}
    show(facts, as_json, _lines(problems, refused))
    if refused:
        raise SystemExit(6)


def _facts(problem: UpgradeProblem) -> dict[str, Any]:
    return {
        "where": problem.where,
        "what": problem.message,
        "hint": problem.hint,
        "fault": problem.fault,
    }


def _lines(problems: Sequence[UpgradeProblem], refused: int) -> list[str]:
    lines = []
    for problem in sorted(problems, key=lambda one: one.fault is not Fault.PROBLEM):
        label = "refused" if problem.fault is Fault.PROBLEM else problem.fault
        lines.append(f"{label}: {problem.where}: {problem.message}")
        lines += [f"  {line}" for line in problem.hint.splitlines()]
    total = f"татгалзах зүйл: {refused} · {refused} things are refused"
    return [*lines, total if refused else "татгалзах зүйл алга · nothing is refused"]
