"""Merkle tree hashes as defined in RFC 6962 §2.1 (and again in RFC 9162 §2.1).

A `Frontier` keeps the roots of the perfect subtrees of a growing tree. So appending a leaf and
computing the root take O(log n), and no leaf is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice

EMPTY = hashlib.sha256(b"").digest()
_MANY = 4096  # leaves that are added together
_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 ‖ data)."""
    # the prefixes 0x00 and 0x01 keep a leaf from passing for an inner node (second preimages)
    return hashlib.sha256(b"\x00" + data).digest()


def new_leaf() -> hashlib._Hash:
    """The hash of a leaf whose bytes come in pieces; `update` takes them."""
    return hashlib.sha256(b"\x00")


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that leaves can be appended to. `size` is the number of leaves."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    def copy(self) -> Frontier:
        """A copy, to which leaves can be added without changing this tree."""
        other = Frontier()
        other.size, other._peaks = self.size, [*self._peaks]
        return other

    def append(self, leaf: bytes) -> None:
        """Append a leaf, given by its bytes."""
        self.append_hash(leaf_hash(leaf))

    def append_hash(self, peak: bytes) -> None:
        """Append a leaf, given by its hash."""
        size = self.size
        # as in binary counting: each trailing one-bit of the size completes a subtree
        while size & 1:
            peak = node_hash(self._peaks.pop(), peak)
            size >>= 1
        self._peaks.append(peak)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append many leaves, given by their bytes: level by level and without a call for each node
        takes two thirds of the time."""
        rest = iter(leaves)
        while some := [*islice(rest, _MANY)]:
            self._extend([_sha256(b"\x00" + leaf).digest() for leaf in some])

    def _extend(self, nodes: list[bytes]) -> None:
        size, peaks = self.size, list[bytes]()
        self.size += len(nodes)
        while nodes or size:
            if size & 1:  # the last of the perfect subtrees of this level
                nodes.insert(0, self._peaks.pop())
            if len(nodes) & 1:
                peaks.append(nodes.pop())
            pairs = zip(nodes[::2], nodes[1::2], strict=True)
            nodes = [_sha256(b"\x01" + left + right).digest() for left, right in pairs]
            size >>= 1
        self._peaks = peaks[::-1]

    @property
    def root(self) -> bytes:
        """The root of the tree: the peaks hashed together from the right."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves, given by their bytes."""
    return Frontier(leaves).root
