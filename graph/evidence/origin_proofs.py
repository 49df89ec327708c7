"""From which records a statement was made, proven without the rest of the row map.

The leaf of a subject's origins, the lines of its records and the head of the row map are under the
roots that the Load event has (graph.statements.origin_tree). The hash of each group of leaves is
kept in `cache/tops/`; what is kept there must lead to the root, or it is made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.evidence import cache_files, proofs
from graph.evidence.proofs import GROUP, fold, path_in
from graph.evidence.row_columns import RowColumns
from graph.ledger import Event
from graph.ledger.merkle import leaf_hash

_HASH = 32
Group = list[bytes]
_OTHER = "the row map is not that of the root in the ledger"


@dataclass(frozen=True, slots=True)
class LeafProof:
    """Leaf `index` of a tree is `leaf`; `path` are the hashes from its sibling up to the root."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class OriginProof:
    """The origins of a subject's statements, the records that one of them was made from, in order,
    and the head of the row map, which is named by its hash."""

    subject: LeafProof
    records: tuple[LeafProof, ...]
    head: bytes


def origin_proof(
    archive: Archive, cache: Path, load: Event, layer: str, subject: int, line: int
) -> OriginProof | None:
    """The proof of the records of line `line` among those of leaf `subject` of a layer; None where
    the load did not log the roots.

    Raises IntegrityError where lines or row map are missing, damaged, or of other roots.
    """
    facts = load["layers"][layer]
    if not facts.get("origins"):
        return None
    kept = cache / "tops" / facts["rows"]
    with archive.seekable(facts["rows"]) as blob:
        rows = RowColumns(blob)
        group = _tagged(rows, *proofs.group_sizes(archive, cache, load, layer, subject // GROUP))
        every = _origins(archive, facts["lines"], rows)
        own = _proof(_Tree(kept, facts["origins"], every, blob.name), subject, group)
        tags = own.leaf.split(b"\n")[line].split(b" ")
        tree = _Tree(
            kept.with_name(f"{kept.name}.records"), facts["records"], _records(rows), blob.name
        )
        found = (_record(tree, rows, int(tag[:8], 16)) for tag in tags)
        return OriginProof(own, tuple(found), rows.head_line)


@dataclass(frozen=True, slots=True)
class _Tree:
    """A tree: where the hashes of its groups are kept, its root, its leaves in groups, which are
    read where nothing good is kept; and the file they are from."""

    kept: Path
    root: str
    groups: Iterator[Group]
    where: str

    def tops(self) -> Sequence[bytes]:
        """The hash of each group. Raises IntegrityError where they do not lead to the root."""
        data = cache_files.read(self.kept)
        tops = [data[at : at + _HASH] for at in range(0, len(data), _HASH)]
        if fold(tops).hex() != self.root:
            tops = [fold(map(leaf_hash, group)) for group in self.groups]
            cache_files.write(self.kept, b"".join(tops))
        if fold(tops).hex() != self.root:
            raise IntegrityError(_OTHER, where=self.where)
        return tops


def _proof(tree: _Tree, index: int, group: Group) -> LeafProof:
    """The proof of a leaf, by the leaves of its group."""
    number, within = divmod(index, GROUP)
    hashes, tops = [*map(leaf_hash, group)], tree.tops()
    if fold(hashes) != tops[number]:
        raise IntegrityError(_OTHER, where=tree.where)
    return LeafProof(index, group[within], (*path_in(hashes, within), *path_in(tops, number)))


def _record(tree: _Tree, rows: RowColumns, number: int) -> LeafProof:
    first = number - number % GROUP
    lines = (line for piece in rows.record_lines() for line in piece)
    return _proof(tree, number, [*islice(lines, first, first + GROUP)])


def _tagged(rows: RowColumns, first: int, sizes: Sequence[int]) -> Group:
    """The leaves of subjects that have so many lines each, from line `first` on."""
    tags, at, leaves = rows.tags(first, sum(sizes)), 0, []
    for size in sizes:
        leaves.append(b"\n".join([*tags[at : at + size], b""]))
        at += size
    return leaves


def _origins(archive: Archive, lines: str, rows: RowColumns) -> Iterator[Group]:
    """The leaves of the origins of a layer's subjects, in groups."""
    with archive.seekable(lines) as blob:
        sizes, first = proofs.subject_sizes(blob), 0
        while some := [*islice(sizes, GROUP)]:
            yield _tagged(rows, first, some)
            first += sum(some)


def _records(rows: RowColumns) -> Iterator[Group]:
    """The lines of the records, in groups."""
    lines = (line for piece in rows.record_lines() for line in piece)
    while some := [*islice(lines, GROUP)]:
        yield some
