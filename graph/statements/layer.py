"""A layer of a version: sorted canonical lines, their digest, their Merkle root and a row map.

The Merkle tree has one leaf per subject: the subject's lines, each with its line feed. A line
begins with its subject, so sorting brings the lines of a subject together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import eq
from typing import Any, Final

from graph.archive import Archive
from graph.ledger import chunks
from graph.ledger.merkle import Frontier, new_leaf, tree_root
from graph.statements import blocks
from graph.statements.blocks import TAG
from graph.statements.line_blob import LineWriter, line_writer
from graph.statements.origin_tree import OriginTree
from graph.statements.rowmap import FurtherOrigin, Origins, RowMap

STATED: Final = "stated"
INFERRED: Final = "inferred"
FINDINGS: Final = "findings"
NAMES: Final = (STATED, INFERRED, FINDINGS)
_PIECE = 1 << 21  # bytes of blocks
_REMEMBERED = 10_000  # sequences of rules
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


def write(sorted_blocks: Iterable[bytes], origins: Origins, archive: Archive) -> Layer:
    """Write sorted blocks (`graph.statements.blocks`) as a layer.

    A line that occurs more than once is written once, with all its origins in the row map.
    """
    rows, tree, of_subjects = RowMap(origins, archive.incoming), SubjectTree(), OriginTree()
    with line_writer(archive) as out:
        columns = _Columns(out, rows, tree, of_subjects)
        # lists pass from step to step: a call for each statement of each load is too slow
        for whole, tagged in blocks.parts(sorted_blocks, _PIECE):
            if whole:
                columns.extend_whole(whole)
            else:
                columns.extend_lines(tagged)
        subjects = tree.finish()
    return _layer(out.digest, subjects, rows, of_subjects.finish(), archive)


class _RuleEnds(dict[bytes, list[bytes]]):
    """From the rules of a block to the end of the tag of each line, with its line feed."""

    def __missing__(self, rules: bytes) -> list[bytes]:
        made = [rules[at : at + 4] + b"\n" for at in range(0, len(rules), 4)]
        if len(self) < _REMEMBERED:
            self[rules] = made
        return made


@dataclasses.dataclass(slots=True)
class _Columns:
    """All that a layer has a part in for each statement."""

    out: LineWriter
    rows: RowMap
    tree: SubjectTree
    of_subjects: OriginTree
    _ends: _RuleEnds = dataclasses.field(default_factory=_RuleEnds)
    _previous: bytes = b""

    def extend_whole(self, whole: Sequence[bytes]) -> None:
        """Append blocks with all that is said of their subjects."""
        texts, tags = [], []
        for block in whole:
            text, _, tag = block.rpartition(b"\t")
            texts.append(text + b"\n")
            record = tag[:8]
            tags.append(record + record.join(self._ends[tag[8:]]))
        self.tree.extend_whole(texts)
        self.of_subjects.extend_whole(tags)
        self.rows.extend_joined(b"".join(tags).replace(b"\n", b""))
        self.out.extend(b"".join(texts)[:-1].split(b"\n"))

    def extend_lines(self, tagged: Sequence[bytes]) -> None:
        """Append tagged lines, which may be the same as lines before."""
        lines, tags = [text[:-TAG] for text in tagged], [text[1 - TAG :] for text in tagged]
        further: list[FurtherOrigin] = []
        if any(map(eq, lines, chain([self._previous], lines))):
            lines, tags, further = _without_repetitions(lines, tags, self._previous)
        self._previous = lines[-1] if lines else self._previous
        self.rows.extend(tags, further)
        self.of_subjects.extend(tags, further, self.tree.extend(lines))
        self.out.extend(lines)


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

    def extend_whole(self, leaves: Iterable[bytes]) -> None:
        """Append leaves: all lines of a subject, each with its line feed."""
        self.finish()
        self._tree.extend(leaves)

    def _close(self) -> None:
        self._tree.append_hash(self._leaf.digest())
        self._leaf = new_leaf()

    def finish(self) -> Frontier:
        """The tree with all lines."""
        if self._subject:
            self._close()
            self._subject = b""
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
