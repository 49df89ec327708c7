"""Progress of long operations: the command line shows it, tests observe it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Reporter(Protocol):
    """Receives the steps of a long operation, and the progress within a step."""

    def step(self, name: str, total: int | None = None) -> None:
        """A step begins; `total` is its length if known."""

    def advance(self, count: int = 1) -> None:
        """`count` more units of the current step are done."""


class SilentReporter:
    """A reporter that shows nothing."""

    def step(self, name: str, total: int | None = None) -> None:
        """Do nothing."""

    def advance(self, count: int = 1) -> None:
        """Do nothing."""


def step_callback(reporter: Reporter, step: str) -> Callable[[int, int], None]:
    """A callback for (done, total) that reports them as one step of length `total`."""
    reported = -1

    def on_progress(done: int, total: int) -> None:
        nonlocal reported
        if reported < 0:
            reporter.step(step, total)
            reported = 0
        reporter.advance(done - reported)
        reported = done

    return on_progress
