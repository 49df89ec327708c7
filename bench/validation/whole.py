"""The equality run: pySHACL alone over a whole catalogue, and every result compared with ours.

python -m bench.validation.whole [--datasets 50000] [--every 10 …] [--shapes FILE …]
                                [--out bench/WHOLE.md]

It takes about a quarter of an hour of one processor for each case at 50,000 datasets, so
`make bench`, which extrapolates from a sample, does not run it.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from rdflib import Graph

from bench.validation import prefilter
from bench.validation.comparable import Form, Forms, about
from shapes.prefilter.run import Prefiltered

RESULTS = Path(__file__).parent.with_name("WHOLE.md")


class Compared(NamedTuple):
    """One case: seconds and results of ours and of pySHACL alone, and how many differ."""

    work: str
    datasets: int
    statements: int
    ours: float
    theirs: float
    results: int
    only_ours: int
    only_theirs: int

    @property
    def equal(self) -> bool:
        """Whether both say the same, and say something."""
        return bool(self.results) and not self.only_ours and not self.only_theirs


def compared(shapes: Graph, case: prefilter.Case, datasets: int) -> Compared:
    """Both over all of one synthetic catalogue, one after the other."""
    lines, stubs = list(prefilter.catalogue(datasets, case.every)), prefilter.stubs(datasets)
    seconds, mine = _ours(shapes, lines, stubs)
    statements = len(lines) + len(stubs)
    del lines
    alone, report = prefilter.theirs(shapes, case, datasets)
    other = Forms(shapes).of_report(report)
    return Compared(
        work=case.work,
        datasets=datasets,
        statements=statements,
        ours=seconds,
        theirs=alone,
        results=other.total(),
        only_ours=(mine - other).total(),
        only_theirs=(other - mine).total(),
    )


def _ours(shapes: Graph, lines: list[bytes], stubs: list[bytes]) -> tuple[float, Counter[Form]]:
    forms, jobs = Forms(shapes), os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        start = time.perf_counter()
        found = list(Prefiltered(shapes, lines, stubs, Path(folder)).results(jobs=jobs))
        seconds = time.perf_counter() - start
    return seconds, Counter(forms.of(node, about(triples)) for node, triples in found)


def report(rows: list[Compared]) -> str:
    """The results as Markdown."""
    now = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="minutes")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return "\n".join(
        [
            "# pySHACL alone over the whole catalogue",
            "",
            "Written by `python -m bench.validation.whole`. Ulzii and pySHACL alone validate",
            "every statement of one synthetic catalogue against the official DCAT-AP 3.0.1 core",
            "and range shapes. Two results are equal when focus node, path, value, component,",
            "severity, messages, details and the structure of the source shape are equal. Ulzii",
            "uses all processors, pySHACL uses one. This page is about equality: the run is long,",
            "and on a machine that also does other work its times and ratios mean little.",
            "RESULTS.md has times measured on a quiet machine.",
            "",
            f"- date: {now}",
            f"- machine: {platform.machine()}, {os.cpu_count()} processors",
            f"- Python {platform.python_version()}, pySHACL {version('pyshacl')}",
            f"- most memory held (by pySHACL alone and both lists of results): {peak:.1f} GiB",
            "",
            "| work | datasets | statements | ours, s | alone, s | ratio | results | only ours "
            "| only alone | equal |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *map(_line, rows),
            "",
        ]
    )


def _line(row: Compared) -> str:
    ratio, equal = row.theirs / row.ours, "yes" if row.equal else "**no**"
    return (
        f"| {row.work} | {row.datasets:,} | {row.statements:,} | {row.ours:.1f} "
        f"| {row.theirs:.1f} | {ratio:.1f} | {row.results:,} | {row.only_ours:,} "
        f"| {row.only_theirs:,} | {equal} |"
    )


def main() -> int:
    """Run, write, and fail where anything differs."""
    parser = argparse.ArgumentParser(prog="bench.validation.whole", description=__doc__)
    parser.add_argument("--datasets", type=int, default=50_000)
    parser.add_argument("--every", type=int, nargs="*", default=[10], choices=(100, 10, 1))
    parser.add_argument("--shapes", type=Path, nargs="*", default=prefilter.FILES)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    shapes = Graph()
    for path in chosen.shapes:
        shapes.parse(path)
    rows: list[Compared] = []
    known = {case.every: case for case in prefilter.CASES}
    for case in map(known.__getitem__, chosen.every):
        rows.append(compared(shapes, case, chosen.datasets))
        print(_line(rows[-1]), file=sys.stderr, flush=True)
        chosen.out.write_text(report(rows), "utf-8")
    return 0 if rows and all(row.equal for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
