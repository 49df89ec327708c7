"""The most memory that a command and all processes it starts hold at a time."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_EVERY = 0.25  # seconds: reading the sizes of a large process takes a tenth of that


class Peak(NamedTuple):
    """The most memory of all processes together, and of the largest one, in MiB; seconds."""

    together: float
    largest: float
    seconds: float


def measure(command: Sequence[str], environment: dict[str, str] | None = None) -> Peak:
    """Run a command to its end; memory is proportional (PSS): what processes share counts once.

    Raises CalledProcessError where it fails.
    """
    begun, together, largest = time.perf_counter(), 0.0, 0.0
    process = subprocess.Popen(command, env=environment)
    while process.poll() is None:
        sizes = held(process.pid)
        together, largest = max(together, sum(sizes)), max(largest, *sizes, 0.0)
        time.sleep(_EVERY)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Peak(together, largest, time.perf_counter() - begun)


def held(pid: int) -> list[float]:
    """The proportional memory of a process and of all that descend from it, each in MiB."""
    return [_held(one) for one in _family(pid)]


def _family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text("ascii")
            for child in children.split():
                yield from _family(int(child))
    except OSError:  # it has just ended
        return


def _held(pid: int) -> float:
    """The proportional memory of a process in MiB; 0 where it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:") / 1024
