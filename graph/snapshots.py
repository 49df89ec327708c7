"""Published stores: immutable directories named by the ledger's size, and a pointer to the newest.

Writers work in a staging directory and publish by rename and pointer. Readers hold a shared lock
on the snapshot they use, which the kernel drops when they die; a snapshot goes when it is not the
current one and nobody holds it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from graph.files import sync_directory, write_atomic
from graph.instance import Instance

POINTER = "current"
LEASE = ".lease"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published store; `number` is the ledger's size when it was published."""

    number: int
    path: Path

    @property
    def lease_file(self) -> Path:
        """Locked shared by readers, exclusively by whoever removes the snapshot."""
        return self.path.parent / f"{self.number}{LEASE}"


def current(instance: Instance) -> Snapshot | None:
    """The snapshot that is served now, or None before the first publication."""
    try:
        number = int((instance.snapshots / POINTER).read_text("ascii"))
    except FileNotFoundError:
        return None
    return Snapshot(number, instance.snapshots / str(number))


@contextmanager
def lease(snapshot: Snapshot) -> Iterator[Snapshot]:
    """Keep a snapshot from being removed while it is read.

    Raises FileNotFoundError when it is already gone.
    """
    handle = os.open(snapshot.lease_file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        if not snapshot.path.is_dir():
            raise FileNotFoundError(snapshot.path)
        yield snapshot
    finally:
        os.close(handle)


def every(instance: Instance) -> list[Snapshot]:
    """All snapshots on disk, oldest first."""
    numbers = sorted(int(p.name) for p in instance.snapshots.iterdir() if p.name.isdigit())
    return [Snapshot(n, instance.snapshots / str(n)) for n in numbers]


def publish(instance: Instance, staged: Path, number: int) -> Snapshot:
    """Make a staged store the current snapshot: rename, then pointer."""
    snapshot = Snapshot(number, instance.snapshots / str(number))
    sync_directory(staged)
    if snapshot.path.exists():  # left by a crash between rename and pointer, or being rebuilt
        shutil.rmtree(snapshot.path)
    staged.rename(snapshot.path)
    sync_directory(instance.snapshots)
    point_to(instance, snapshot)
    return snapshot


def point_to(instance: Instance, snapshot: Snapshot) -> None:
    """Serve this snapshot from now on."""
    write_atomic(instance.snapshots / POINTER, str(snapshot.number).encode("ascii"))


def prune(instance: Instance) -> list[int]:
    """Remove snapshots that are not current and that nobody reads; give their numbers."""
    now = current(instance)
    old = [s for s in every(instance) if now is not None and s.number != now.number]
    return [s.number for s in old if _remove_unless_leased(s)]


def _remove_unless_leased(snapshot: Snapshot) -> bool:
    handle = os.open(snapshot.lease_file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(snapshot.path)
        snapshot.lease_file.unlink()
        return True
    finally:
        os.close(handle)
