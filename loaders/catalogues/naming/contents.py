"""Hashes of what anonymous nodes say: the same for the same content, whatever labels and order.

A node's hash covers its properties and, in place of other anonymous nodes, their hashes. Nodes in a
ring, and those above it, are told apart by rounds of hashing in which each takes up what the others
had in the round before.
"""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Callable, Mapping

from loaders.catalogues.naming.spool import Pairs

_ROUNDS = 16
_REMEMBERED = 20_000  # hashes

Lines = list[tuple[str, str]]
"""What a node says: each line whole, or its start and the anonymous node that ends it."""

Token = Callable[[str], str | None]
"""The text that stands for a term in a hash, or None for a node whose content stands for it."""


def digest(*texts: str) -> str:
    """A hash of texts: 32 hex digits."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


class Contents:
    """Hashes of nodes; `skipped` properties do not count."""

    def __init__(
        self,
        properties: Callable[[str], Pairs],
        token: Token,
        skipped: frozenset[str] = frozenset(),
    ) -> None:
        self._properties = properties
        self._token = token
        self._skipped = skipped
        self._known: dict[str, str] = {}

    def of(self, node: str) -> str:
        """The hash of a node."""
        if node not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._learn(node)
        return self._known[node]

    def _learn(self, root: str) -> None:
        pending = self._reachable(root)
        missing = {node: self._unknown(lines) for node, lines in pending.items()}
        above: dict[str, list[str]] = {}
        for node, values in missing.items():
            for value in values:
                above.setdefault(value, []).append(node)
        ready = [node for node, values in missing.items() if not values]
        while ready:
            node = ready.pop()
            self._known[node] = self._hash(pending.pop(node), self._known)
            for parent in above.get(node, ()):
                missing[parent].discard(node)
                if not missing[parent]:
                    ready.append(parent)
        if pending:
            self._known |= self._ring_hashes(pending)

    def _unknown(self, lines: Lines) -> set[str]:
        return {value for _, value in lines if value and value not in self._known}

    def _reachable(self, root: str) -> dict[str, Lines]:
        """The anonymous nodes that a hash depends on and that are not known, with their lines."""
        found: dict[str, Lines] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            if node in found or node in self._known:
                continue
            found[node] = lines = []
            for predicate, value in self._properties(node):
                if predicate in self._skipped:
                    continue
                token = self._token(value)
                if token is None:
                    stack.append(value)
                    lines.append((predicate, value))
                else:
                    lines.append((f"{predicate} {token}", ""))
        return found

    def _hash(self, lines: Lines, known: Mapping[str, str]) -> str:
        texts = (f"{start} {known[node]}" if node else start for start, node in lines)
        return digest(*sorted(texts))

    def _ring_hashes(self, ring: dict[str, Lines]) -> dict[str, str]:
        colours = dict.fromkeys(ring, "ring")
        for _ in range(_ROUNDS):
            known = ChainMap(colours, self._known)
            colours = {n: digest(colours[n], self._hash(ring[n], known)) for n in ring}
        return colours
