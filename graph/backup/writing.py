"""Write a backup, without a lock: loads and servers go on meanwhile.

The log only grows, and a blob is in the archive before the line that names it. So the checkpoint is
read first, and what it signs, and what these lines name, is there whatever is written after it.
"""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import IO

from graph.archive import Archive
from graph.backup.model import DATABASES, FILES, FOLDERS, INFO, BackupInfo
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Ledger, announcement, manifests
from graph.ledger.checkpoints import CHECKPOINT
from graph.ledger.events import now
from graph.ledger.log import ENTRIES
from graph.ledger.note import Checkpoint

_OF_THE_LOG = {CHECKPOINT, ENTRIES, announcement.NAME}
_MODE = 0o600


def write(instance: Instance, out: IO[bytes], reporter: Reporter | None = None) -> BackupInfo:
    """Write a tar file to a stream, and return what it holds.

    It has the private key and all secrets of the instance. Raises IntegrityError where the ledger
    is damaged or a blob that it names is missing, and OSError.
    """
    reporter = reporter or SilentReporter()
    note = (instance.ledger / CHECKPOINT).read_bytes()
    ledger, archive = Ledger(instance), Archive(instance.archive)
    signed = Checkpoint.parse(ledger.verifier().check(note.decode()))
    blobs = manifests.first_named(ledger.prefix(signed.size), archive)
    root = base64.b64encode(signed.root).decode()
    info = BackupInfo(instance.base, signed.size, root, now(), version("ulzii"))
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, INFO, json.dumps(asdict(info)).encode())
        _add(tar, f"ledger/{CHECKPOINT}", note)
        lines = ledger.lines()[: signed.size]
        _add(tar, f"ledger/{ENTRIES}", b"".join(line + b"\n" for line in lines))
        for name, path in _files(instance):
            _add(tar, name, _content(path))
        reporter.step("backup", len(blobs))
        for digest in sorted(blobs):
            _add_file(tar, instance, archive.path(digest))
            reporter.advance()
    return info


def _files(instance: Instance) -> Iterator[tuple[str, Path]]:
    """The files beside log and archive, by their names in the backup."""
    root = instance.root
    paths = [root / name for name in (*FILES, *DATABASES)]
    for folder in FOLDERS:
        paths += sorted((root / folder).rglob("*"))
    for path in paths:
        is_of_the_log = path.parent == instance.ledger and path.name in _OF_THE_LOG
        if path.is_file() and not is_of_the_log and path.suffix != ".new":
            yield path.relative_to(root).as_posix(), path


def _content(path: Path) -> bytes:
    if path.name not in DATABASES:
        return path.read_bytes()
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        return database.serialize()  # with what stands in its write-ahead log


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), _MODE
    tar.addfile(entry, io.BytesIO(data))


def _add_file(tar: tarfile.TarFile, instance: Instance, path: Path) -> None:
    with path.open("rb") as file:
        entry = tarfile.TarInfo(path.relative_to(instance.root).as_posix())
        entry.size, entry.mode = file.seek(0, io.SEEK_END), _MODE
        file.seek(0)
        tar.addfile(entry, file)
