"""Snapshot directories: immutable stores named by the ledger's size, and a pointer to the current.

A store that is rebuilt at the same size gets a generation number (`41`, then `41-2`): readers may
still use the files of the old one, which the engine opens lazily.

Writers work in a staging directory and publish by rename, then by the pointer. Readers hold a
shared lock on the snapshot that they use; the kernel releases it when they exit. A snapshot is
removed when it is not the current one, its retention has passed (`graph.core.retention`) and no
reader holds it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from graph.core.errors import IntegrityError
from graph.core.files import fsync, write_atomic
from graph.core.instance import Instance

POINTER = "current"
_NAME = re.compile(r"[0-9]{1,18}(-[0-9]{1,9})?")
LEASE = ".lease"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published store and the files beside it."""

    path: Path

    @property
    def name(self) -> str:
        """`41`, or `41-2` where the store was rebuilt."""
        return self.path.name

    @property
    def number(self) -> int:
        """The size of the ledger at publication."""
        return _key(self.path)[0]

    @property
    def published(self) -> float:
        """The time of publication in seconds since 1970: the modification time of the directory."""
        return self.path.stat().st_mtime

    @property
    def lease_file(self) -> Path:
        """The lock file: locked shared by readers, exclusively to remove the snapshot."""
        return self.path.with_name(self.name + LEASE)

    @property
    def files_list(self) -> Path:
        """The checksums of the snapshot's files (see graph.snapshots.checksums)."""
        return self.companion("files.json")

    def companion(self, suffix: str) -> Path:
        """A file of the snapshot that lies beside its directory: `41.search.sqlite`.

        It is made and removed with the snapshot (see graph.publication.projections).
        """
        return self.path.with_name(f"{self.name}.{suffix}")

    def companions(self) -> list[Path]:
        """All companion files on disk, without the lock file."""
        return [p for p in self.path.parent.glob(self.name + ".*") if p != self.lease_file]


def _key(path: Path) -> tuple[int, int]:
    number, _, generation = path.name.partition("-")
    return int(number), int(generation or 1)


