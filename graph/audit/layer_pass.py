"""One pass over the lines of a layer: their hash, order, number and root, as they go by."""

from __future__ import annotations

import hashlib
import io
from array import array
from collections.abc import Iterator
from itertools import chain, islice
from operator import lt

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.ledger.merkle import Frontier, new_leaf

_BATCH = 1 << 18  # bytes


class LayerPass:
    """Gives the lines of a layer; when they are through it knows what they were."""

    def __init__(self, archive: Archive, digest: str) -> None:
        self._archive = archive
        self._digest = digest
        self._hash = hashlib.sha256()
        self._tree = Frontier()
        self._prefix = b"\x00"  # of the subject whose leaf is open
        # a catalogue may have a line for each of its datasets: its leaf is hashed as it goes by
        self._leaf, self._leaf_lines = new_leaf(), 0
        self._last = b""
        self.statements = 0
        self.sizes = array("I")  # lines of each subject
        self.is_sorted = True
        self.error: IntegrityError | None = None

    def lines(self) -> Iterator[bytes]:
        """The lines with their line feeds.

        Raises IntegrityError where the blob is missing or cannot be read.
        """
        return chain.from_iterable(self._checked())  # it runs in C for each line

    def _checked(self) -> Iterator[list[bytes]]:
        try:
            for batch in self._batches():
                self._check(batch)
                yield batch
        except IntegrityError as error:
            self.error = error
            raise
        self._close_leaf()

    def _check(self, batch: list[bytes]) -> None:
        self.statements += len(batch)
        self.is_sorted = self.is_sorted and self._last < batch[0]
        self.is_sorted = self.is_sorted and all(map(lt, batch, islice(batch, 1, None)))
        self._last = batch[-1]
        self._add_to_tree(batch)

    def _batches(self) -> Iterator[list[bytes]]:
        """Whole lines, many at a time; the last one may lack its line feed."""
        rest = b""
        for piece in self._pieces():
            self._hash.update(piece)
            rest += piece
            if len(rest) >= _BATCH and (end := rest.rfind(b"\n") + 1):
                yield io.BytesIO(rest[:end]).readlines()
                rest = rest[end:]
        if rest:
            yield io.BytesIO(rest).readlines()

    def _pieces(self) -> Iterator[bytes]:
        """The plain bytes of the blob, in pieces that are worth a step."""
        waiting: list[bytes] = []
        size = 0
        for piece in self._archive.pieces(self._digest):
            waiting.append(piece)
            size += len(piece)
            if size >= _BATCH:
                yield b"".join(waiting)
                waiting, size = [], 0
        yield b"".join(waiting)

    def _add_to_tree(self, batch: list[bytes]) -> None:
        prefix, begin = self._prefix, 0
        for number, line in enumerate(batch):
            if not line.startswith(prefix):
                self._add_to_leaf(batch[begin:number])
                self._close_leaf()
                prefix, begin = line[: line.find(b" ") + 1], number
        self._add_to_leaf(batch[begin:])
        self._prefix = prefix

    def _add_to_leaf(self, lines: list[bytes]) -> None:
        self._leaf.update(b"".join(lines))
        self._leaf_lines += len(lines)

    def _close_leaf(self) -> None:
        if self._leaf_lines:
            self._tree.append_hash(self._leaf.digest())
            self.sizes.append(self._leaf_lines)
            self._leaf, self._leaf_lines = new_leaf(), 0

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes that went by, in hex."""
        return self._hash.hexdigest()

    @property
    def root(self) -> str:
        """The root over the subjects, in hex (graph.statements.layer)."""
        return self._tree.root.hex()
