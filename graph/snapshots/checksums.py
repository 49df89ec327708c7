"""A snapshot's own list of its files with their CRC-32, to find a flipped byte in any index.

It is no proof against a forger (the ledger's hashes are); it names decay of the disk that a query
might never touch. Files shared with the last snapshot by hard link keep their known checksum.
A file in the snapshot's directory is listed by name, one beside it by a dot and its suffix.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

from graph.core.files import write_atomic
from graph.snapshots.directory import Snapshot

_CHANGING = ("LOG", "LOCK")  # the engine touches these whenever it opens the store
_UNCHANGING = frozenset({".sst", ".sqlite"})  # never written again, only linked


def _files(store: Path) -> Iterator[Path]:
    return (p for p in sorted(store.iterdir()) if not p.name.startswith(_CHANGING))


def _checksum(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found = crc32(block, found)
    return found


def compute(staged: Path, beside: Sequence[Path], previous: Snapshot | None) -> dict[str, int]:
    """The checksum of every file of a staged store, and of those that will lie beside it."""
    known = _known(previous)
    files = {p.name: p for p in _files(staged)} | {"." + p.name: p for p in beside}
    return {n: known.get(p.stat().st_ino) or _checksum(p) for n, p in files.items()}


def _known(previous: Snapshot | None) -> dict[int, int]:
    if previous is None:
        return {}
    paths = ((_place(previous, name), checksum) for name, checksum in read(previous).items())
    fixed = ((p, checksum) for p, checksum in paths if p.suffix in _UNCHANGING and p.exists())
    return {p.stat().st_ino: checksum for p, checksum in fixed}


def _place(snapshot: Snapshot, name: str) -> Path:
    return snapshot.companion(name[1:]) if name.startswith(".") else snapshot.path / name


def read(snapshot: Snapshot) -> dict[str, int]:
    """The list written when the snapshot was published; empty when a crash came before it."""
    try:
        found: dict[str, int] = json.loads(snapshot.files_list.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def write(snapshot: Snapshot, found: dict[str, int]) -> None:
    """Keep the list beside the snapshot."""
    write_atomic(snapshot.files_list, json.dumps(found, indent=1).encode())


def damaged(snapshot: Snapshot) -> Iterator[str]:
    """The files that are missing or not as they were published."""
    for name, checksum in read(snapshot).items():
        path = _place(snapshot, name)
        if not path.exists() or _checksum(path) != checksum:
            yield str(path)
