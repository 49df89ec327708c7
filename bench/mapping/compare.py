"""Mapping a table with provenance, beside morph-kgc without; the peak memory of its load.

python -m bench --only mapping,mapping-memory,memory --sizes 10000,100000,1000000   (rows)

Each side is a command that reads the same CSV, so starting Python is part of both: ours by the
description of an engineer (`loader = "table"`). They take turns, since other work changes the speed
of a machine. The statements about the rows must be equal.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.mapping import commands, morph, one_mapping, peak, registers
from bench.mapping.commands import Comparison
from bench.results import Measurement
from graph.statements import layer

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
    pairs = [(commands.timed(ours), commands.timed(theirs)) for _ in range(turns)]
    equal = _same(table, pairs[-1][0].output.strip(), morph.output(table))
    against = f"morph-kgc, {morph.version(python)}, without provenance"
    detail = f"the same statements: {'yes' if equal else 'no'}"
    yield from Comparison(WORK, size, against, 1.0).measured(pairs, detail, equal=equal)


def memory(rows: int, folder: Path) -> Measurement:
    """The most memory that a whole load of so many rows takes."""
    return _memory("peak memory of a load", "one_load", rows, folder)


def mapping_memory(rows: int, folder: Path) -> Measurement:
    """The most memory that mapping takes, from the file to a layer."""
    return _memory("peak memory of mapping", "one_mapping", rows, folder)


def _memory(work: str, module: str, rows: int, folder: Path) -> Measurement:
    table = folder / "loaded.csv"
    registers.write(table, rows)
    found = peak.measure([sys.executable, "-m", f"bench.mapping.{module}", str(table)])
    return Measurement(
        work,
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


def _same(table: Path, ours: str, theirs: Path) -> bool:
    """Whether the statements about the rows are the same; ours are a blob of lines, in which those
    about the dataset are too."""
    lines = theirs.with_suffix(".ours.nt")
    with lines.open("wb") as out:
        start = f"<{registers.THING}".encode()
        for line in layer.read_with_line_feeds(one_mapping.archive_of(table), ours):
            if line.startswith(start):
                out.write(line)
    return _sorted_digest(lines) == _sorted_digest(theirs)


def _sorted_digest(path: Path) -> str:
    command = f"LC_ALL=C sort -u -S 256M {shlex.quote(str(path))} | sha256sum"
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
