"""What an auditor compares: two versions, the time line of a thing, the list of versions."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.audit.made import Audited
from bench.loading.load import SOURCE
from bench.results import Measurement
from graph.history import comparison, facts, walk
from graph.history.published import SourceVersion, versions
from graph.history.rows import AllRows
from graph.history.timeline import timeline
from graph.ledger import Ledger
from graph.statements import layer

_NEIGHBOURS = "neighbours"
_ASKED = 50  # time lines
_FAR = 10  # versions in between: a fifth of the lines differs, 389,000 changes of a million
_LIMIT, _TARGETED = 3.0, 1_000_000  # seconds, up to so many statements
_TURNS = 3


def run(audited: Audited) -> Iterator[Measurement]:
    """Rows for a pair of neighbours and a far pair of versions, and for time lines."""
    known = versions(Ledger(audited.instance).events, SOURCE)
    if len(known) < 2:
        return
    last = known[-1]
    yield _difference(audited, _NEIGHBOURS, known[-2], last)
    if len(known) > _FAR:
        yield _difference(audited, f"{_FAR} versions apart", known[-1 - _FAR], last)
    if len(known) < 3:
        return
    yield _timelines(audited, known)
    yield _version_list(audited)


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

    turns = [(_seconds(things), _seconds(with_rows), _seconds(by_sets)) for _ in range(_TURNS)]
    ours, alone, theirs = (statistics.median(one) for one in zip(*turns, strict=True))
    ratios = sorted(baseline / paired for paired, _, baseline in turns)
    is_targeted = which != _NEIGHBOURS and audited.statements <= _TARGETED
    return Measurement(
        work=f"diff of two versions, paired and with rows, {which}",
        size=f"{audited.statements:,} statements",
        against="difference of two sets, without rows",
        ours=ours,
        theirs=theirs,
        unit="seconds",
        ratio=ratios[_TURNS // 2],
        target=f"≤ {_LIMIT:g} s" if is_targeted else "",
        met=ours <= _LIMIT if is_targeted else None,
        detail=f"{changed:,} changed lines; with rows, not paired, {alone:.2f} s; "
        f"ratios of the turns {', '.join(f'{one:.2f}' for one in ratios)}",
    )


def _timelines(audited: Audited, known: list[SourceVersion]) -> Measurement:
    archive, events = audited.archive, Ledger(audited.instance).events
    newest = audited.loads[-1]["layers"]["stated"]
    subjects = [line[1 : line.index(b"> ")] for line in layer.read(archive, newest["lines"])]
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


def _version_list(audited: Audited) -> Measurement:
    events, names = Ledger(audited.instance).events, audited.instance.names

    def listed() -> list[Any]:
        return [facts.version_facts(one, names) for one in versions(events, SOURCE)]

    def by_lines() -> list[Any]:
        lines = (audited.instance.ledger / "entries.ndjson").read_text("utf-8").splitlines()
        loads = [item for item in map(json.loads, lines) if item["type"] == "Load"]
        return [item for item in loads if item["source"] == SOURCE]

    assert len(listed()) == len(by_lines())
    turns = [(_seconds(listed), _seconds(by_lines)) for _ in range(_ASKED)]
    ours, theirs = (statistics.median(one) for one in zip(*turns, strict=True))
    return Measurement(
        work=f"the versions of a source, {len(audited.loads)} versions",
        size=f"{audited.statements:,} statements",
        against="parsing the log",
        ours=1000 * ours,
        theirs=1000 * theirs,
        unit="ms",
        ratio=statistics.median(parsed / found for found, parsed in turns),
        detail=f"{len(events)} events",
    )


def _seconds(work: Callable[[], Any]) -> float:
    """The processor time of some work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun
