"""One layer of a version: its sorted canonical lines, their hash, their Merkle root, its row map.

The tree has one leaf per subject: the subject's lines, each with its line feed. Lines of one
subject stand together because a sorted line begins with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, Final

from graph.archive import Archive, Writer
from graph.ledger.merkle import EMPTY, Frontier
from graph.statements.rowmap import Origins, RowMap
from graph.statements.sorting import untag

STATED: Final = "stated"
INFERRED: Final = "inferred"
FINDINGS: Final = "findings"
NAMES: Final = (STATED, INFERRED, FINDINGS)


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """What a Load event says about a layer; digests and the root are SHA-256 in hex."""

    statements: int
    subjects: int
    lines: str
    root: str
    rows: str

    def to_json(self) -> dict[str, Any]:
        """For the event."""
        return dataclasses.asdict(self)


class _Tree:
    """Collects the lines of a subject into one leaf."""

    def __init__(self, out: Writer) -> None:
        self._out = out
        self._tree = Frontier()
        self._prefix = b"\x00"
        self._block: list[bytes] = []

    def add(self, line: bytes) -> None:
        if not line.startswith(self._prefix):
            self.close_subject()
            self._prefix = line[: line.index(b" ") + 1]
        self._block.append(line)

    def close_subject(self) -> None:
        if self._block:
            leaf = b"\n".join(self._block) + b"\n"
            self._tree.append(leaf)
            self._out.write(leaf)
            self._block = []

    @property
    def subjects(self) -> int:
        return self._tree.size

    @property
    def root(self) -> str:
        return self._tree.root.hex()


def write(tagged: Iterable[bytes], origins: Origins, archive: Archive) -> Layer:
    """Write sorted tagged lines as a layer; a line that comes twice is kept once."""
    rows = RowMap(origins)
    previous = b""
    with archive.writer() as out:
        tree = _Tree(out)
        for text in tagged:
            line, record, rule = untag(text)
            if line == previous:
                rows.again(record, rule)
                continue
            tree.add(line)
            rows.first(record, rule)
            previous = line
        tree.close_subject()
    return Layer(len(rows.record), tree.subjects, out.digest, tree.root, rows.keep(archive))


def read(archive: Archive, digest: str) -> Iterator[bytes]:
    """The canonical lines of a layer, without line feeds."""
    with archive.open(digest) as blob:
        for line in blob:
            yield line[:-1]


def root_of(lines: Iterable[bytes]) -> str:
    """The Merkle root over sorted lines, one leaf per subject, in hex."""
    tree = Frontier()
    block: list[bytes] = []
    prefix = b"\x00"
    for line in lines:
        if not line.startswith(prefix):
            if block:
                tree.append(b"\n".join(block) + b"\n")
            block, prefix = [], line[: line.index(b" ") + 1]
        block.append(line)
    if block:
        tree.append(b"\n".join(block) + b"\n")
    return tree.root.hex()


def empty(archive: Archive) -> Layer:
    """A layer without statements."""
    return Layer(0, 0, archive.put(b""), EMPTY.hex(), RowMap(Origins()).keep(archive))
