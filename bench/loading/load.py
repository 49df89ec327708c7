"""The time of a first load and a reload with full provenance, beside plain `bulk_load`.

Measured from statements to snapshot, each stage by itself; mapping and validation are not part of
it. Every stage runs the same functions as the pipeline.
"""

from __future__ import annotations

import gc
import io
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from bench.data import synthetic
from bench.data.stores import GRAPH
from bench.results import Measurement
from graph.archive import Archive
from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import Event, Ledger, create, event
from graph.publication.publish import Publisher
from graph.statements import layer
from graph.statements.patch import Patch
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from graph.versions import version
from graph.versions.state import state
from graph.versions.version import BuildInfo, NewVersion, ValidationInfo

SOURCE = "bench"
CHANGED_SHARE = 250  # every 250th dataset changes: 0.4 %
_IN_MEMORY_MAX = 50_000  # datasets whose statements fit into a list in memory
_BATCH = 2_000_000  # statements
_CHUNK = 1000  # datasets
_ROUNDS = 3


class StageTimer:
    """The time of each stage in seconds."""

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
        """The sum of all stages."""
        return sum(self.stages.values())


def new_instance(folder: Path) -> Instance:
    """An empty instance for measuring."""
    made = instances.create(folder / "data", synthetic.BASE)
    create(made)
    instances.write_config(made)
    return made


def statements(datasets: int, changed: frozenset[int] = frozenset()) -> Iterable[synthetic.Line]:
    """The statements of a catalogue: a list, or an iterator if they are too many for memory.

    Creating them is not part of any measured time.
    """
    found = synthetic.lines(datasets, changed)
    return list(found) if datasets <= _IN_MEMORY_MAX else found


def bulk_load(found: Iterable[synthetic.Line], folder: Path) -> tuple[float, Path]:
    """The baseline: load the statements into a named graph of a new store, and nothing else.

    In batches, because the engine holds all statements of a bulk load in memory. Gives the time in
    seconds, and the store's folder.
    """
    target, took = folder / "plain", 0.0
    shutil.rmtree(target, ignore_errors=True)
    store, lines = ox.Store(str(target)), iter(found)
    while batch := [line.text for line in islice(lines, _BATCH)]:
        data = io.BytesIO(b"\n".join(batch))
        begun = time.perf_counter()
        store.bulk_load(data, ox.RdfFormat.N_TRIPLES, to_graph=GRAPH)
        took += time.perf_counter() - begun
    begun = time.perf_counter()
    store.flush()
    del store
    return took + time.perf_counter() - begun, target


def load_version(instance: Instance, found: Iterable[synthetic.Line]) -> StageTimer:
    """Load these statements as the next version of the source, and time the stages."""
    gc.freeze()  # the list of statements is not part of a load: keep it from the garbage collector
    timer, archive, ledger = StageTimer(), Archive(instance.archive), Ledger(instance)
    before = state(list(ledger)).get(SOURCE)
    origins, capture = Origins(), archive.put(b"synthetic")
    rule, datasets = origins.rule("bench"), groupby(found, key=itemgetter(1))
    with Sorter(instance.staging) as sorter:
        while batch := [(n, [x.text for x in lines]) for n, lines in islice(datasets, _CHUNK)]:
            for number in range(origins.record_count, batch[-1][0] + 1):
                origins.record(capture, f"row={number + 2}")
            with timer.stage("normalise"):
                for dataset, texts in batch:
                    sorter.extend(dataset, texts, [rule] * len(texts))
        with timer.stage("sort, hash, row map"):
            made = layer.write(sorter.sorted(), origins, archive)
    layers = {"stated": made, "inferred": layer.empty(archive), "findings": layer.empty(archive)}
    with timer.stage("patch"):
        changes = version.changes_since(before, SOURCE, layers, archive, instance.names)
    with timer.stage("ledger"):
        logged = _log(archive, ledger, before, layers, changes)
    with timer.stage("store and publish"):
        Publisher(instance, ledger).publish(*logged)
    return timer


class Round(NamedTuple):
    """The times of a bulk load, a first load and a reload of the same catalogue."""

    bulk: float
    first: StageTimer
    reload: StageTimer


def run(datasets: int, folder: Path) -> Iterator[Measurement]:
    """First load and reload of one synthetic catalogue, alternately with the baseline.

    Alternately, because other work on the machine changes from minute to minute; only once if the
    statements are too many for memory.
    """
    size = f"{datasets:,} datasets, {datasets * synthetic.STATEMENTS:,} statements"
    rounds = [_round(datasets, folder) for _ in range(_ROUNDS if datasets <= _IN_MEMORY_MAX else 1)]
    yield _row("first load, full provenance", size, [(r.first, r.bulk) for r in rounds], 2.0)
    yield _row("reload, 0.4 % of datasets changed", size, [(r.reload, r.bulk) for r in rounds], 1.0)


def _round(datasets: int, folder: Path) -> Round:
    found = statements(datasets)
    bulk, stored = bulk_load(found, folder)
    shutil.rmtree(stored)
    instance = new_instance(folder)
    first = load_version(instance, found if isinstance(found, list) else statements(datasets))
    del found
    changed = frozenset(range(0, datasets, CHANGED_SHARE))
    reload = load_version(instance, statements(datasets, changed))
    shutil.rmtree(instance.root)
    return Round(bulk, first, reload)


def _row(work: str, size: str, pairs: list[tuple[StageTimer, float]], target: float) -> Measurement:
    """The pair whose ratio is the median."""
    pairs = sorted(pairs, key=lambda pair: pair[0].total / pair[1])
    timer, bulk = pairs[len(pairs) // 2]
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in timer.stages.items())
    ratios = ", ".join(f"{ours.total / theirs:.2f}" for ours, theirs in pairs)
    ratio = timer.total / bulk
    return Measurement(
        work=work,
        size=size,
        against="bulk_load",
        ours=timer.total,
        theirs=bulk,
        unit="seconds",
        ratio=ratio,
        target=f"≤ {target:g}",
        met=ratio <= target,
        detail=f"{stages}; ratios of the turns {ratios}",
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
    build = BuildInfo(
        fetch=fetched["index"],
        captures=[],
        code=nothing,
        environment={},
        counts={},
        rejects=nothing,
        skips=nothing,
    )
    new = NewVersion(
        source=SOURCE,
        title={"en": "Synthetic"},
        previous=before,
        layers=layers,
        changes=changes,
        build=build,
        validation=ValidationInfo(shapes=nothing, report=nothing),
    )
    return version.log(ledger, new)
