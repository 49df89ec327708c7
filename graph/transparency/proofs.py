"""Proofs about a log as text: c2sp.org/tlog-proof for an event, lines of base64 for growth."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.core.errors import IntegrityError
from graph.ledger.merkle import leaf_hash
from graph.ledger.note import Checkpoint, Verifier
from graph.transparency import tree
from graph.transparency.signed_log import SignedLog

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MOST_HASHES = 63
MEDIA_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That a leaf is in a log: its index, the hashes from its sibling up, the signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        """The text of a `.tlog-proof` file."""
        hashes = "".join(f"{text}\n" for text in encode(self.path))
        return f"{_HEADER}\nindex {self.index}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> InclusionProof:
        """Read what `str` wrote; extra data is passed over.

        Raises IntegrityError where it is not a proof.
        """
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if len(lines) > 1 and lines[1].startswith("extra "):
            del lines[1]
        match = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
        if lines[0] != _HEADER or match is None:
            raise IntegrityError("this is not a proof of inclusion (c2sp.org/tlog-proof@v1)")
        return cls(int(match[1]), decode(lines[2:]), note)

    def check(self, line: bytes, verifier: Verifier) -> Checkpoint:
        """The checkpoint, when it is the log's and covers this line at this index.

        Raises IntegrityError.
        """
        checkpoint = Checkpoint.parse(verifier.check(self.note))
        if checkpoint.origin != verifier.name:
            raise IntegrityError(f"the checkpoint is of another log, “{checkpoint.origin}”")
        try:
            root = tree.root_by_inclusion(leaf_hash(line), self.index, checkpoint.size, self.path)
        except ValueError as error:
            raise IntegrityError(f"log/{self.index}: {error}") from error
        if root != checkpoint.root:
            raise IntegrityError(f"the line is not log/{self.index} of the log that was signed")
        return checkpoint


def encode(hashes: Sequence[bytes]) -> list[str]:
    """Hashes in base64, as every proof of C2SP writes them."""
    return [base64.b64encode(one).decode() for one in hashes]


def decode(lines: Sequence[str]) -> tuple[bytes, ...]:
    """The hashes of such lines. Raises IntegrityError where one is not of 32 bytes."""
    try:
        hashes = tuple(base64.b64decode(line, validate=True) for line in lines)
    except ValueError as error:
        raise IntegrityError("a hash of the proof is not base64") from error
    if len(hashes) > _MOST_HASHES or any(len(one) != 32 for one in hashes):
        raise IntegrityError("the proof is not a list of SHA-256 hashes")
    return hashes


def inclusion(log: SignedLog, index: int, note: str = "") -> InclusionProof:
    """The proof of an event under the newest checkpoint, or under the one of `note`.

    Raises IndexError where that one has no such event.
    """
    note = note or log.note
    size = Checkpoint.parse(log.verifier.check(note)).size
    if not 0 <= index < min(size, log.size):
        raise IndexError(index)
    return InclusionProof(index, tuple(log.tree.inclusion(index, size)), note)
