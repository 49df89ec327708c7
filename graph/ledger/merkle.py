"""Merkle tree hashes as RFC 6962 §2.1 defines them (and RFC 9162 repeats).

A `Frontier` holds the roots of the perfect subtrees of a growing tree, so that appending a leaf
and asking for the root cost O(log n) and no leaf has to be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree one can only append to."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add one leaf (its bytes, not its hash)."""
        self.append_hash(leaf_hash(leaf))

    def append_hash(self, peak: bytes) -> None:
        """Add one leaf by its hash; each trailing one-bit of the size closes a subtree."""
        size = self.size
        while size & 1:
            peak = node_hash(self._peaks.pop(), peak)
            size >>= 1
        self._peaks.append(peak)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The tree's root: peaks folded from the right."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """Root over leaves given as bytes."""
    return Frontier(leaves).root