def current(instance: Instance) -> Snapshot | None:
    """The snapshot that is served, or None before the first publication.

    Raises IntegrityError where the pointer does not name a snapshot.
    """
    path = instance.snapshots / POINTER
    try:
        name = path.read_bytes().decode("ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        name = ""
    if not _NAME.fullmatch(name):
        raise IntegrityError(
            "the pointer does not name a snapshot",
            where=str(path),
            hint="`ulzii rebuild` makes the store again.",
        )
    return Snapshot(instance.snapshots / name)


def _open_lease(snapshot: Snapshot) -> int:
    """Open the lock file; in a read-only copy the directory, since nobody can remove anything."""
    try:
        return os.open(snapshot.lease_file, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError as error:
        if error.errno not in {errno.EROFS, errno.EACCES}:
            raise
        return os.open(snapshot.path.parent, os.O_RDONLY)


@contextmanager
def lease(snapshot: Snapshot) -> Iterator[Snapshot]:
    """Protect a snapshot from removal while the block runs.

    Raises FileNotFoundError where it is removed already.
    """
    if not snapshot.path.is_dir():  # before a lock file is made for nothing
        raise FileNotFoundError(snapshot.path)
    handle = _open_lease(snapshot)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        # again, under the lock: it may have been removed between `current` and here
        if not snapshot.path.is_dir():
            raise FileNotFoundError(snapshot.path)
        yield snapshot
    finally:
        os.close(handle)


def list_all(instance: Instance) -> list[Snapshot]:
    """All snapshots on disk, oldest first."""
    named = (p for p in instance.snapshots.iterdir() if _NAME.fullmatch(p.name) and p.is_dir())
    return [Snapshot(path) for path in sorted(named, key=_key)]


def next_snapshot(instance: Instance, number: int) -> Snapshot:
    """The snapshot that the store staged for this ledger size will be. It does not exist yet."""
    return Snapshot(_free(instance.snapshots, number))


def install(instance: Instance, staged: Path, snapshot: Snapshot) -> Snapshot:
    """Move a staged store to its place in `snapshots/`; nobody reads it before `set_current`.

    Its companion files are there already, so a snapshot on disk is always complete.
    """
    os.utime(staged)  # `Snapshot.published` reads it; files were linked in at other times
    fsync(staged)
    staged.rename(snapshot.path)
    snapshot.lease_file.touch()  # by its owner: a reader may be another user, such as an auditor
    fsync(instance.snapshots)  # the pointer must never name a directory that a crash undoes
    return snapshot


def _free(folder: Path, number: int) -> Path:
    # a rebuilt store gets another name: readers of the old one open its files lazily
    generations = (f"{number}-{g}" if g > 1 else str(number) for g in count(1))
    return next(path for path in map(folder.joinpath, generations) if not path.exists())


def set_current(instance: Instance, snapshot: Snapshot) -> None:
    """Serve this snapshot from now on: replaces the pointer file atomically."""
    write_atomic(instance.snapshots / POINTER, snapshot.name.encode("ascii"))


def clear_current(instance: Instance) -> None:
    """Serve nothing until the next `set_current`: for a store that is emptied and filled again."""
    (instance.snapshots / POINTER).unlink(missing_ok=True)
    fsync(instance.snapshots)


def find(instance: Instance, number: int) -> Snapshot | None:
    """The snapshot of a ledger size, the last one where the store was rebuilt.

    None where it is not on disk (any more), or not the current one yet.
    """
    now = current(instance)
    if now is None or number >= now.number:
        return now if now and number == now.number else None
    return next((s for s in reversed(list_all(instance)) if s.number == number), None)


def prune(instance: Instance) -> list[str]:
    """Remove snapshots that retention does not keep and nobody reads; return their names."""
    now = current(instance)
    expired = _expired(instance, now) if now is not None else []
    _remove_orphans(instance)
    return [s.name for s in expired if _remove_unless_leased(s)]


def _remove_orphans(instance: Instance) -> None:
    """Remove companion files of snapshots that a crash prevented."""
    for path in instance.snapshots.glob("*.*"):
        snapshot = Snapshot(path.with_name(path.name.partition(".")[0]))
        if not snapshot.path.exists() and path != snapshot.lease_file:
            path.unlink()


def _expired(instance: Instance, now: Snapshot) -> list[Snapshot]:
    """Snapshots that retention does not keep, newest first."""
    rules, newer, removable = instance.retention, now, []
    files, used, number = _files(now), 0, 0
    for snapshot in reversed(list_all(instance)):
        if snapshot == now:
            continue
        own = {k: size for k, size in _files(snapshot).items() if k not in files}
        # above the pointer: left by a crash before `set_current`. Same number as a newer one: the
        # store was rebuilt, both say the same, and the old one may be damaged
        replaced = snapshot.number > now.number or snapshot.number == newer.number
        # its time begins when the next one is published, not when it was published itself
        too_old = time.time() - newer.published >= rules.seconds
        space = used + sum(own.values())
        if replaced or too_old or number >= rules.snapshots or space > rules.bytes:
            removable.append(snapshot)
        else:
            files, used, number = files | own, space, number + 1
        if not replaced:
            newer = snapshot
    return removable


def _files(snapshot: Snapshot) -> dict[int, int]:
    """The sizes of a snapshot's files, by inode: snapshots share files by hard links."""
    paths = [*snapshot.path.iterdir(), *snapshot.companions()]
    return {status.st_ino: status.st_size for status in map(os.stat, paths)}


def _remove_unless_leased(snapshot: Snapshot) -> bool:
    handle = _open_lease(snapshot)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # a reader holds it; the next publication tries again
        return False
    else:
        for path in snapshot.companions():
            path.unlink()
        # the directory last: a removal that a crash interrupts is found by it and repeated
        shutil.rmtree(snapshot.path)
        snapshot.lease_file.unlink()
        return True
    finally:
        os.close(handle)
