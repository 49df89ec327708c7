"""The bytes that a reload takes, beside a snapshot."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bench.audit import made
from bench.audit.made import Audited, Plan
from bench.results import Measurement

_SHARE = 0.02
_VERSIONS = 4


def plan(statements: int) -> Plan:
    """What is made for it."""
    return Plan(statements, _VERSIONS, with_snapshot=True, is_reload=True)


def run(statements: int, folder: Path) -> Iterator[Measurement]:
    """A row: archive and ledger grow by so much with a version that changes 4 % of the lines.

    The file of the agency is another one each time, and so the row map too.
    """
    audited = made.make(folder, plan(statements))
    grown = statistics.median(after - before for before, after in pairwise(audited.sizes))
    whole = audited.snapshot + audited.beside
    share = grown / whole
    yield Measurement(
        work="bytes of a reload, 4 % of the lines changed",
        size=f"{audited.statements:,} statements",
        against="a snapshot with the files made with it",
        ours=grown / 1e6,
        theirs=whole / 1e6,
        unit="MB",
        ratio=share,
        target=f"≤ {_SHARE}",
        met=share <= _SHARE,
        detail=f"{_parts(audited)}; of the snapshot's store alone, {audited.snapshot:,} bytes,"
        f" {grown / audited.snapshot:.4f}",
    )


def _parts(audited: Audited) -> str:
    load = audited.loads[-1]
    changed, stated = load["patch"], load["layers"]["stated"]
    blobs = {
        "lines": stated["lines"],
        "row map": stated["rows"],
        f"patch of {changed['adds'] + changed['deletes']:,} changes": changed["sha256"],
        "the agency's file": load["captures"][0],
    }
    sizes = {what: audited.archive.path(digest).stat().st_size for what, digest in blobs.items()}
    last = audited.sizes[-1] - audited.sizes[-2]
    sizes["events, manifest"] = last - sum(sizes.values())
    return ", ".join(f"{what} {number:,}" for what, number in sizes.items())
