"""Measure what an auditor asks, and write the rows to bench/results.json and bench/RESULTS.md.

python -m bench.audit [--statements 100000,1000000] [--versions 20] [--no-snapshot] [--keep DIR]

10,000,000 statements take long, and gigabytes of memory and disk: three versions, no snapshot.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import results
from bench.audit import comparing, events, lookups, made, sizes, verifying
from bench.audit.made import Audited
from bench.results import Measurement

_REPLAYED = 25_000  # things
_LARGE = 5_000_000  # statements, from which on there are few versions and no snapshot


def run(
    statements: int, folder: Path, versions: int, *, with_snapshot: bool
) -> Iterator[Measurement]:
    """The rows of an instance with so many statements."""
    is_large = statements > _LARGE
    audited = made.make(
        folder,
        statements,
        min(versions, 3) if is_large else versions,
        with_snapshot=with_snapshot and not is_large,
    )
    yield from of(audited)


def of(audited: Audited) -> Iterator[Measurement]:
    """The rows of an instance."""
    yield from sizes.run(audited)
    yield from lookups.run(audited)
    yield from comparing.run(audited)
    yield from verifying.run(audited)


def main() -> None:
    """Measure the chosen sizes."""
    parser = argparse.ArgumentParser(prog="bench.audit")
    parser.add_argument("--statements", default="100000,1000000")
    parser.add_argument("--versions", type=int, default=20)
    parser.add_argument("--no-snapshot", action="store_true", help="do not compare with its bytes")
    parser.add_argument("--keep", type=Path, help="where the instances are made")
    chosen = parser.parse_args()
    counts = [int(number) for number in chosen.statements.split(",")]
    for statements in counts:
        with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
            snapshot = not chosen.no_snapshot
            for row in run(statements, Path(folder), chosen.versions, with_snapshot=snapshot):
                record(row)
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        for row in events.run(Path(folder)):
            record(row)
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        record(comparing.replays(Path(folder), _REPLAYED))


def record(row: Measurement) -> None:
    """Store a row, and print it."""
    results.record([row])
    results.write_markdown()
    print(results.line(row._asdict() | {"date": ""}), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
