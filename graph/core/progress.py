"""Who is told how far long work has come: the command line shows it, tests listen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Reporter(Protocol):
    """Told of each step of long work, and of advance inside a step."""

    def step(self, name: str, total: int | None = None) -> None:
        """A step begins; `total` is its length where known."""

    def advance(self, count: int = 1) -> None:
        """`count` more units of the current step are done."""


class SilentReporter:
    """Tells nobody."""

    def step(self, name: str, total: int | None = None) -> None:
        """Nothing."""

    def advance(self, count: int = 1) -> None:
        """Nothing."""


def count_items(items: Iterable[T], reporter: Reporter, every: int = 1000) -> Iterator[T]:
    """Pass items through, advancing the reporter in batches so that it costs nothing."""
    number = 0
    for number, item in enumerate(items, 1):
        yield item
        if number % every == 0:
            reporter.advance(every)
    reporter.advance(number % every)


def step_callback(reporter: Reporter, step: str) -> Callable[[int, int], None]:
    """A function to be told (done, total): one step of that length, advanced by what is new."""
    seen = -1

    def told(done: int, total: int) -> None:
        nonlocal seen
        if seen < 0:
            reporter.step(step, total)
            seen = 0
        reporter.advance(done - seen)
        seen = done

    return told
