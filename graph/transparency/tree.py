"""The Merkle tree of a log with all its inner nodes, and the proofs of RFC 6962 §2.1.

`graph.ledger.merkle` keeps what is needed to sign; this keeps what is needed to prove: 64 bytes a
leaf.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.ledger.merkle import EMPTY, node_hash

_BYTES = 32


class Tree:
    """The hashes of all perfect subtrees over a growing list of leaves."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]  # by height: 1, 2, 4 … leaves a hash

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0]) // _BYTES

    def append(self, leaf: bytes) -> None:
        """Append a leaf, given by its hash."""
        height, own = 0, leaf
        while True:
            if height == len(self._levels):
                self._levels.append(bytearray())
            level = self._levels[height]
            level += own
            if len(level) // _BYTES % 2:
                return
            own = node_hash(bytes(level[-2 * _BYTES : -_BYTES]), own)
            height += 1

    def nodes(self, height: int, first: int, count: int) -> bytes:
        """The hashes of neighbouring perfect subtrees of 2^height leaves, together."""
        level = self._levels[height] if height < len(self._levels) else b""
        return bytes(level[first * _BYTES : (first + count) * _BYTES])

    def leaf(self, index: int) -> bytes:
        """The hash of a leaf."""
        return self.nodes(0, index, 1)

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        return self._hash(0, size) if size else EMPTY

    def _hash(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]) of a range that a split of the RFC leads to."""
        number = end - start
        if number & (number - 1) == 0:
            return self.nodes(number.bit_length() - 1, start // number, 1)
        middle = start + _split(number)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[size]) of RFC 6962 §2.1.1: from the leaf's sibling up.

        Raises ValueError where there is no such leaf among the first `size`.
        """
        if not 0 <= index < size <= self.size:
            raise ValueError(f"no leaf {index} in a tree of {size}")
        path, start, end = [], 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[new]) of RFC 6962 §2.1.2; empty where old is 0 or new.

        Raises ValueError where the sizes are not in order.
        """
        if not 0 <= old <= new <= self.size:
            raise ValueError(f"no growth from {old} to {new} in a tree of {self.size}")
        if old in {0, new}:
            return []
        path, start, end, known = [], 0, new, True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                path.append(self._hash(middle, end))
                end = middle
            else:
                path.append(self._hash(start, middle))
                start, known = middle, False
        return [*([] if known else [self._hash(start, end)]), *path[::-1]]


def _split(number: int) -> int:
    """The largest power of two below a number."""
    return 1 << (number - 1).bit_length() - 1


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a proof of inclusion leads to (RFC 9162 §2.1.3.2).

    Raises ValueError where the path cannot be one of this place.
    """
    if not 0 <= index < size:
        raise ValueError("the index is not below the size")
    number, last, root = index, size - 1, leaf
    for step in path:
        if not last:
            raise ValueError("the proof is too long")
        if number & 1 or number == last:
            root = node_hash(step, root)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            root = node_hash(root, step)
        number, last = number >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return root


def is_consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a proof shows that a tree grew from another (RFC 9162 §2.1.4.2)."""
    if old in {0, new}:
        return not path and (old == 0 or old_root == new_root)
    steps = [*path] if old & (old - 1) else [old_root, *path]
    if not 0 < old < new or not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if number & 1 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return not last and (before, after) == (old_root, new_root)
