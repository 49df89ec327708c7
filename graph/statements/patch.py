"""Patches between versions in the format RDF Patch (H, TX, A, D, TC), one graph per layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from graph.archive import Archive


@dataclass(frozen=True, slots=True)
class Patch:
    """An archived patch: digest of its blob, number of statements it adds and deletes."""

    digest: str
    adds: int
    deletes: int

    def to_json(self) -> dict[str, Any]:
        """The patch as a JSON object of the event."""
        return {"sha256": self.digest, "adds": self.adds, "deletes": self.deletes}


def difference(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """The differences of two sorted streams of lines: ("D", line) or ("A", line), in line order."""
    before, after = iter(old), iter(new)
    # zip_longest runs in C, and most lines of two versions are equal
    for deleted, added in zip_longest(before, after):
        while deleted != added:
            if added is None or (deleted is not None and deleted < added):
                yield "D", deleted
                deleted = next(before, None)
            else:
                yield "A", added
                added = next(after, None)


def write(
    archive: Archive, changes: Iterable[tuple[str, str, bytes]], previous: str, this: str
) -> Patch:
    """Archive changes (graph IRI, "A" or "D", line) as the patch between two versions' IRIs.

    `previous` is empty where there is no version before.
    """
    counts = {"A": 0, "D": 0}
    with archive.writer() as out:
        out.write(f"H id <{this}> .\n".encode())
        if previous:
            out.write(f"H prev <{previous}> .\n".encode())
        out.write(b"TX .\n")
        for graph, sign, line in changes:
            counts[sign] += 1
            out.write(b"%b %b<%b> .\n" % (sign.encode(), line[:-1], graph.encode()))
        out.write(b"TC .\n")
    return Patch(out.digest, counts["A"], counts["D"])


def read(archive: Archive, digest: str) -> Iterator[tuple[str, str, bytes]]:
    """The changes of an archived patch: graph IRI, "A" or "D", line."""
    with archive.open(digest) as blob:
        for text in blob:
            if text[:2] in (b"A ", b"D "):
                body, _, graph = text[2:-4].rpartition(b" <")
                yield graph.decode(), text[:1].decode(), body + b" ."
