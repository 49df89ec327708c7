"""Restore a backup into a new directory. The file is foreign until its log's signature is checked:
only regular files with names that an instance has are taken out of it."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from graph.archive import Archive
from graph.backup.model import INFO, MEMBER
from graph.core.errors import ConfigError, InputError, IntegrityError
from graph.core.files import fsync
from graph.core.instance import Instance, open_instance
from graph.ledger import Ledger, manifests

_HINT = "Take the file that `ulzii backup` wrote; it may have been cut while it was copied."


def restore(file: IO[bytes], root: Path, name: str = "") -> Instance:
    """Restore a backup as the instance in `root`, which must not exist or be empty.

    The directory appears whole or not at all. Snapshots are not in it (`Publisher.rebuild` makes
    the current one). `name` is the file's, for errors. Raises ConfigError where something is in
    `root`, InputError for what is no backup, IntegrityError where a part of it is missing.
    """
    if root.exists() and any(root.iterdir()):
        raise ConfigError(
            "there is something here already", where=str(root), hint="Name another with --data."
        )
    draft = root.with_name(f"{root.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was interrupted
    try:
        _unpack(file, draft, name)
        _check(open_instance(draft))
        os.sync()
        if root.exists():
            root.rmdir()
        draft.rename(root)
        fsync(root.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return open_instance(root)


def _unpack(file: IO[bytes], into: Path, name: str) -> None:
    into.mkdir(mode=0o700, parents=True)
    for folder in ("archive", "ledger", "keys", "snapshots", "staging"):
        (into / folder).mkdir(mode=0o700)
    try:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            for member in _members(tar, name):
                _write(tar, member, into / member.name)
    except tarfile.TarError as error:
        raise InputError(f"this is no whole backup: {error}", where=name, hint=_HINT) from error
    if not (into / INFO).exists():
        raise InputError("this is no backup", where=name, hint=_HINT)
    (into / INFO).unlink()


def _members(tar: tarfile.TarFile, name: str) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        if not member.isreg() or not MEMBER.fullmatch(member.name):
            what = f"“{member.name}” does not belong into a backup"
            raise InputError(what, where=name, hint=_HINT)
        yield member


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None  # it is a regular file
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        shutil.copyfileobj(content, out)


def _check(instance: Instance) -> None:
    """The log is whole and signed, and every blob that it names is there."""
    ledger, archive = Ledger(instance), Archive(instance.archive)
    named = manifests.first_named(ledger.events, archive)
    missing = [digest for digest in named if digest not in archive]
    if missing:
        raise IntegrityError(
            f"{len(missing)} of {len(named)} blobs that the log names are missing, first"
            f" {missing[0]}",
            where=str(instance.archive),
            hint=_HINT,
        )
