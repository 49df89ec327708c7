"""Load a register into a new instance, as `ulzii load` does, in a process of its own:

python -m bench.mapping.one_load FILE.csv

Prints the seconds of each step as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.loading.load import new_instance
from bench.mapping import registers
from loaders.pipeline import load as pipeline
from loaders.pipeline import source as descriptions


class StepTimer:
    """A reporter that measures the time between the steps of a load."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last, self._begun = "", time.perf_counter()

    def step(self, name: str, total: int | None = None) -> None:
        """See Reporter."""
        now = time.perf_counter()
        self.seconds[self._last] = self.seconds.get(self._last, 0.0) + now - self._begun
        self._last, self._begun = name, now

    def advance(self, count: int = 1) -> None:
        """See Reporter."""


def load(file: Path) -> dict[str, float]:
    """Load the file into a new instance beside it; give the seconds of each step."""
    timer = StepTimer()
    instance = new_instance(file.parent / "instance")
    pipeline.load(instance, descriptions.read(registers.describe(file)), reporter=timer)
    timer.step("")
    return {name: seconds for name, seconds in timer.seconds.items() if name}


if __name__ == "__main__":
    json.dump(load(Path(sys.argv[1])), sys.stdout)
