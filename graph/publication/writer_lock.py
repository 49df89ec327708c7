"""One writer at a time: a kernel lock on a file, so that it dies with its holder.

The file tells who holds it; that text may be stale after a crash and is only shown, never trusted.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.core.errors import BusyError
from graph.core.instance import Instance
from graph.ledger.events import now

_PAUSE = 0.1


@contextmanager
def hold_writer_lock(instance: Instance, purpose: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock; wait up to `wait` seconds for another holder.

    Raises BusyError that says who holds it.
    """
    handle = os.open(instance.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, instance.lock, time.monotonic() + wait)
        holder = {"pid": os.getpid(), "purpose": purpose, "since": now()}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(holder).encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise _busy(path) from error
            time.sleep(_PAUSE)
        else:
            return


def _busy(path: Path) -> BusyError:
    try:
        holder = json.loads(path.read_text("utf-8"))
        who = f"process {holder['pid']} ({holder['purpose']}) since {holder['since']}"
    except (ValueError, KeyError):
        who = "another process"
    return BusyError(
        f"{who} is writing", where=str(path), hint="Wait for it, or give --wait SECONDS."
    )
