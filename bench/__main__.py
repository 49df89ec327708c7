"""`make bench`: run everything and write bench/RESULTS.md.

python -m bench [--sizes 1000,50000] [--seconds 6] [--keep DIR]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path

from bench import loading, lookups, search, synthetic, validating
from bench.validating import Row

RESULTS = Path(__file__).with_name("RESULTS.md")


def measure(datasets: int, seconds: float, folder: Path) -> Iterator[Row]:
    """Loading, reloading and look-ups on one synthetic catalogue."""
    found = list(synthetic.lines(datasets))
    size = f"{datasets:,} datasets, {len(found):,} statements"
    plain, store = loading.bulk_load(found, folder)
    instance = loading.new_instance(folder)
    first = loading.load(instance, found)
    yield _loaded("first load, full provenance", size, first, plain, 2.0)
    changed = frozenset(range(0, datasets, loading.CHANGED_SHARE))
    again = loading.load(instance, list(synthetic.lines(datasets, changed)))
    yield _loaded("reload, 0.4 % of datasets changed", size, again, plain, 1.0)
    del found
    mine, other = lookups.free_port(), lookups.free_port()
    rates: list[float] = []
    for command, port, path in (
        (lookups.ours(instance, mine), mine, "/sparql"),
        (lookups.theirs(store, other), other, "/query"),
    ):
        with lookups.running(command, port):
            lookups.rate(port, path, min(datasets, 400), 1.0)  # warm up
            rates.append(lookups.rate(port, path, datasets, seconds))
    us, them = rates
    met = us / them >= 0.55
    yield Row(
        "unique look-ups over HTTP", size, us, them, "per second", us / them, "≥ 0.55", met, ""
    )
    yield from search.texts(instance, datasets)
    yield from search.places(folder / "places", datasets)


def _loaded(work: str, size: str, clock: loading.Clock, plain: float, target: float) -> Row:
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in clock.stages.items())
    ratio = clock.total / plain
    return Row(
        work, size, clock.total, plain, "seconds", ratio, f"≤ {target:g}", ratio <= target, stages
    )


def report(rows: list[Row]) -> str:
    """The results as Markdown."""
    now = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="minutes")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [
        "# What was measured",
        "",
        "Written by `make bench`; ratios count, single times depend on the machine.",
        "",
        f"- date: {now}",
        f"- machine: {platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB memory",
        f"- Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, "
        f"oxigraph server {version('oxigraph')}",
        "",
        "| work | on | ours | against | unit | ratio | target | met |",
        "|---|---|---|---|---|---|---|---|",
        *(_line(row) for row in rows),
        "",
        "Against what: loading is measured beside plain `bulk_load` of the same statements into a",
        "named graph; look-ups beside `oxigraph serve-read-only --union-default-graph` on the same",
        "named graph, one after the other with the same clients. Ours stores every statement twice",
        "(its named graph and the union), hashes it, maps it to its row and logs it; mapping and",
        "validation are not in these figures. Validation is measured beside pySHACL alone with the",
        "official DCAT-AP 3.0.1 core and range shapes (where they are at hand), a larger ratio is",
        "better: pySHACL alone on a sample, extrapolated, the results of the sample compared.",
        "",
        "## Stages, in seconds",
        "",
        *(f"- {row.work}, {row.size}: {row.detail}" for row in rows if row.detail),
        "",
    ]
    return "\n".join(lines)


def _line(row: Row) -> str:
    met = "yes" if row.met else "**not yet**"
    figures = f"{row.ours:,.2f} | {row.theirs:,.2f} | {row.unit} | {row.ratio:.2f}"
    return f"| {row.work} | {row.size} | {figures} | {row.target} | {met} |"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,50000")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    rows: list[Row] = []
    sizes = [int(size) for size in chosen.sizes.split(",")]
    for datasets in sizes:
        with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
            for row in measure(datasets, chosen.seconds, Path(folder)):
                rows.append(row)
                print(_line(row), file=sys.stderr, flush=True)
    for checked in validating.run(sizes):
        rows.append(checked)
        print(_line(rows[-1]), file=sys.stderr, flush=True)
    chosen.out.write_text(report(rows), "utf-8")


if __name__ == "__main__":
    main()
