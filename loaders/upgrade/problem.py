"""One thing that an upgrade check reports."""

from __future__ import annotations

from typing import NamedTuple

from graph.audit.model.problem import Fault
from graph.core.errors import UlziiError


class UpgradeProblem(NamedTuple):
    """`where` is a file and key, `hint` says how to fix it.

    A PROBLEM is refused by this version. Warnings and what is not recorded hinder nothing.
    """

    where: str
    message: str
    hint: str
    fault: Fault = Fault.PROBLEM


def of_error(error: UlziiError) -> UpgradeProblem:
    """What is refused with an error."""
    return UpgradeProblem(error.where, error.message, error.hint)
