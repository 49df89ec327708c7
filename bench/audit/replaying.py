"""A source made again from the archived bytes and code, beside its load."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.loading.load import new_instance
from bench.results import Measurement
from graph.core.instance import Instance
from graph.ledger import Ledger
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from loaders.replay.replay import Verdict, replay

_OF_A_THING = 4  # statements


class Spent(NamedTuple):
    """Seconds: of all processors, and by the clock."""

    processors: float
    elapsed: float


def run(statements: int, folder: Path) -> Iterator[Measurement]:
    """A row for a source of so many statements in N-Triples: loaded and replayed."""
    folder = folder / f"replayed-{statements}"
    folder.mkdir()
    instance, source = new_instance(folder), folder / "replayed.toml"
    with (folder / "replayed.nt").open("wb") as file:
        file.writelines(map(_thing, range(statements // _OF_A_THING)))
    source.write_text(
        'id = "replayed"\nloader = "rdf"\nfiles = ["replayed.nt"]\n'
        'media_type = "application/n-triples"\n[title]\nmn = "Хуулбар"\nen = "Copy"\n'
    )
    loaded = _spent(lambda: load(instance, read(source)))
    yield _replayed(instance, loaded)
    shutil.rmtree(folder)


def _thing(number: int) -> bytes:
    subject = f"<https://example.org/office/{number}>"
    values = {"name": f'"Office {number}"@en', "homepage": f"<https://example.org/{number}>"}
    values |= {"nick": f'"o{number}"@en', "title": f'"Office number {number}"@en'}
    lines = (f"{subject} <http://xmlns.com/foaf/0.1/{p}> {v} .\n" for p, v in values.items())
    return "".join(lines).encode()


def _replayed(instance: Instance, loaded: Spent) -> Measurement:
    events = Ledger(instance).events
    made = events.last("Load", "replayed")
    assert made is not None

    def again() -> None:
        done = replay(instance, events, made)
        assert done.verdict is Verdict.PROVEN, done.reason

    replayed = _spent(again)
    count = sum(made["layers"][name]["statements"] for name in ("stated", "inferred"))
    return Measurement(
        work="replay of a source in N-Triples",
        size=f"{count:,} statements",
        against="its load, with rules and store",
        ours=replayed.processors,
        theirs=loaded.processors,
        unit="seconds",
        ratio=loaded.processors / replayed.processors,
        detail=f"of all processors; by the clock {replayed.elapsed:.1f}, the load"
        f" {loaded.elapsed:.1f}; the same hashes",
    )


def _spent(work: Callable[[], object]) -> Spent:
    """What some work took, with the processes that it started and waited for."""
    before, begun = _processors(), time.perf_counter()
    work()
    return Spent(_processors() - before, time.perf_counter() - begun)


def _processors() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
