"""What a check of an instance reports."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from graph.core.errors import UlziiError


class Fault(StrEnum):
    """How much it matters."""

    PROBLEM = "problem"  # something is not as the ledger says
    WARNING = "warning"  # nothing is wrong yet; somebody should look
    NOT_RECORDED = "not recorded"  # an older version did not write down what would prove it


class IntegrityProblem(NamedTuple):
    """Something that is not as the ledger says, or that it cannot say. `hint` says what to do."""

    level: int
    where: str
    message: str
    fault: Fault = Fault.PROBLEM
    hint: str = ""

    @classmethod
    def of_error(cls, level: int, error: UlziiError) -> IntegrityProblem:
        """The problem that an error tells of."""
        return cls(level, error.where, error.message, hint=error.hint)
