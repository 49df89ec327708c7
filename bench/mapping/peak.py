"""The most memory that a command and all processes it starts hold at a time."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

_EVERY = 0.25  # seconds: reading the sizes of a large process takes a tenth of that


class Peak(NamedTuple):
    """The most memory of all processes together, and of the largest one, in MiB; seconds; what the
    command printed."""

    together: float
    largest: float
    seconds: float
    output: str


def measure(command: Sequence[str]) -> Peak:
    """Run a command to its end; memory is proportional (PSS): what processes share counts once.

    Raises CalledProcessError where it fails.
    """
    begun, together, largest = time.perf_counter(), 0.0, 0.0
    with TemporaryFile("w+") as out, TemporaryFile("w+") as problems:
        process = subprocess.Popen(command, stdout=out, stderr=problems)
        while not _ends_soon(process):
            sizes = held(process.pid)
            together, largest = max(together, sum(sizes)), max(largest, *sizes, 0.0)
        took = time.perf_counter() - begun
        output, stderr = _text(out), _text(problems)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output, stderr)
    return Peak(together, largest, took, output)


def _ends_soon(process: subprocess.Popen[bytes]) -> bool:
    """Wait for a moment; whether the process has ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(_EVERY)
    return process.returncode is not None


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def held(pid: int) -> list[float]:
    """The proportional memory of a process and of all that descend from it, each in MiB."""
    return [_held(one) for one in _family(pid)]


def processor_seconds(pid: int) -> float:
    """What a process and all that descend from it have used of the processors until now."""
    found = 0.0
    for one in _family(pid):
        for task in Path(f"/proc/{one}/task").iterdir():
            with suppress(OSError):  # it has just ended
                found += int((task / "schedstat").read_text("ascii").split()[0]) / 1e9
    return found


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
