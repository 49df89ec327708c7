"""What an auditor compares: two versions, the time line of a thing, and a replay."""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.audit.made import Audited
from bench.loading.load import SOURCE, new_instance
from bench.results import Measurement
from graph.archive import Archive
from graph.core.instance import Instance
from graph.history import comparison, walk
from graph.history.published import SourceVersion, versions
from graph.history.rows import AllRows
from graph.history.timeline import timeline
from graph.ledger import Ledger
from graph.statements import layer
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from loaders.replay.replay import Verdict, replay

_ASKED = 50  # time lines
_FAR = 10  # versions in between, so that about 384,000 of a million lines differ


def run(audited: Audited) -> Iterator[Measurement]:
    """Rows for a pair of neighbours and a far pair of versions, and for time lines."""
    known = versions(Ledger(audited.instance).events, SOURCE)
    last = known[-1]
    yield _difference(audited, "neighbours", known[-2], last)
    if len(known) > _FAR:
        yield _difference(audited, f"{_FAR} versions apart", known[-1 - _FAR], last)
    yield _timelines(audited, known)


def _difference(
    audited: Audited, which: str, old: SourceVersion, new: SourceVersion
) -> Measurement:
    archive, names, changed = audited.archive, audited.instance.names, 0

    def with_rows() -> None:
        nonlocal changed
        rows = AllRows(archive, old, new)
        changed = sum(
            len(rows.rows(line)) for line in walk.changed_lines(archive, old, new, "stated")
        )

    def things() -> None:
        rows = AllRows(archive, old, new)
        for one in comparison.things(archive, names, old, new, places=True):
            for change in one.changes:
                for line in change.lines:
                    rows.rows(line)

    def by_sets() -> None:
        before, after = (
            set(layer.read(archive, one.load["layers"]["stated"]["lines"])) for one in (old, new)
        )
        assert before - after or after - before

    ours, paired = _seconds(with_rows), _seconds(things)
    theirs = _seconds(by_sets)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return Measurement(
        work=f"diff of two versions with rows, {which}",
        size=f"{audited.statements:,} statements",
        against="difference of two sets, without rows",
        ours=ours,
        theirs=theirs,
        unit="seconds",
        ratio=theirs / ours,
        detail=f"{changed:,} changed lines; paired by thing and property in {paired:.1f} s; "
        f"most memory so far {memory:,} MiB",
    )


def _timelines(audited: Audited, known: list[SourceVersion]) -> Measurement:
    archive, events = audited.archive, Ledger(audited.instance).events
    facts = audited.loads[-1]["layers"]["stated"]
    subjects = [line[1 : line.index(b"> ")] for line in layer.read(archive, facts["lines"])]
    chosen = [one.decode() for one in random.Random(7).sample(subjects, _ASKED)]

    def ask(subject: str) -> None:
        timeline(audited.instance, events, subject, {SOURCE: known})

    def look_through(subject: str) -> None:
        key = f"<{subject}> ".encode()
        for one in known:
            digest = one.load["layers"]["stated"]["lines"]
            assert [line for line in layer.read(archive, digest) if line.startswith(key)]

    ask(chosen[0])
    times = [_seconds(lambda one=one: ask(one)) for one in chosen]  # type: ignore[misc]
    theirs = _seconds(lambda: look_through(chosen[0]))
    middle = statistics.median(times)
    return Measurement(
        work=f"time line of a thing with its changes, {len(known)} versions",
        size=f"{audited.statements:,} statements",
        against="reading every version",
        ours=1000 * middle,
        theirs=1000 * theirs,
        unit="ms",
        ratio=theirs / middle,
        detail=f"slowest of {_ASKED}: {1000 * max(times):.0f} ms",
    )


def replays(folder: Path, things: int) -> Measurement:
    """A source of so many things, four statements each, in N-Triples: loaded and replayed."""
    instance, source = new_instance(folder), folder / "replayed.toml"
    with (folder / "replayed.nt").open("wb") as file:
        file.writelines(_thing(number) for number in range(things))
    source.write_text(
        'id = "replayed"\nloader = "rdf"\nfiles = ["replayed.nt"]\n'
        'media_type = "application/n-triples"\n[title]\nmn = "Хуулбар"\nen = "Copy"\n'
    )
    begun = time.perf_counter()
    load(instance, read(source))
    loaded = time.perf_counter() - begun
    return _replayed(instance, loaded)


def _thing(number: int) -> bytes:
    subject = f"<https://example.org/office/{number}>"
    values = {"name": f'"Office {number}"@en', "homepage": f"<https://example.org/{number}>"}
    values |= {"nick": f'"o{number}"@en', "title": f'"Office number {number}"@en'}
    lines = (f"{subject} <http://xmlns.com/foaf/0.1/{p}> {v} .\n" for p, v in values.items())
    return "".join(lines).encode()


def _replayed(instance: Instance, loaded: float) -> Measurement:
    events = Ledger(instance).events
    made = events.last("Load", "replayed")
    assert made is not None
    begun = time.perf_counter()
    done = replay(instance, events, made)
    replayed = time.perf_counter() - begun
    assert done.verdict is Verdict.PROVEN, done.reason
    count = sum(made["layers"][name]["statements"] for name in ("stated", "inferred"))
    blobs = Archive(instance.archive)
    return Measurement(
        work="replay of a source in N-Triples",
        size=f"{count:,} statements",
        against="its load, with rules and store",
        ours=replayed,
        theirs=loaded,
        unit="seconds",
        ratio=loaded / replayed,
        detail=f"{sum(1 for _ in blobs):,} blobs in the archive; elapsed times",
    )


def _seconds(work: Callable[[], Any]) -> float:
    """The processor time of some work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun
