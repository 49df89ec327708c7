"""Compare every result for a whole catalogue with those of pySHACL alone.

python -m bench.validation.whole [--datasets 50000] [--every 10 …] [--shapes FILE …]
                                [--out bench/WHOLE.md]

A case with 50,000 datasets takes a quarter of an hour or more on one processor, so `make bench`
does not run it and extrapolates from a sample instead.
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
from bench.validation.comparable import ComparableResult, ComparableResults, properties_by_subject
from shapes.prefilter.run import Prefiltered

RESULTS = Path(__file__).parent.with_name("WHOLE.md")


class EqualityResult(NamedTuple):
    """One case: times and results of ours and of pySHACL alone, and how many results differ."""

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
        """Whether both have the same results, and at least one."""
        return bool(self.results) and not self.only_ours and not self.only_theirs


def compare(shapes: Graph, case: prefilter.Case, datasets: int) -> EqualityResult:
    """Validate one synthetic catalogue with both, one after the other."""
    lines, reference_lines = (
        list(prefilter.catalogue(datasets, case.every)),
        prefilter.reference_lines(datasets),
    )
    seconds, ours = _ours(shapes, lines, reference_lines)
    statements = len(lines) + len(reference_lines)
    del lines
    alone, report = prefilter.run_pyshacl(shapes, case, datasets)
    theirs = ComparableResults(shapes).of_report(report)
    return EqualityResult(
        work=case.work,
        datasets=datasets,
        statements=statements,
        ours=seconds,
        theirs=alone,
        results=theirs.total(),
        only_ours=(ours - theirs).total(),
        only_theirs=(theirs - ours).total(),
    )


def _ours(
    shapes: Graph, lines: list[bytes], reference_lines: list[bytes]
) -> tuple[float, Counter[ComparableResult]]:
    comparable, jobs = ComparableResults(shapes), os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        start = time.perf_counter()
        found = list(Prefiltered(shapes, lines, reference_lines, Path(folder)).results(jobs=jobs))
        seconds = time.perf_counter() - start
    return seconds, Counter(
        comparable.of(node, properties_by_subject(triples)) for node, triples in found
    )


def report(rows: list[EqualityResult]) -> str:
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


def _line(row: EqualityResult) -> str:
    ratio, equal = row.theirs / row.ours, "yes" if row.equal else "**no**"
    return (
        f"| {row.work} | {row.datasets:,} | {row.statements:,} | {row.ours:.1f} "
        f"| {row.theirs:.1f} | {ratio:.1f} | {row.results:,} | {row.only_ours:,} "
        f"| {row.only_theirs:,} | {equal} |"
    )


def main() -> int:
    """Run, write the page, and return 1 if any result differs."""
    parser = argparse.ArgumentParser(prog="bench.validation.whole", description=__doc__)
    parser.add_argument("--datasets", type=int, default=50_000)
    parser.add_argument("--every", type=int, nargs="*", default=[10], choices=(100, 10, 1))
    parser.add_argument("--shapes", type=Path, nargs="*", default=prefilter.FILES)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    shapes = Graph()
    for path in chosen.shapes:
        shapes.parse(path)
    rows: list[EqualityResult] = []
    known = {case.every: case for case in prefilter.CASES}
    for case in map(known.__getitem__, chosen.every):
        rows.append(compare(shapes, case, chosen.datasets))
        print(_line(rows[-1]), file=sys.stderr, flush=True)
        chosen.out.write_text(report(rows), "utf-8")
    return 0 if rows and all(row.equal for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
