"""Published snapshots: their directories, checksums, visibility and what each graph holds."""

from graph.snapshots.directory import (
    LEASE,
    POINTER,
    Snapshot,
    current,
    every,
    kept,
    lease,
    point_to,
    prune,
    settle,
    withdraw,
)

__all__ = [
    "LEASE",
    "POINTER",
    "Snapshot",
    "current",
    "every",
    "kept",
    "lease",
    "point_to",
    "prune",
    "settle",
    "withdraw",
]
