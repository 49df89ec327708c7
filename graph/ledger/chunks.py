"""Roots over the pieces of a blob, so that a part of a large one can be proven alone.

A blob's SHA-256 covers all of its bytes: who has only a record of a capture can compare nothing.
The root is that of an RFC 6962 tree over the plain bytes in pieces of 64 KiB (the last one may be
shorter; a blob without bytes has no piece). The responses of a Fetch event and the row maps of a
Load event carry it as `chunks`; earlier events do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph.archive import Archive
from graph.ledger.merkle import Frontier, leaf_hash

PIECE: Final = 64 << 10  # bytes


class ChunkTree:
    """The tree over the pieces of bytes that come in any portions."""

    def __init__(self) -> None:
        self._tree = Frontier()
        self._rest = b""

    def update(self, data: bytes) -> None:
        """Append bytes."""
        data = self._rest + data
        whole = len(data) - len(data) % PIECE
        for at in range(0, whole, PIECE):
            self._tree.append(data[at : at + PIECE])
        self._rest = data[whole:]

    @property
    def root(self) -> str:
        """The root over all bytes so far, in hex."""
        tree = self._tree.copy()
        if self._rest:
            tree.append(self._rest)
        return tree.root.hex()


def root(archive: Archive, digest: str) -> str:
    """The root of an archived blob, in hex.

    Raises IntegrityError where it is missing or damaged.
    """
    tree = ChunkTree()
    with archive.open(digest) as blob:
        while data := blob.read(PIECE):
            tree.update(data)
    return tree.root


def hashes(archive: Archive, digest: str) -> Iterator[bytes]:
    """The leaf hashes of the pieces, in order: what a proof of one of them is made from."""
    with archive.open(digest) as blob:
        while piece := blob.read(PIECE):
            yield leaf_hash(piece)
