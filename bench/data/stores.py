"""Create every kind of store that is measured, with the same synthetic statements.

python -m bench.data.stores --keep DIR [--sizes 1000,50000,1000000]

    DIR/50000/lines.nt       the statements, one a line
    DIR/50000/plain/         the engine's own store: one named graph
    DIR/50000/data/          an instance with one snapshot: the named graph, and the union

The stores are filled by bulk load and compacted, both alike; loading with provenance is measured
by `bench.loading.load`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from bench.data import synthetic
from graph import snapshots
from graph.core import instance as instances
from graph.core.instance import Instance, open_instance
from graph.ledger import create

SOURCE = "bench"
GRAPH = ox.NamedNode(f"{synthetic.BASE}graph/{SOURCE}")
_BATCH = 2_000_000
_NUMBER = 1  # of the snapshot: no publication of a ledger of this size can exist


class Prepared(NamedTuple):
    """The stores of one size: the number of datasets, and the folder."""

    datasets: int
    folder: Path

    @property
    def lines(self) -> Path:
        """The statements as N-Triples."""
        return self.folder / "lines.nt"

    @property
    def plain(self) -> Path:
        """The engine's own store."""
        return self.folder / "plain"

    @property
    def instance(self) -> Instance:
        """The instance."""
        return open_instance(self.folder / "data")

    @property
    def size(self) -> str:
        """The size as text."""
        return f"{self.datasets:,} datasets, {self.datasets * synthetic.STATEMENTS:,} statements"


def prepare(datasets: int, keep: Path) -> Prepared:
    """The stores of one size; missing ones are created."""
    made = Prepared(datasets, keep / str(datasets))
    made.folder.mkdir(parents=True, exist_ok=True)
    _once(made.lines, lambda target: _write(datasets, target))
    _once(made.plain, lambda target: _fill(target, made.lines, [GRAPH]))
    _once(made.folder / "data", lambda target: _publish(target, made.lines))
    return made


def _once(target: Path, make: Callable[[Path], None]) -> None:
    """Create a file or folder under a temporary name, so that its final name means complete."""
    if target.exists():
        return
    begun, partial = time.monotonic(), target.with_name(target.name + ".half")
    make(partial)
    partial.rename(target)
    print(f"{target}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)


def _write(datasets: int, target: Path) -> None:
    with target.open("wb") as file:
        file.writelines(line.text + b"\n" for line in synthetic.lines(datasets))


def _fill(target: Path, lines: Path, graphs: Sequence[ox.NamedNode | ox.DefaultGraph]) -> None:
    store = ox.Store(str(target))
    with lines.open("rb") as file:  # in batches: a bulk load holds all its statements in memory
        while batch := b"".join(islice(file, _BATCH)):
            for graph in graphs:
                store.bulk_load(batch, ox.RdfFormat.N_TRIPLES, to_graph=graph)
    store.flush()
    store.optimize()


def _publish(target: Path, lines: Path) -> None:
    made = instances.create(target, synthetic.BASE)
    create(made)
    staged = made.staging / "store"
    _fill(staged, lines, [GRAPH, ox.DefaultGraph()])
    snapshots.set_current(
        made, snapshots.install(made, staged, snapshots.next_snapshot(made, _NUMBER))
    )
    instances.write_config(made)


def main() -> None:
    """Create the stores of some sizes."""
    parser = argparse.ArgumentParser(prog="bench.data.stores", description=__doc__)
    parser.add_argument("--sizes", default="1000,50000,1000000")
    parser.add_argument("--keep", type=Path, required=True)
    chosen = parser.parse_args()
    for size in chosen.sizes.split(","):
        print(prepare(int(size), chosen.keep).size)


if __name__ == "__main__":
    main()
