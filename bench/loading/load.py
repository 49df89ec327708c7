"""First load and reload with full provenance, beside plain `bulk_load` of the same statements.

From statements to snapshot, each stage timed; mapping and validation are not part of it. Every
stage is the project's own code as the pipeline calls it.
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
from bench.results import Row
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
from graph.versions.version import BuildInfo, ValidationInfo

SOURCE = "bench"
CHANGED_SHARE = 250  # every 250th dataset changes: 0.4 %
_HELD = 50_000  # datasets whose statements are made ahead
_BATCH = 2_000_000  # statements
_AT_ONCE = 1000  # datasets
_TURNS = 3


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
    instances.write_config(made)
    return made


def statements(datasets: int, changed: frozenset[int] = frozenset()) -> Iterable[synthetic.Line]:
    """A catalogue: a list made ahead, or one that no memory should hold, made on the way. No part
    of the making is timed."""
    found = synthetic.lines(datasets, changed)
    return list(found) if datasets <= _HELD else found


def bulk_load(found: Iterable[synthetic.Line], folder: Path) -> tuple[float, Path]:
    """The baseline: the same statements into a named graph of a new store, and nothing else. Where
    they are many in batches, for in one go the engine would hold all of them in memory."""
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


def load(instance: Instance, found: Iterable[synthetic.Line]) -> Clock:
    """One load of these statements as the next version of the source."""
    gc.freeze()  # a list of statements is the bench's, not the load's; do not let it slow us
    clock, archive, ledger = Clock(), Archive(instance.archive), Ledger(instance)
    before = state(list(ledger)).get(SOURCE)
    origins, capture = Origins(), archive.put(b"synthetic")
    rule, datasets = origins.rule("bench"), groupby(found, key=itemgetter(1))
    with Sorter(instance.staging) as sorter:
        while batch := [(n, [x.text for x in lines]) for n, lines in islice(datasets, _AT_ONCE)]:
            for number in range(len(origins.records), batch[-1][0] + 1):
                origins.record(capture, f"row={number + 2}")
            with clock.stage("normalise"):
                for dataset, texts in batch:
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


class Turn(NamedTuple):
    """One bulk load and one first load and reload beside it."""

    plain: float
    first: Clock
    again: Clock


def run(datasets: int, folder: Path) -> Iterator[Row]:
    """First load and reload of one synthetic catalogue, in turns with the baseline where memory
    holds the statements, for what else the machine does changes from one minute to the next."""
    size = f"{datasets:,} datasets, {datasets * synthetic.STATEMENTS:,} statements"
    turns = [_turn(datasets, folder) for _ in range(_TURNS if datasets <= _HELD else 1)]
    yield _row("first load, full provenance", size, [(t.first, t.plain) for t in turns], 2.0)
    yield _row("reload, 0.4 % of datasets changed", size, [(t.again, t.plain) for t in turns], 1.0)


def _turn(datasets: int, folder: Path) -> Turn:
    found = statements(datasets)
    plain, stored = bulk_load(found, folder)
    shutil.rmtree(stored)
    instance = new_instance(folder)
    first = load(instance, found if isinstance(found, list) else statements(datasets))
    del found
    changed = frozenset(range(0, datasets, CHANGED_SHARE))
    again = load(instance, statements(datasets, changed))
    shutil.rmtree(instance.root)
    return Turn(plain, first, again)


def _row(work: str, size: str, turns: list[tuple[Clock, float]], target: float) -> Row:
    """The turn whose ratio is the median."""
    turns = sorted(turns, key=lambda turn: turn[0].total / turn[1])
    clock, plain = turns[len(turns) // 2]
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in clock.stages.items())
    ratios = ", ".join(f"{ours.total / theirs:.2f}" for ours, theirs in turns)
    told = f"{stages}; ratios of the turns {ratios}"
    ratio = clock.total / plain
    met = ratio <= target
    return Row(
        work, size, "bulk_load", clock.total, plain, "seconds", ratio, f"≤ {target:g}", met, told
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
    made = BuildInfo(fetched["index"], [], nothing, {}, {}, nothing, nothing)
    title, checked = {"en": "Synthetic"}, ValidationInfo(nothing, nothing)
    return version.log(ledger, SOURCE, title, before, layers, changes, made, checked)
