"""The bytes that a version takes, beside a snapshot."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import pairwise

from bench.audit.made import Audited
from bench.results import Measurement

_SHARE = 0.02


def run(audited: Audited) -> Iterator[Measurement]:
    """A row: archive and ledger grow by so much with a version that changes 4 % of the lines."""
    grown = statistics.median(after - before for before, after in pairwise(audited.sizes))
    share = grown / audited.snapshot if audited.snapshot else 0
    patched = [load["patch"] for load in audited.loads[1:]]
    changes = statistics.median(one["adds"] + one["deletes"] for one in patched)
    yield Measurement(
        work="bytes of a version, 4 % of the lines changed",
        size=f"{audited.statements:,} statements",
        against="a snapshot" if audited.snapshot else "a snapshot: not made at this size",
        ours=grown / 1e6,
        theirs=audited.snapshot / 1e6,
        unit="MB",
        ratio=share,
        target=f"≤ {_SHARE}" if share else "",
        met=share <= _SHARE if share else None,
        detail=f"{changes:,.0f} changes; the first version with its capture {audited.sizes[0]:,}",
    )
