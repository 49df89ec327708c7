"""The checksums (CRC-32) of a snapshot's files, which find damaged files in any index.

`ulzii verify` compares statements through one of the engine's nine indexes; damage in the others is
found by this list. It does not protect against forgery, for which there are the ledger's digests.
Files in the snapshot's directory are listed by name, files beside it by a dot and their suffix.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

from graph.core.files import write_atomic
from graph.snapshots.directory import Snapshot

_CHANGING = ("LOG", "LOCK")  # the engine writes these whenever it opens the store
_UNCHANGING = frozenset({".sst", ".sqlite"})  # never written again, only hard-linked


def _files(store: Path) -> Iterator[Path]:
    return (p for p in sorted(store.iterdir()) if not p.name.startswith(_CHANGING))


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = crc32(block, checksum)
    return checksum


def compute(staged: Path, companions: Sequence[Path], previous: Snapshot | None) -> dict[str, int]:
    """The checksums of a staged store's files, and of the files that will lie beside it."""
    # files shared with the previous snapshot need not be read again: same inode, same content
    known = _known(previous)
    files = {p.name: p for p in _files(staged)} | {"." + p.name: p for p in companions}
    return {n: known.get(p.stat().st_ino) or _checksum(p) for n, p in files.items()}


def _known(previous: Snapshot | None) -> dict[int, int]:
    if previous is None:
        return {}
    paths = ((_path(previous, name), checksum) for name, checksum in read(previous).items())
    fixed = ((p, checksum) for p, checksum in paths if p.suffix in _UNCHANGING and p.exists())
    return {p.stat().st_ino: checksum for p, checksum in fixed}


def _path(snapshot: Snapshot, name: str) -> Path:
    return snapshot.companion(name[1:]) if name.startswith(".") else snapshot.path / name


def read(snapshot: Snapshot) -> dict[str, int]:
    """The checksums written at publication; empty where a crash came before they were."""
    try:
        checksums: dict[str, int] = json.loads(snapshot.files_list.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return checksums


def write(snapshot: Snapshot, checksums: dict[str, int]) -> None:
    """Write the list beside the snapshot."""
    write_atomic(snapshot.files_list, json.dumps(checksums, indent=1).encode())


def damaged(snapshot: Snapshot) -> Iterator[str]:
    """The paths of files that are missing, or changed since publication."""
    for name, checksum in read(snapshot).items():
        path = _path(snapshot, name)
        if not path.exists() or _checksum(path) != checksum:
            yield str(path)
