"""Published snapshots: their directories, checksums, visibility and what each graph holds."""

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
    "prune",
    "set_current",
]
