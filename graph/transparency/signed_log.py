"""The log as its checkpoint signs it: the note, the exact lines, and the tree over them.

Events are not parsed: proofs and tiles need bytes only. One process reads the lines once, and after
that only what was appended.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger.checkpoints import CHECKPOINT, read_verifier
from graph.ledger.log import ENTRIES
from graph.ledger.merkle import leaf_hash
from graph.ledger.note import Checkpoint, Verifier
from graph.transparency.tree import Tree


class _Lines:
    """The lines of a file that only grows: where each begins, and the tree over them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = Tree()
        self._starts = array("Q", [0])

    def grow(self, size: int) -> None:
        """Read on until there are `size` lines. Raises IntegrityError where there are fewer."""
        with _opened(self.path) as file:
            file.seek(self._starts[-1])
            for line in file:
                if self.tree.size >= size or not line.endswith(b"\n"):
                    break
                self._starts.append(self._starts[-1] + len(line))
                self.tree.append(leaf_hash(line[:-1]))
        if self.tree.size < size:
            missing = size - self.tree.size
            raise IntegrityError(f"{missing} signed lines are missing", where=str(self.path))

    def read(self, first: int, count: int) -> Iterator[bytes]:
        """Lines without their line feeds."""
        with _opened(self.path) as file:
            file.seek(self._starts[first])
            for index in range(first, first + count):
                yield file.read(self._starts[index + 1] - self._starts[index])[:-1]


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise IntegrityError(f"it cannot be read: {error.strerror}", where=str(path)) from error


@dataclass(frozen=True, slots=True)
class SignedLog:
    """What one checkpoint signs. `note` is the signed note as it is in the file."""

    verifier: Verifier
    note: str
    checkpoint: Checkpoint
    _lines: _Lines

    @property
    def size(self) -> int:
        """The number of lines."""
        return self.checkpoint.size

    @property
    def tree(self) -> Tree:
        """The tree over the lines; it may have grown beyond `size` since."""
        return self._lines.tree

    def line(self, index: int) -> bytes:
        """A line without its line feed. Raises IndexError where it is not signed."""
        return next(self.lines(index, 1))

    def lines(self, first: int, count: int) -> Iterator[bytes]:
        """Lines without their line feeds. Raises IndexError where they are not signed."""
        if not 0 <= first <= first + count <= self.size:
            raise IndexError(first + count)
        return self._lines.read(first, count)


_read: dict[Path, _Lines] = {}
_lock = Lock()


def read(instance: Instance) -> SignedLog:
    """The log as it is signed now.

    Raises IntegrityError where the checkpoint is not signed by the log's key, or the lines are not
    those it signs.
    """
    verifier = read_verifier(instance)
    path = instance.ledger / CHECKPOINT
    try:
        note = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise IntegrityError("the checkpoint cannot be read", where=str(path)) from error
    checkpoint = Checkpoint.parse(verifier.check(note))
    with _lock:
        lines = _grown(instance, checkpoint)
    return SignedLog(verifier, note, checkpoint, lines)


def _grown(instance: Instance, checkpoint: Checkpoint) -> _Lines:
    path = instance.ledger / ENTRIES
    known = _read.pop(path, None)  # kept again only when its root is the signed one
    for lines in (*([known] if known else []), _Lines(path)):
        lines.grow(checkpoint.size)
        if lines.tree.root(checkpoint.size) == checkpoint.root:
            _read[path] = lines
            return lines
    raise IntegrityError("lines were changed after they were signed", where=str(path))


def forget() -> None:
    """Read every log anew the next time, from its first line."""
    with _lock:
        _read.clear()
