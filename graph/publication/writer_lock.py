"""The writer's lock: one process at a time writes to an instance.

It is a kernel lock (`flock`) on a file, which ends with the process that holds it. The file's text
names that process; it may be stale after a crash, so it is only shown in messages.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graph.core.errors import BusyError, storage_error
from graph.core.instance import Instance
from graph.ledger.events import now

TRIAL = "dry run of"
"""How the purpose of a dry run begins."""

_PAUSE = 0.1
_HANDLES: set[int] = set()  # open locks of this process


def _close_in_child() -> None:
    """A forked process shares the lock: it would outlive a writer that is killed."""
    while _HANDLES:
        os.close(_HANDLES.pop())


os.register_at_fork(after_in_child=_close_in_child)


@contextmanager
def hold_writer_lock(instance: Instance, purpose: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock while the block runs; wait up to `wait` seconds for it.

    Raises BusyError, which names the process that holds it, and StorageError where this process may
    not write.
    """
    with hold_lock(instance.lock, purpose, wait):
        yield


@contextmanager
def hold_lock(path: Path, purpose: str, wait: float = 0.0) -> Iterator[int]:
    """Hold the lock that a file stands for, as `hold_writer_lock` does; give the open file."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error) from error
    _HANDLES.add(handle)
    try:
        _acquire(handle, path, time.monotonic() + wait)
        _name_holder(handle, purpose)
        umask = os.umask(0o077)  # archive and store may hold restricted data: for the owner alone
        try:
            yield handle
        finally:
            os.umask(umask)
        os.ftruncate(handle, 0)  # before the lock is released: the next holder writes its own text
    finally:
        _HANDLES.discard(handle)
        os.close(handle)  # releases the lock


def is_held_for_trial(instance: Instance) -> bool:
    """Whether the last holder of the writer's lock named itself a dry run, which publishes nothing
    and soon ends: a load can wait for it."""
    try:
        holder = json.loads(instance.lock.read_text("utf-8"))
        return str(holder["purpose"]).startswith(TRIAL)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _name_holder(handle: int, purpose: str) -> None:
    """Write who holds it. On a full disk it is held all the same: a server can still start."""
    holder = {"pid": os.getpid(), "purpose": purpose, "since": now()}
    os.ftruncate(handle, 0)
    with suppress(OSError):
        os.pwrite(handle, json.dumps(holder).encode(), 0)


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise _busy(path) from error
            time.sleep(_PAUSE)  # flock has no time limit of its own
        else:
            return


def _busy(path: Path) -> BusyError:
    try:
        holder = json.loads(path.read_text("utf-8"))
        who = f"process {holder['pid']} ({holder['purpose']}) since {holder['since']}"
    except (ValueError, KeyError):
        who = "another process"
    return BusyError(
        f"{who} is writing", where=str(path), hint="Try again later, or use --wait SECONDS."
    )
