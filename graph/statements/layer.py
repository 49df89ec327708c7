"""A layer of a version: sorted canonical lines, their digest, their Merkle root and a row map.

The Merkle tree has one leaf per subject: the subject's lines, each with its line feed. A line
begins with its subject, so sorting brings the lines of a subject together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from operator import eq
from typing import Any, Final

from graph.archive import Archive
from graph.ledger import chunks
from graph.ledger.merkle import Frontier, new_leaf, tree_root
from graph.statements.line_blob import line_writer
from graph.statements.origin_tree import OriginTree
from graph.statements.rowmap import FurtherOrigin, Origins, RowMap
from graph.statements.sorting import TAG

STATED: Final = "stated"
INFERRED: Final = "inferred"
FINDINGS: Final = "findings"
NAMES: Final = (STATED, INFERRED, FINDINGS)
_PIECE = 20_000  # lines
_BLOCK = 1 << 16  # bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """A layer as a Load event records it; `lines`, `root` and `rows` are SHA-256 in hex, `chunks`
    is the root over the pieces of the row map (graph.ledger.chunks); `origins`, `records` and
    `head` prove the records of one statement (graph.statements.origin_tree). Earlier events lack
    what is empty here."""

    statements: int
    subjects: int
    lines: str
    root: str
    rows: str
    chunks: str = ""
    origins: str = ""
    records: str = ""
    head: str = ""

    def to_json(self) -> dict[str, Any]:
        """The layer as a JSON object of the event."""
        return dataclasses.asdict(self)


def write(tagged: Iterable[bytes], origins: Origins, archive: Archive) -> Layer:
    """Write sorted tagged lines as a layer.

    A line that occurs more than once is written once, with all its origins in the row map.
    """
    rows, tree, of_subjects = RowMap(origins, archive.incoming), SubjectTree(), OriginTree()
    previous = b""
    pieces = iter(tagged)
    with line_writer(archive) as out:
        # lists of lines pass from step to step: a call for each statement of each load is too slow
        while some := list(islice(pieces, _PIECE)):
            lines, tags = [text[:-TAG] for text in some], [text[1 - TAG :] for text in some]
            further: list[FurtherOrigin] = []
            if any(map(eq, lines, chain([previous], lines))):
                lines, tags, further = _without_repetitions(lines, tags, previous)
            previous = lines[-1] if lines else previous
            rows.extend(tags, further)
            of_subjects.extend(tags, further, tree.extend(lines))
            out.extend(lines)
        subjects = tree.finish()
    return _layer(out.digest, subjects, rows, of_subjects.finish(), archive)


def _layer(lines: str, subjects: Frontier, rows: RowMap, origins: str, archive: Archive) -> Layer:
    digest = rows.write(archive)
    return Layer(
        statements=rows.statements,
        subjects=subjects.size,
        lines=lines,
        root=subjects.root.hex(),
        rows=digest,
        chunks=chunks.root(archive, digest),
        origins=origins,
        records=rows.records_root,
        head=rows.head_hash,
    )


def _without_repetitions(
    lines: list[bytes], tags: list[bytes], previous: bytes
) -> tuple[list[bytes], list[bytes], list[FurtherOrigin]]:
    """The lines that are not as the one before, with their tags; the other tags are further origins
    of that one, each with its place, -1 for the line before all of these."""
    kept_lines: list[bytes] = []
    kept_tags: list[bytes] = []
    further: list[FurtherOrigin] = []
    for line, tag in zip(lines, tags, strict=True):
        if line == previous:
            further.append((len(kept_lines) - 1, tag))
        else:
            kept_lines.append(line)
            kept_tags.append(tag)
            previous = line
    return kept_lines, kept_tags, further


class SubjectTree:
    """The Merkle tree over sorted lines without line feeds, one leaf per subject."""

    def __init__(self) -> None:
        self._tree = Frontier()
        self._subject = b""
        self._leaf = new_leaf()  # of the last subject, of which more lines may come

    def extend(self, lines: list[bytes]) -> list[int]:
        """Append the next lines; the places of those with which another subject begins."""
        starts: list[int] = []
        first, subject = 0, self._subject or _subject(lines)
        for place, line in enumerate(lines):
            if not line.startswith(subject):
                self._leaf.update(b"\n".join([*lines[first:place], b""]))
                self._close()
                starts.append(place)
                first, subject = place, line[: line.index(b" ") + 1]
        self._leaf.update(b"\n".join([*lines[first:], b""]))
        self._subject = subject
        return starts

    def _close(self) -> None:
        self._tree.append_hash(self._leaf.digest())
        self._leaf = new_leaf()

    def finish(self) -> Frontier:
        """The tree with all lines."""
        if self._subject:
            self._close()
        return self._tree


def _subject(lines: list[bytes]) -> bytes:
    """The subject of the first line, with the space behind it; empty where there is no line."""
    return lines[0][: lines[0].index(b" ") + 1] if lines else b""


def read(archive: Archive, digest: str) -> Iterator[bytes]:
    """The canonical lines of a layer, without line feeds."""
    return (line[:-1] for line in read_with_line_feeds(archive, digest))


def read_with_line_feeds(archive: Archive, digest: str) -> Iterator[bytes]:
    """The canonical lines of a layer, with their line feeds, which is a little faster."""
    with archive.open(digest) as blob:
        yield from blob


def read_blocks(archive: Archive, digest: str) -> Iterator[bytes]:
    """The canonical lines of a layer, many at a time, with their line feeds."""
    with archive.open(digest) as blob:
        while block := blob.read(_BLOCK) + blob.readline():
            yield block


def root_of(lines: Iterable[bytes]) -> str:
    """The Merkle root over sorted lines without line feeds, one leaf per subject, in hex."""
    subjects = groupby(lines, key=lambda line: line[: line.index(b" ")])
    return tree_root(b"".join(line + b"\n" for line in leaf) for _, leaf in subjects).hex()


def empty(archive: Archive) -> Layer:
    """A layer without statements."""
    return _layer(archive.put(b""), Frontier(), RowMap(Origins()), OriginTree().finish(), archive)
