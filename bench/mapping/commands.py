"""Commands that are measured as a whole, with all processes that they start."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from bench.results import Measurement


class CommandTime(NamedTuple):
    """Seconds that a command took, and those of all processors together; what it printed."""

    seconds: float
    processor: float
    output: str = ""


def timed(command: Sequence[str]) -> CommandTime:
    """Run a command to its end. Raises CalledProcessError where it fails."""
    begun, before = time.perf_counter(), _processor_seconds()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    return CommandTime(seconds, _processor_seconds() - before, done.stdout)


def total(times: Iterable[CommandTime]) -> CommandTime:
    """The time of commands that follow each other."""
    listed = [*times]
    return CommandTime(sum(one.seconds for one in listed), sum(one.processor for one in listed))


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
                detail=f"{len(pairs)} turns; load of the machine {os.getloadavg()[0]:.0f}; {detail}"
                if unit == "seconds"
                else "",
            )


_UNITS: dict[str, Callable[[CommandTime], float]] = {
    "seconds": lambda time: time.seconds,
    "processor seconds": lambda time: time.processor,
}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
