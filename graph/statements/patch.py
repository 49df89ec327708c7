"""Patches between versions, in the RDF Patch format (H, TX, A, D, TC), one graph per layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from graph.archive import Archive


@dataclass(frozen=True, slots=True)
class Patch:
    """A kept patch: digest of its blob, how many statements it adds and deletes."""

    digest: str
    adds: int
    deletes: int

    def to_json(self) -> dict[str, Any]:
        """For the event."""
        return {"sha256": self.digest, "adds": self.adds, "deletes": self.deletes}


def difference(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Walk two sorted streams of lines; give ("D", line) and ("A", line) in line order."""
    before, after = iter(old), iter(new)
    for mine, theirs in zip_longest(before, after):  # mostly the same, so this is the quick way
        while mine != theirs:
            if theirs is None or (mine is not None and mine < theirs):
                yield "D", mine
                mine = next(before, None)
            else:
                yield "A", theirs
                theirs = next(after, None)


def write(
    archive: Archive, changes: Iterable[tuple[str, str, bytes]], previous: str, this: str
) -> Patch:
    """Write changes (graph IRI, sign, line) as a patch from one version's IRI to the next."""
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
    """The changes of a patch: graph IRI, sign, line."""
    with archive.open(digest) as blob:
        for text in blob:
            if text[:2] in (b"A ", b"D "):
                body, _, graph = text[2:-4].rpartition(b" <")
                yield graph.decode(), text[:1].decode(), body + b" ."
