"""Look-ups of an auditor, each beside reading the whole thing as it was done before."""

from __future__ import annotations

import csv
import io
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.audit.made import Audited
from bench.results import Measurement
from graph.archive import Archive
from graph.evidence import origins, position, record_text, subject_lines, subject_proof, touched
from graph.ledger import Ledger
from graph.ledger.merkle import leaf_hash
from graph.statements import layer, rowmap

ASKED = 200  # look-ups of each kind
_WHOLE = 3  # readings of everything


def run(audited: Audited) -> Iterator[Measurement]:
    """A row for each kind of look-up; times in milliseconds, `theirs` reads the whole thing."""
    load, archive, cache = audited.loads[-1], audited.archive, audited.instance.cache
    shutil.rmtree(cache)  # an instance that was measured before has it: how long it takes is told
    facts, count = load["layers"]["stated"], audited.statements
    numbers = random.Random(7).sample(range(count), min(ASKED, count))
    chosen = {*numbers}
    lines = {n: line for n, line in enumerate(layer.read(archive, facts["lines"])) if n in chosen}
    capture = load["captures"][0]
    rows = [f"row={n + 2}" for n in numbers]
    iris = [lines[n][1 : lines[n].index(b">")].decode() for n in numbers]
    events = Ledger(audited.instance).events

    def timeline(iri: str) -> None:
        for changed in touched(audited.instance, events, "bench", iri).changed:
            subject_lines(archive, changed, "stated", iri)

    def looked_through(iri: str) -> None:
        for each in audited.loads:
            subject_lines(archive, each, "stated", iri)

    yield _row(
        audited,
        "statement → its line",
        [partial(position, archive, load, "stated", lines[n]) for n in numbers],
        [partial(_scan, archive, facts, lines[n]) for n in numbers[:_WHOLE]],
    )
    yield _row(
        audited,
        "line → its record, shuffled records",
        [partial(origins, archive, load, "stated", n) for n in numbers],
        [partial(rowmap.origins_of, archive, facts["rows"], [n]) for n in numbers[:_WHOLE]],
    )
    once = _time(lambda: record_text(archive, cache, capture, rows[0]))
    yield _row(
        audited,
        "record → its bytes in a CSV of as many rows",
        [partial(record_text, archive, cache, capture, at) for at in rows],
        [partial(_parse, archive, capture, n) for n in numbers[:_WHOLE]],
        f"marks made once in {once:,.0f} ms",
    )
    once = _time(lambda: subject_proof(archive, cache, load, "stated", iris[0]))
    yield _row(
        audited,
        "subject → proof in its version's root",
        [partial(subject_proof, archive, cache, load, "stated", iri) for iri in iris],
        [partial(_hashes, archive, facts)] * _WHOLE,
        f"tops made once in {once:,.0f} ms",
    )
    once = _time(lambda: timeline(iris[0]))
    yield _row(
        audited,
        f"timeline of a subject over {len(audited.loads)} versions",
        [partial(timeline, iri) for iri in iris],
        [partial(looked_through, iri) for iri in iris[:20]],
        f"table made once in {once:,.0f} ms, {_bytes(cache / 'index.sqlite'):,} bytes;"
        " theirs looks at each version",
    )


def _time(ask: Callable[[], Any]) -> float:
    begun = time.process_time()
    ask()
    return 1000 * (time.process_time() - begun)


def _row(
    audited: Audited,
    work: str,
    ours: list[Callable[[], Any]],
    theirs: list[Callable[[], Any]],
    detail: str = "",
) -> Measurement:
    times, whole = sorted(map(_time, ours)), statistics.median(map(_time, theirs))
    middle = statistics.median(times)
    return Measurement(
        work=work,
        size=f"{audited.statements:,} statements",
        against="reading the whole",
        ours=middle,
        theirs=whole,
        unit="ms",
        ratio=whole / middle,
        detail=f"p95 {times[len(times) * 95 // 100]:.1f} ms; {detail}".removesuffix("; "),
    )


def _scan(archive: Archive, facts: dict[str, Any], wanted: bytes) -> int | None:
    found = (n for n, line in enumerate(layer.read(archive, facts["lines"])) if line == wanted)
    return next(found, None)


def _parse(archive: Archive, capture: str, number: int) -> list[str]:
    rows = list(csv.reader(io.StringIO(archive.read(capture).decode(), newline="")))
    return rows[number + 1]


def _hashes(archive: Archive, facts: dict[str, Any]) -> int:
    count, leaf, prefix = 0, list[bytes](), b"\x00"
    for line in layer.read_with_line_feeds(archive, facts["lines"]):
        if not line.startswith(prefix):
            leaf_hash(b"".join(leaf))
            count, leaf, prefix = count + 1, [], line[: line.index(b" ") + 1]
        leaf.append(line)
    return count


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
