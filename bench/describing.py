"""What VoID costs: counting a catalogue, and following a change of 0.4 % of its datasets.

python -m bench.describing [--datasets 50000]

Beside them the load that they are a part of, and plain `bulk_load` of the same statements. Seconds
of the processor, which other work on the machine disturbs less than those of the clock.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from bench import loading, synthetic
from graph.instance import Instance
from graph.ledger import Event
from graph.snapshots import Snapshot
from graph.store.embedded import EmbeddedStore
from graph.void import renewing

_renew = renewing.renew


def measure(datasets: int, folder: Path) -> None:
    """Load, change and load again; print what each took."""
    found = list(synthetic.lines(datasets))
    print(f"{datasets:,} datasets, {len(found):,} statements")
    began = time.process_time()
    loading.bulk_load(found, folder)
    print(f"  plain bulk_load                 {time.process_time() - began:8.2f} s")
    instance = loading.new_instance(folder)
    _load("first load, with counting", instance, found)
    changed = frozenset(range(0, datasets, loading.CHANGED_SHARE))
    _load("reload of 0.4 %, with following", instance, list(synthetic.lines(datasets, changed)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  memory at most                  {memory:8.0f} MiB, the list of statements included")


def _load(work: str, instance: Instance, found: list[synthetic.Line]) -> None:
    spent: list[float] = []

    def timed(
        store: EmbeddedStore, of: Instance, events: Sequence[Event], now: Snapshot | None
    ) -> None:
        began = time.process_time()
        _renew(store, of, events, now)
        spent.append(time.process_time() - began)

    began = time.process_time()
    with patch.object(renewing, "renew", timed):
        loading.load(instance, found)
    print(f"  {work:<32}{time.process_time() - began:8.2f} s, of it VoID {sum(spent):.2f} s")


def main() -> None:
    """Measure in a temporary folder."""
    parser = argparse.ArgumentParser(prog="bench.describing", description=__doc__)
    parser.add_argument("--datasets", type=int, default=50_000)
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        measure(parser.parse_args().datasets, Path(folder))


if __name__ == "__main__":
    main()
