"""Commands that are measured as a whole, with all processes that they start."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from bench.mapping import peak
from bench.results import Measurement


class CommandTime(NamedTuple):
    """Seconds that a command took, and those of all processors together; the most memory that its
    processes held at a time, in MiB; what it printed."""

    seconds: float
    processor: float
    memory: float = 0.0
    output: str = ""


def timed(command: Sequence[str]) -> CommandTime:
    """Run a command to its end. Raises CalledProcessError where it fails."""
    before = _processor_seconds()
    took = peak.measure(command)
    return CommandTime(took.seconds, _processor_seconds() - before, took.together, took.output)


def total(times: Iterable[CommandTime]) -> CommandTime:
    """The time of commands that follow each other."""
    listed = [*times]
    return CommandTime(
        sum(one.seconds for one in listed),
        sum(one.processor for one in listed),
        max(one.memory for one in listed),
    )


class Comparison(NamedTuple):
    """What is compared with what, and how many times faster ours is to be."""

    work: str
    size: str
    against: str
    target: float

    def measured(
        self, pairs: Sequence[tuple[CommandTime, CommandTime]], detail: str, *, equal: bool = True
    ) -> Iterator[Measurement]:
        """The medians of turns of ours and theirs: seconds, and seconds of all processors. Both
        are needed: other work on the machine changes the first, and hides that a command which
        uses several processors takes less of it. No target is met unless the results are `equal`.
        """
        for unit, time_of in _UNITS.items():
            times = [(time_of(ours), time_of(theirs)) for ours, theirs in pairs]
            ratio = median(theirs / ours for ours, theirs in times)
            yield Measurement(
                self.work if unit == "seconds" else f"{self.work}: processors",
                self.size,
                self.against,
                ours=median(ours for ours, _ in times),
                theirs=median(theirs for _, theirs in times),
                unit=unit,
                ratio=ratio,
                target=f"≥ {self.target:g}",
                met=ratio >= self.target and equal,
                detail=f"{_circumstances(pairs)}; {detail}" if unit == "seconds" else "",
            )


def _circumstances(pairs: Sequence[tuple[CommandTime, CommandTime]]) -> str:
    ours, theirs = (max(one.memory for one in side) for side in zip(*pairs, strict=True))
    return (
        f"{len(pairs)} turns; most memory {ours:,.0f} and {theirs:,.0f} MiB; "
        f"load of the machine {os.getloadavg()[0]:.0f}"
    )


_UNITS: dict[str, Callable[[CommandTime], float]] = {
    "seconds": lambda time: time.seconds,
    "processor seconds": lambda time: time.processor,
}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
