"""Walls around the processes that run strangers' queries, as far as the system has them."""

from __future__ import annotations

import ctypes
import os
import resource
import threading
from pathlib import Path

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_STATM = Path("/proc/self/statm")


def leave_network() -> bool:
    """Move this process into an empty network namespace (Linux), so that SERVICE reaches nobody
    even if the look at the query's tokens missed it. False where that is not allowed."""
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if unshare is None:
        return False
    return any(unshare(flags) == 0 for flags in (_NEW_NET, _NEW_USER | _NEW_NET))


def limit_memory(more: int | None) -> None:
    """Allow `more` bytes of address space on top of what is in use now; None lifts the limit.

    RocksDB reserves hundreds of megabytes when a store opens, so a fixed limit would say nothing
    of the query. Without /proc there is no limit.
    """
    if not _STATM.exists():
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = hard if more is None else _in_use() + more
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _in_use() -> int:
    return int(_STATM.read_text("ascii").split()[0]) * resource.getpagesize()


def resident() -> int:
    """Bytes of memory this process holds; 0 without /proc."""
    if not _STATM.exists():
        return 0
    return int(_STATM.read_text("ascii").split()[1]) * resource.getpagesize()


def leave_no_core() -> None:
    """No core dump of a gigabyte for every crash."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with(lifeline: int) -> None:
    """End this process at once when the other end of a pipe is closed."""

    def wait() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
