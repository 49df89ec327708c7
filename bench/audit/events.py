"""Opening a long log, beside parsing every event of it, as it was done before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from bench.audit import made
from bench.audit.made import Audited
from bench.loading.load import new_instance
from bench.results import Measurement
from graph.core.instance import Instance
from graph.ledger import Event, Ledger

EVENTS = 50_000
_BATCH = 5000


def run(folder: Path, number: int = EVENTS) -> Iterator[Measurement]:
    """A row: the seconds until a log is open and the last publication is found."""
    audited = made.make(folder, made.Plan(3600, 5))
    instance = _long_log(audited, folder, number)
    begun = time.process_time()
    Ledger(instance).last("Publish", "bench")
    opened = time.process_time() - begun
    begun = time.process_time()
    everything = list(Ledger(instance))
    parsed = time.process_time() - begun
    size = (instance.ledger / "entries.ndjson").stat().st_size
    yield Measurement(
        work="opening a log, and its last publication",
        size=f"{len(everything):,} events",
        against="parsing each event",
        ours=opened,
        theirs=parsed,
        unit="seconds",
        ratio=parsed / opened,
        detail=f"{size:,} bytes; every line is hashed in both",
    )


def _long_log(audited: Audited, folder: Path, number: int) -> Instance:
    """A log of so many events, in the form of those of another instance."""
    instance = new_instance(folder / "long")
    ledger = Ledger(instance)
    known = cycle(_without_place(item) for item in list(Ledger(audited.instance))[1:])
    while batch := list(islice(known, min(_BATCH, number - ledger.size))):
        ledger.append(*batch)
    return instance


def _without_place(item: Event) -> Event:
    return {key: value for key, value in item.items() if key not in {"index", "at"}}
