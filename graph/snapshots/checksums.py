"""A snapshot's signed list of its files: their SHA-256, in a note by the ledger's key.

    ulzii-files@v1
    <origin of the log>
    <name of the snapshot>
    <SHA-256 in hex> <file>      one line a file, sorted by name
                                 blank line, signature (C2SP signed-note)

A rebuilt store has other bytes, so a Publish event cannot hold these hashes; the event says that
there is such a list. A file in the snapshot's directory is listed by its name, one beside it by a
dot and its suffix. Version 0.1.0 wrote an unsigned JSON object with CRC-32 instead.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from graph.core.errors import IntegrityError
from graph.core.files import write_atomic
from graph.ledger import Ledger
from graph.ledger.note import Verifier
from graph.snapshots.directory import Snapshot

FORM = "ulzii-files@v1"
# the engine touches these whenever it opens the store
_CHANGING = re.compile(r"LOCK|LOG(\.old\.[0-9]+)?")
_UNCHANGING = frozenset({".sst", ".sqlite"})  # never written again, only linked
_LINE = re.compile(r"([0-9a-f]{64}) ([^/\n]+)")


class FileList(NamedTuple):
    """What was listed at publication: checksum by file, and whether the log's key signed it."""

    sums: Mapping[str, str]
    signed: bool


def _listed_files(store: Path) -> Iterator[Path]:
    return (p for p in sorted(store.iterdir()) if not _CHANGING.fullmatch(p.name))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _crc32(path: Path) -> str:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = crc32(block, checksum)
    return str(checksum)


def compute(
    staged: Path, beside: Sequence[Path], previous: Snapshot | None, verifier: Verifier
) -> dict[str, str]:
    """The SHA-256 of every file of a staged store, and of those that will lie beside it.

    Files shared with the last snapshot by hard link keep the hash its signed list gives them.
    """
    known = _known(previous, verifier)
    files = {p.name: p for p in _listed_files(staged)} | {"." + p.name: p for p in beside}
    return {name: known.get(p.stat().st_ino) or _sha256(p) for name, p in files.items()}


def _known(previous: Snapshot | None, verifier: Verifier) -> dict[int, str]:
    if previous is None:
        return {}
    try:
        listed = read(previous, verifier)
    except IntegrityError:  # `verify` names it; what nobody vouches for is read again
        return {}
    if not listed.signed:
        return {}
    paths = ((path_of(previous, name), checksum) for name, checksum in listed.sums.items())
    # by inode: a hard link is the same file under another name
    fixed = ((p, checksum) for p, checksum in paths if p.suffix in _UNCHANGING and p.exists())
    return {p.stat().st_ino: checksum for p, checksum in fixed}


def path_of(snapshot: Snapshot, name: str) -> Path:
    """Where a listed file lies."""
    return snapshot.companion(name[1:]) if name.startswith(".") else snapshot.path / name


def write(snapshot: Snapshot, sums: Mapping[str, str], ledger: Ledger) -> None:
    """Sign the list with the ledger's key and write it beside the snapshot."""
    lines = [f"{checksum} {name}\n" for name, checksum in sorted(sums.items())]
    text = f"{FORM}\n{ledger.verifier().name}\n{snapshot.name}\n" + "".join(lines)
    write_atomic(snapshot.files_list, ledger.sign(text).encode(), mode=0o600)


def read(snapshot: Snapshot, verifier: Verifier) -> FileList:
    """The list written when the snapshot was published.

    Raises IntegrityError where it is missing, not signed by the log's key, or another snapshot's.
    """
    path = snapshot.files_list
    try:
        note = path.read_bytes().decode()
        if note.startswith("{"):
            return FileList({k: str(v) for k, v in json.loads(note).items()}, signed=False)
        form, origin, name, *lines = verifier.check(note).splitlines()
        entries = [_LINE.fullmatch(line) for line in lines]
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise IntegrityError("the list of files cannot be read", where=str(path)) from error
    except IntegrityError as error:
        raise IntegrityError(f"the list of files: {error.message}", where=str(path)) from error
    if (form, origin, name) != (FORM, verifier.name, snapshot.name) or not all(entries):
        raise IntegrityError("the list of files is of another snapshot or form", where=str(path))
    return FileList({entry[2]: entry[1] for entry in entries if entry}, signed=True)


def damaged(snapshot: Snapshot, listed: FileList) -> Iterator[tuple[str, str]]:
    """Path and fault of every file that is missing, unlisted, or not as it was published."""
    checksum_of = _sha256 if listed.signed else _crc32
    for name, checksum in listed.sums.items():
        path = path_of(snapshot, name)
        if fault := _fault(path, checksum, checksum_of):
            yield str(path), fault
    listed_paths = {path_of(snapshot, name) for name in listed.sums} | {snapshot.files_list}
    for path in (*_listed_files(snapshot.path), *sorted(snapshot.companions())):
        if path not in listed_paths:
            yield str(path), "not there at publication"


def _fault(path: Path, checksum: str, checksum_of: Callable[[Path], str]) -> str:
    if path.is_symlink():
        return "a symbolic link; a published file is a file"
    if not path.is_file():
        return "missing since publication"
    try:
        return "" if checksum_of(path) == checksum else "changed since publication"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
