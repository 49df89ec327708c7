"""The most memory that guessing and loading a register in JSON takes, from file to published.

python -m bench --only register --sizes 65000,286000   (records: 100 and 440 MB)

All is done by the commands that an engineer types; the description is the guess, with its questions
answered. Memory is that of all processes at a time.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bench.mapping import peak
from bench.mapping.peak import Peak
from bench.results import Measurement
from bench.tables import json_register

_LIMIT = 2048.0  # MiB
_ULZII = [sys.executable, "-c", "from server.cli import main; main()"]
_ANSWERS = {
    "publisher": "x-agency",
    "dates": "yyyy-MM-dd",
    "class": "https://schema.org/Organization",
}
_PUBLISHER = """
[options.publisher]
mn = "Байгууллага"
en = "Agency"
"""


def run(records: int, folder: Path) -> Iterator[Measurement]:
    """Write a register of so many records, guess its description, load it into a new instance."""
    file, described = folder / "register.json", folder / "register.toml"
    json_register.write(file, records)
    data = [*_ULZII, "--data", str(folder / "data")]
    peak.measure([*data, "init", "--base", "https://bench.example/"])
    yield _measured(
        "guessing a register in JSON",
        [*data, "guess", str(file), "--write", str(described)],
        file,
        records,
    )
    _answer(described)
    yield _measured(
        "peak memory of a register in JSON, from file to published",
        [*data, "load", str(described)],
        file,
        records,
    )


def _measured(work: str, command: list[str], file: Path, records: int) -> Measurement:
    with _processor_seconds() as seconds:
        found: Peak = peak.measure(command)
    statements = records * json_register.STATEMENTS
    return Measurement(
        work,
        f"{file.stat().st_size / 1e6:,.0f} MB, {records:,} records, {statements:,} statements",
        "2 GiB",
        ours=found.together,
        theirs=_LIMIT,
        unit="MiB",
        ratio=found.together / _LIMIT,
        target="≤ 1",
        met=found.together <= _LIMIT,
        detail=f"the largest process {found.largest:,.0f} MiB; processor seconds {seconds[0]:,.0f}"
        f", {found.seconds:,.0f} s on a machine that does other work",
    )


@contextmanager
def _processor_seconds() -> Iterator[list[float]]:
    """What the commands of a block use of the processors, in its first and only item."""
    found = [-_used()]
    yield found
    found[0] += _used()


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _answer(described: Path) -> None:
    """Answer what the guess asks. What the rules look up in bundled sources is left out."""
    properties = (f"https://bench.example/def/property-{number}" for number in count(1))
    lines = []
    for line in described.read_text("utf-8").splitlines():
        key = line.partition(" = ")[0]
        if line.endswith(' = "?"'):
            line = f'{key} = "{_ANSWERS.get(key) or next(properties)}"'
        lines.append("references = []" if key == "references" else line)
    described.write_text("\n".join(lines) + "\n" + _PUBLISHER, "utf-8")
