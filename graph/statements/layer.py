"""A layer of a version: sorted canonical lines, their digest, their Merkle root and a row map.

The Merkle tree has one leaf per subject: the subject's lines, each with its line feed. A line
begins with its subject, so sorting brings the lines of a subject together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from graph.archive import Archive
from graph.ledger import chunks
from graph.ledger.merkle import Frontier, tree_root
from graph.statements.line_blob import LineWriter, line_writer
from graph.statements.rowmap import Origins, RowMap
from graph.statements.sorting import TAG

STATED: Final = "stated"
INFERRED: Final = "inferred"
FINDINGS: Final = "findings"
NAMES: Final = (STATED, INFERRED, FINDINGS)


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """A layer as a Load event records it; `lines`, `root` and `rows` are SHA-256 in hex, `chunks`
    is the root over the pieces of the row map (graph.ledger.chunks)."""

    statements: int
    subjects: int
    lines: str
    root: str
    rows: str
    chunks: str

    def to_json(self) -> dict[str, Any]:
        """The layer as a JSON object of the event."""
        return dataclasses.asdict(self)


def write(tagged: Iterable[bytes], origins: Origins, archive: Archive) -> Layer:
    """Write sorted tagged lines as a layer.

    A line that occurs more than once is written once, with all its origins in the row map.
    """
    # one loop without helper calls per line: it runs for every statement of every load
    rows, tree = RowMap(origins), Frontier()
    statements, previous, prefix = 0, b"", b"\x00"
    lines: list[bytes] = []
    tags: list[bytes] = []
    with line_writer(archive) as out:
        for text in tagged:
            line = text[:-TAG]
            if line == previous:
                rows.add_origin(statements - 1, text[1 - TAG :])
                continue
            if not line.startswith(prefix):
                _close_subject(lines, tags, tree, out, rows)
                lines, tags, prefix = [], [], line[: line.index(b" ") + 1]
            lines.append(line)
            tags.append(text[1 - TAG :])
            previous = line
            statements += 1
        _close_subject(lines, tags, tree, out, rows)
    return _layer(statements, tree, out.digest, rows.write(archive), archive)


def _layer(statements: int, tree: Frontier, lines: str, rows: str, archive: Archive) -> Layer:
    chunk_root = chunks.root(archive, rows)
    return Layer(statements, tree.size, lines, tree.root.hex(), rows, chunk_root)


def _close_subject(
    lines: list[bytes], tags: list[bytes], tree: Frontier, out: LineWriter, rows: RowMap
) -> None:
    if lines:
        tree.append(b"\n".join(lines) + b"\n")
        out.extend(lines)
        rows.extend(tags)


def read(archive: Archive, digest: str) -> Iterator[bytes]:
    """The canonical lines of a layer, without line feeds."""
    return (line[:-1] for line in read_with_line_feeds(archive, digest))


def read_with_line_feeds(archive: Archive, digest: str) -> Iterator[bytes]:
    """The canonical lines of a layer, with their line feeds, which is a little faster."""
    with archive.open(digest) as blob:
        yield from blob


def root_of(lines: Iterable[bytes]) -> str:
    """The Merkle root over sorted lines without line feeds, one leaf per subject, in hex."""
    subjects = groupby(lines, key=lambda line: line[: line.index(b" ")])
    return tree_root(b"".join(line + b"\n" for line in leaf) for _, leaf in subjects).hex()


def empty(archive: Archive) -> Layer:
    """A layer without statements."""
    return _layer(0, Frontier(), archive.put(b""), RowMap(Origins()).write(archive), archive)
