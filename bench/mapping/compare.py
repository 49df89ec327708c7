"""Mapping a table with provenance, beside morph-kgc without; the peak memory of its load.

python -m bench --only mapping,memory --sizes 10000,100000,1000000   (rows)

Each side is a command that reads the same CSV, so starting Python is part of both. They take turns,
since other work changes the speed of a machine. The statements of both must be equal.
"""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.mapping import morph, peak, registers
from bench.results import Measurement

_TWO_GIB = 2048.0  # MiB
WORK = "mapping a table, with provenance"


def run(rows: int, folder: Path, turns: int) -> Iterator[Measurement]:
    """Compare mapping a table of so many rows."""
    size = f"{rows:,} rows, {rows * registers.STATEMENTS:,} statements"
    try:
        python = morph.install()
    except morph.UnavailableError as error:
        yield Measurement.unavailable(WORK, size, f"morph-kgc: not installed: {error}", "seconds")
        return
    table = folder / "register.csv"
    registers.write(table, rows)
    ours = [sys.executable, "-m", "bench.mapping.one_mapping", str(table)]
    theirs = morph.command(python, morph.prepare(table))
    pairs = [(_run(ours), _run(theirs)) for _ in range(turns)]
    equal = _same(folder / "ours.nt", morph.output(table))
    ratio = median(theirs.seconds / ours.seconds for ours, theirs in pairs)
    processor = [median(run.processor for run in side) for side in zip(*pairs, strict=True)]
    yield Measurement(
        WORK,
        size,
        f"morph-kgc, {morph.version(python)}, without provenance",
        ours=median(ours.seconds for ours, _ in pairs),
        theirs=median(theirs.seconds for _, theirs in pairs),
        unit="seconds",
        ratio=ratio,
        target="≥ 1",
        met=ratio >= 1 and equal,
        detail=f"{turns} turns; processor seconds {processor[0]:.1f} and {processor[1]:.1f}; "
        f"the same statements: {'yes' if equal else 'no'}; "
        f"load of the machine {os.getloadavg()[0]:.0f}",
    )


def memory(rows: int, folder: Path) -> Measurement:
    """The most memory that a whole load of so many rows takes."""
    table = folder / "loaded.csv"
    registers.write(table, rows)
    found = peak.measure([sys.executable, "-m", "bench.mapping.one_load", str(table)])
    return Measurement(
        "peak memory of a load",
        f"{rows:,} rows, {rows * registers.STATEMENTS:,} statements",
        "2 GiB",
        ours=found.together,
        theirs=_TWO_GIB,
        unit="MiB",
        ratio=found.together / _TWO_GIB,
        target="≤ 1",
        met=found.together <= _TWO_GIB,
        detail=f"the largest process {found.largest:,.0f} MiB; {found.seconds:,.0f} s",
    )


class _Run(NamedTuple):
    """Seconds that a command took, and those of all processors together."""

    seconds: float
    processor: float


def _run(command: Sequence[str]) -> _Run:
    begun, before = time.perf_counter(), _processor_seconds()
    subprocess.run(command, check=True, capture_output=True)
    return _Run(time.perf_counter() - begun, _processor_seconds() - before)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _same(ours: Path, theirs: Path) -> bool:
    """Whether two files have the same lines, in whatever order."""
    return _sorted_digest(ours) == _sorted_digest(theirs)


def _sorted_digest(path: Path) -> str:
    command = f"LC_ALL=C sort -u -S 256M {shlex.quote(str(path))} | sha256sum"
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
