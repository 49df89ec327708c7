"""Measure, store the rows in bench/results.json and write bench/RESULTS.md.

python -m bench [--sizes 1000,50000,1000000] [--only lookups,analytical] [--against Oxigraph]
                [--keep DIR] [--seconds 6] [--turns 5] [--rounds 3]

`make bench` runs everything at 1,000 and 50,000 datasets; the parts `audit…`, whose sizes are
numbers of statements, at 100,000 and 1,000,000. Stores are created in DIR once and reused;
creating the largest takes an hour (`python -m bench.data.stores`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import results
from bench.audit import measure, replaying, sizes
from bench.data import stores, synthetic
from bench.harvesting import harvest
from bench.loading import load
from bench.mapping import compare, whole_way
from bench.pages import compare as pages
from bench.queries import analytical, hostile, listing, lookups, repeated, search
from bench.results import Measurement
from bench.servers import launch
from bench.tables import load_memory
from bench.validation import prefilter

_USUAL = [1000, 50_000]  # datasets
MAX_DATASETS = 50_000  # for the parts that are not measured at a million


def _loading(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        yield from load.run(datasets, Path(folder))


def _lookups(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    prepared = stores.prepare(datasets, chosen.keep)
    yield from lookups.run(prepared, chosen.seconds, chosen.turns, chosen.against)


def _repeated(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    prepared = stores.prepare(datasets, chosen.keep)
    yield from repeated.run(prepared, chosen.seconds, chosen.turns)


def _analytical(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    prepared = stores.prepare(datasets, chosen.keep)
    yield from analytical.run(prepared, chosen.rounds, chosen.against)


def _hostile(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    prepared = stores.prepare(datasets, chosen.keep)
    yield from hostile.run(prepared, 5 * chosen.seconds, chosen.against)


def _validating(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    if datasets <= MAX_DATASETS:
        yield from prefilter.run([datasets])


def _searching(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    if datasets <= MAX_DATASETS:
        with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
            instance = load.new_instance(Path(folder) / "texts")
            load.load_version(instance, list(synthetic.lines(datasets)))
            yield from search.texts(instance, datasets)
            yield from search.places(Path(folder) / "places", datasets)


def _mapping(rows: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        yield from compare.run(rows, Path(folder), chosen.turns)


def _whole(rows: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        yield from whole_way.run(rows, Path(folder), chosen.turns)


def _mapping_memory(rows: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        yield compare.mapping_memory(rows, Path(folder))


def _memory(rows: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        yield compare.memory(rows, Path(folder))


def _register(records: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-", dir=chosen.keep) as folder:
        yield from load_memory.run(records, Path(folder))


def _harvesting(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        yield from harvest.run(datasets, (chosen.keep or Path(folder)) / f"harvest-{datasets}")


def _pages(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    if datasets == chosen.sizes[0]:  # the bundled sources have one size
        with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
            yield from pages.run(chosen.keep or Path(folder))


def _listing(datasets: int, chosen: Namespace) -> Iterator[Measurement]:
    folder = chosen.keep / f"lists-{datasets}"
    yield from listing.run(datasets, folder, against=datasets <= MAX_DATASETS)


def _audit(statements: int, chosen: Namespace) -> Iterator[Measurement]:
    for name, part in PARTS.items():
        if name.startswith("audit-"):
            yield from part(statements, chosen)


def _audit_lookups(statements: int, chosen: Namespace) -> Iterator[Measurement]:
    yield from measure.run(statements, chosen.keep)


def _audit_trace(statements: int, chosen: Namespace) -> Iterator[Measurement]:
    yield from measure.traces(statements, chosen.keep)


def _audit_diff(statements: int, chosen: Namespace) -> Iterator[Measurement]:
    yield from measure.comparisons(statements, chosen.keep)


def _audit_bytes(statements: int, chosen: Namespace) -> Iterator[Measurement]:
    yield from sizes.run(statements, chosen.keep)


def _audit_replay(statements: int, chosen: Namespace) -> Iterator[Measurement]:
    yield from replaying.run(statements, chosen.keep)


PARTS: dict[str, Callable[[int, Namespace], Iterator[Measurement]]] = {
    "loading": _loading,
    "harvesting": _harvesting,
    "mapping": _mapping,
    "mapping-memory": _mapping_memory,
    "memory": _memory,
    "register": _register,
    "whole": _whole,
    "lookups": _lookups,
    "repeated": _repeated,
    "analytical": _analytical,
    "hostile": _hostile,
    "searching": _searching,
    "listing": _listing,
    "pages": _pages,
    "validating": _validating,
    "audit": _audit,  # all of the next ones
    "audit-lookups": _audit_lookups,
    "audit-trace": _audit_trace,
    "audit-diff": _audit_diff,
    "audit-bytes": _audit_bytes,
    "audit-replay": _audit_replay,
}
_DEFAULT = [part for part in PARTS if not part.startswith("audit-")]
_SIZES = {part: measure.SIZES for part in PARTS if part.startswith("audit")}


def main() -> None:
    """Measure the chosen parts and write the results."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as scratch:
        chosen.keep = chosen.keep or Path(scratch)
        for part in chosen.only:
            for datasets in chosen.sizes or _SIZES.get(part, _USUAL):
                _measure(PARTS[part](datasets, chosen))


def _measure(measurements: Iterator[Measurement]) -> None:
    for row in measurements:
        results.record([row])
        results.write_markdown()
        print(results.line(row._asdict() | {"date": ""}), file=sys.stderr, flush=True)


def _arguments() -> Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = list(launch.OTHERS)
    parser.add_argument("--sizes", type=_numbers)
    parser.add_argument("--only", type=_among(list(PARTS)), default=_DEFAULT)
    parser.add_argument("--against", type=_among(names), default=names)
    parser.add_argument("--seconds", type=float, default=6.0, help="to measure each rate")
    parser.add_argument("--turns", type=int, default=5, help="alternating measurements of a rate")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions of the analytical mix")
    parser.add_argument("--keep", type=Path, help="directory for stores, which are reused")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _among(names: list[str]) -> Callable[[str], list[str]]:
    def chosen(text: str) -> list[str]:
        if unknown := set(text.split(",")) - set(names):
            raise argparse.ArgumentTypeError(f"{unknown} is not one of {', '.join(names)}")
        return text.split(",")

    return chosen


if __name__ == "__main__":
    main()
