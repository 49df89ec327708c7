"""The time VoID takes: counting a catalogue, and updating after 0.4 % of its datasets change.

python -m bench.loading.void [--datasets 50000]

Beside it the load that it is part of, and plain `bulk_load` of the same statements. In seconds of
processor time, which other work on the machine affects less than wall-clock time.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from bench.data import synthetic
from bench.loading import load
from graph.core.instance import Instance
from graph.void.refresh import VoidRefresh


def measure(datasets: int, folder: Path) -> None:
    """Load, change and load again; print the time of each."""
    found = list(synthetic.lines(datasets))
    print(f"{datasets:,} datasets, {len(found):,} statements")
    began = time.process_time()
    load.bulk_load(found, folder)
    print(f"  plain bulk_load                 {time.process_time() - began:8.2f} s")
    instance = load.new_instance(folder)
    _load("first load, with counting", instance, found)
    changed = frozenset(range(0, datasets, load.CHANGED_SHARE))
    _load("reload of 0.4 %, with following", instance, list(synthetic.lines(datasets, changed)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  memory at most                  {memory:8.0f} MiB, the list of statements included")


def _load(work: str, instance: Instance, found: list[synthetic.Line]) -> None:
    spent: list[float] = []
    steps = ("__init__", "count", "write")
    began = time.process_time()
    with ExitStack() as patched:
        for step in steps:
            timed = _timed(getattr(VoidRefresh, step), spent)
            patched.enter_context(patch.object(VoidRefresh, step, timed))
        load.load_version(instance, found)
    print(f"  {work:<32}{time.process_time() - began:8.2f} s, of it VoID {sum(spent):.2f} s")


def _timed(step: Callable[..., None], spent: list[float]) -> Callable[..., None]:
    """The step; appends the time of its own thread, because others fill the store meanwhile."""

    def timed(*given: object) -> None:
        began = time.thread_time()
        step(*given)
        spent.append(time.thread_time() - began)

    return timed


def main() -> None:
    """Measure in a temporary folder."""
    parser = argparse.ArgumentParser(prog="bench.loading.void", description=__doc__)
    parser.add_argument("--datasets", type=int, default=50_000)
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        measure(parser.parse_args().datasets, Path(folder))


if __name__ == "__main__":
    main()
