"""Mapping a table with provenance, beside morph-kgc without; the whole way; peak memory.

python -m bench --only mapping --sizes 10000,100000,1000000   (rows)

Each side is a command that reads the same CSV, so starting Python is part of both. They take turns,
since other work changes the speed of a machine. The statements of both must be equal.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.mapping import morph, registers
from bench.results import Measurement

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
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(turns)]
    equal = _same(folder / "ours.nt", morph.output(table))
    ratio = median(theirs / ours for ours, theirs in pairs)
    yield Measurement(
        WORK,
        size,
        f"morph-kgc, {morph.version(python)}, without provenance",
        ours=median(ours for ours, _ in pairs),
        theirs=median(theirs for _, theirs in pairs),
        unit="seconds",
        ratio=ratio,
        target="≥ 1",
        met=ratio >= 1 and equal,
        detail=f"{turns} turns; the same statements: {'yes' if equal else 'no'}",
    )


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def _same(ours: Path, theirs: Path) -> bool:
    """Whether two files have the same lines, in whatever order."""
    return _sorted_digest(ours) == _sorted_digest(theirs)


def _sorted_digest(path: Path) -> str:
    command = f"LC_ALL=C sort -u -S 256M {shlex.quote(str(path))} | sha256sum"
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
