"""Published stores: immutable directories named by the ledger's size, and a pointer to the newest.

A store that is rebuilt at the same size gets a generation (`41`, then `41-2`), so that readers of
the old one are never pulled the rug from under.

Writers work in a staging directory and publish by rename and pointer. Readers hold a shared lock
on the snapshot they use, which the kernel drops when they die; a snapshot goes when it is not the
current one, its retention has passed (`graph.core.retention`) and nobody holds it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from graph.core.files import fsync, write_atomic
from graph.core.instance import Instance

POINTER = "current"
LEASE = ".lease"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published store; `number` is the ledger's size when it was published."""

    path: Path

    @property
    def name(self) -> str:
        """`41`, or `41-2` where a store was rebuilt."""
        return self.path.name

    @property
    def number(self) -> int:
        """The ledger's size when it was published."""
        return _key(self.path)[0]

    @property
    def published(self) -> float:
        """When it was published: seconds since 1970, as the directory's time says it."""
        return self.path.stat().st_mtime

    @property
    def lease_file(self) -> Path:
        """Locked shared by readers, exclusively by whoever removes the snapshot."""
        return self.path.with_name(self.name + LEASE)

    @property
    def files_list(self) -> Path:
        """The snapshot's files with their hashes (see graph.snapshots.checksums)."""
        return self.companion("files.json")

    def companion(self, suffix: str) -> Path:
        """A file that belongs to the snapshot, is made and removed with it, and lies beside it:
        `41.search.sqlite` (see graph.publication.projections)."""
        return self.path.with_name(f"{self.name}.{suffix}")

    def companions(self) -> list[Path]:
        """All such files, without the one that is locked."""
        return [p for p in self.path.parent.glob(self.name + ".*") if p != self.lease_file]


def _key(path: Path) -> tuple[int, int]:
    number, _, generation = path.name.partition("-")
    return int(number), int(generation or 1)


def current(instance: Instance) -> Snapshot | None:
    """The snapshot that is served now, or None before the first publication."""
    try:
        name = (instance.snapshots / POINTER).read_text("ascii")
    except FileNotFoundError:
        return None
    return Snapshot(instance.snapshots / name)


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


def list_all(instance: Instance) -> list[Snapshot]:
    """All snapshots on disk, oldest first."""
    return [
        Snapshot(p) for p in sorted(filter(Path.is_dir, instance.snapshots.iterdir()), key=_key)
    ]


def install(instance: Instance, staged: Path, number: int) -> Snapshot:
    """Give a staged store its name; nobody reads it before `point_to`."""
    snapshot = Snapshot(_free(instance.snapshots, number))
    os.utime(staged)  # the time of publication
    fsync(staged)
    staged.rename(snapshot.path)
    fsync(instance.snapshots)
    return snapshot


def _free(folder: Path, number: int) -> Path:
    generations = (f"{number}-{g}" if g > 1 else str(number) for g in count(1))
    return next(path for path in map(folder.joinpath, generations) if not path.exists())


def set_current(instance: Instance, snapshot: Snapshot) -> None:
    """Serve this snapshot from now on."""
    write_atomic(instance.snapshots / POINTER, snapshot.name.encode("ascii"))


def clear_current(instance: Instance) -> None:
    """Serve nothing until the next `point_to`: for a store that is emptied before it is filled."""
    (instance.snapshots / POINTER).unlink(missing_ok=True)
    fsync(instance.snapshots)


def find(instance: Instance, number: int) -> Snapshot | None:
    """The snapshot of that ledger size, the newest where the store was rebuilt; None where it is
    not on disk (any more), or not shown yet."""
    now = current(instance)
    if now is None or number >= now.number:
        return now if now and number == now.number else None
    return next((s for s in reversed(list_all(instance)) if s.number == number), None)


def prune(instance: Instance) -> list[str]:
    """Remove what retention does not keep and nobody reads; give the names."""
    now = current(instance)
    gone = _superfluous(instance, now) if now is not None else []
    return [s.name for s in gone if _remove_unless_leased(s)]


def _superfluous(instance: Instance, now: Snapshot) -> list[Snapshot]:
    """Snapshots that retention does not keep, newest first."""
    rules, newer, found = instance.retention, now, []
    files, used, number = _files(now), 0, 0
    for snapshot in reversed(list_all(instance)):
        if snapshot == now:
            continue
        own = {k: size for k, size in _files(snapshot).items() if k not in files}
        retired = snapshot.number > now.number or snapshot.number == newer.number
        expired = time.time() - newer.published >= rules.seconds
        space = used + sum(own.values())
        if retired or expired or number >= rules.snapshots or space > rules.bytes:
            found.append(snapshot)
        else:
            files, used, number = files | own, space, number + 1
        if not retired:
            newer = snapshot
    return found


def _files(snapshot: Snapshot) -> dict[int, int]:
    """The files of a snapshot by inode, with their sizes."""
    listed = [*snapshot.path.iterdir(), *snapshot.companions()]
    return {found.st_ino: found.st_size for found in map(os.stat, listed)}


def _remove_unless_leased(snapshot: Snapshot) -> bool:
    handle = os.open(snapshot.lease_file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        for path in snapshot.companions():
            path.unlink()
        shutil.rmtree(snapshot.path)  # after them: a directory is what the next try finds
        snapshot.lease_file.unlink()
        return True
    finally:
        os.close(handle)
