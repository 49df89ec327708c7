"""Progress of long operations: the command line shows it, tests observe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


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


def count_items(items: Iterable[T], reporter: Reporter, every: int = 1000) -> Iterator[T]:
    """The same items; advances the reporter once for each `every` of them, to keep it cheap."""
    number = 0
    for number, item in enumerate(items, 1):
        yield item
        if number % every == 0:
            reporter.advance(every)
    reporter.advance(number % every)


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
