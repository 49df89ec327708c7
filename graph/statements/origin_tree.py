"""Roots by which the records of one statement are proven without the rest of the row map.

Beside the tree over a layer's subjects stands one over their origins, in the same order: leaf N has
a line for each line of subject N, with a tag for each of its origins (record in 8 hex digits, rule
in 4), and blanks between them. What the numbers mean say the row map's head, by its hash, and its
records: a tree with the line of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.ledger.merkle import Frontier, new_leaf


class OriginTree:
    """The tree over the origins of statements, one leaf per subject."""

    def __init__(self) -> None:
        self._tree = Frontier()
        self._leaf = new_leaf()
        self._last: list[bytes] = []  # the tags of the last statement, which may have more

    def extend(
        self, tags: Sequence[bytes], further: Iterable[tuple[int, bytes]], starts: Iterable[int]
    ) -> None:
        """Append the tags of the next statements.

        `further` are more of their tags with the place of the statement, -1 for the one before
        these; `starts` are the places of those with which another subject begins.
        """
        waiting, before, first = [*self._last, *tags], len(self._last), 0
        for place, tag in further:
            waiting[before + place] += b" " + tag
        for start in starts:
            self._update(waiting[first : before + start])
            self._close()
            first = before + start
        self._update(waiting[first:-1])
        self._last = waiting[-1:]

    def extend_whole(self, leaves: Iterable[bytes]) -> None:
        """Append leaves: the origins of all statements of a subject, each with its line feed."""
        self._end()
        self._tree.extend(leaves)

    def _update(self, tags: Sequence[bytes]) -> None:
        self._leaf.update(b"\n".join([*tags, b""]))

    def _close(self) -> None:
        self._tree.append_hash(self._leaf.digest())
        self._leaf = new_leaf()

    def _end(self) -> None:
        if self._last:
            self._update(self._last)
            self._close()
            self._last = []

    def finish(self) -> str:
        """The root over all of them, in hex."""
        self._end()
        return self._tree.root.hex()


class RecordTree:
    """The tree over the lines of records, each with its line feed."""

    def __init__(self) -> None:
        self._tree = Frontier()

    def extend(self, piece: bytes) -> None:
        """Append whole lines."""
        self._tree.extend(line + b"\n" for line in piece.split(b"\n")[:-1])

    @property
    def root(self) -> str:
        """The root over them, in hex."""
        return self._tree.root.hex()
