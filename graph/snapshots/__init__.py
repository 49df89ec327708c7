"""Published snapshots: directories, checksums, restricted graphs, and the state of each graph."""

from graph.snapshots.directory import (
    LEASE,
    POINTER,
    Snapshot,
    clear_current,
    current,
    find,
    install,
    lease,
    list_all,
    next_snapshot,
    prune,
    set_current,
)

__all__ = [
    "LEASE",
    "POINTER",
    "Snapshot",
    "clear_current",
    "current",
    "find",
    "install",
    "lease",
    "list_all",
    "next_snapshot",
    "prune",
    "set_current",
]
