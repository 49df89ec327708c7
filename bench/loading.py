"""First load and reload with full provenance, beside plain `bulk_load` of the same statements.

From statements to snapshot, each stage timed; mapping and validation are not part of it. Every
stage is the project's own code as the pipeline calls it.
"""

from __future__ import annotations

import gc
import io
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyoxigraph as ox

from bench import synthetic
from bench.rows import Row
from graph import instance as instances
from graph import version
from graph.archive import Archive
from graph.instance import Instance
from graph.ledger import Event, Ledger, create, event
from graph.publish import Publisher
from graph.published import state
from graph.statements import layer
from graph.statements.patch import Patch
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.version import Check, Making

SOURCE = "bench"
CHANGED_SHARE = 250  # every 250th dataset changes: 0.4 %


class Clock:
    """Seconds per stage."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        begun = time.perf_counter()
        yield
        self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - begun

    @property
    def total(self) -> float:
        """All stages."""
        return sum(self.stages.values())


def new_instance(folder: Path) -> Instance:
    """An empty instance for measuring."""
    made = instances.create(folder / "data", synthetic.BASE)
    create(made)
    instances.seal(made)
    return made


def bulk_load(found: list[synthetic.Line], folder: Path) -> tuple[float, Path]:
    """The baseline: the same statements into a named graph of a new store, and nothing else."""
    target = folder / "plain"
    shutil.rmtree(target, ignore_errors=True)
    data = b"\n".join(line.text for line in found)
    begun = time.perf_counter()
    store = ox.Store(str(target))
    store.bulk_load(
        io.BytesIO(data),
        ox.RdfFormat.N_TRIPLES,
        to_graph=ox.NamedNode(f"{synthetic.BASE}graph/{SOURCE}"),
    )
    store.flush()
    del store
    return time.perf_counter() - begun, target


def load(instance: Instance, found: list[synthetic.Line]) -> Clock:
    """One load of these statements as the next version of the source."""
    gc.freeze()  # the list of statements is the bench's, not the load's; do not let it slow us
    clock, archive, ledger = Clock(), Archive(instance.archive), Ledger(instance)
    before = state(list(ledger)).get(SOURCE)
    origins, capture = Origins(), archive.put(b"synthetic")
    for number in range(found[-1].dataset + 1):
        origins.record(capture, f"row={number + 2}")
    rule = origins.rule("bench")
    with Sorter(instance.staging) as sorter:
        with clock.stage("normalise"):
            for dataset, lines in groupby(found, key=itemgetter(1)):
                texts = [line.text for line in lines]
                sorter.extend(dataset, texts, [rule] * len(texts))
        with clock.stage("sort, hash, row map"):
            made = layer.write(sorter.sorted(), origins, archive)
    layers = {"stated": made, "inferred": layer.empty(archive), "findings": layer.empty(archive)}
    with clock.stage("patch"):
        changes = version.changes_since(before, SOURCE, layers, archive, instance.names)
    with clock.stage("ledger"):
        logged = _log(archive, ledger, before, layers, changes)
    with clock.stage("store and publish"):
        Publisher(instance, ledger).publish(*logged)
    return clock


def run(datasets: int, folder: Path) -> Iterator[Row]:
    """First load and reload of one synthetic catalogue."""
    found = list(synthetic.lines(datasets))
    size = f"{datasets:,} datasets, {len(found):,} statements"
    plain, _ = bulk_load(found, folder)
    instance = new_instance(folder)
    yield _row("first load, full provenance", size, load(instance, found), plain, 2.0)
    changed = frozenset(range(0, datasets, CHANGED_SHARE))
    again = load(instance, list(synthetic.lines(datasets, changed)))
    yield _row("reload, 0.4 % of datasets changed", size, again, plain, 1.0)


def _row(work: str, size: str, clock: Clock, plain: float, target: float) -> Row:
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in clock.stages.items())
    ratio = clock.total / plain
    met = ratio <= target
    return Row(
        work, size, "bulk_load", clock.total, plain, "seconds", ratio, f"≤ {target:g}", met, stages
    )


def _log(
    archive: Archive,
    ledger: Ledger,
    before: Event | None,
    layers: version.Layers,
    changes: Patch | None,
) -> tuple[Event, Event]:
    nothing = archive.put(b"[]")
    fetch = event("Fetch", source=SOURCE, outcome="changed", manifest=nothing, responses=[])
    (fetched,) = ledger.append(fetch)
    made = Making(fetched["index"], [], nothing, {}, {}, nothing, nothing)
    title, checked = {"en": "Synthetic"}, Check(nothing, nothing)
    return version.log(ledger, SOURCE, title, before, layers, changes, made, checked)
