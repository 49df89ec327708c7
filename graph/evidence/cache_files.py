"""Files in `cache/`: made when they are needed, made again when they are gone or do not fit.

Nobody believes them where the ledger can be asked. An instance that cannot be written, a read-only
copy for example, does without.
"""

from __future__ import annotations

from pathlib import Path

from graph.core.files import write_atomic


def read(path: Path) -> bytes:
    """The bytes of a file; none where it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def write(path: Path, data: bytes) -> None:
    """Keep bytes, if that is possible."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, data, mode=0o600)
    except OSError:
        return
