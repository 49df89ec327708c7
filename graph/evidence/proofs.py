"""That a subject's lines are in a layer: the proof that leads to the root in its Load event.

A leaf of the tree is all lines of a subject (`graph.statements.layer`). The hash of each group of
256 leaves, and the line at which it begins, is kept in `cache/tops/`, so that a proof reads one
group of lines. What is kept there must lead to the logged root, or it is made again.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from graph.archive import Archive, SeekableBlob
from graph.core.errors import IntegrityError
from graph.evidence import cache_files
from graph.evidence.positions import from_key, numbered
from graph.ledger import Event
from graph.ledger.merkle import Frontier, leaf_hash

GROUP = 256  # leaves; a power of two, so that each group is a subtree
_TOP = struct.Struct("<Q32s")


@dataclass(frozen=True, slots=True)
class SubjectProof:
    """Leaf `index` of `size` is `leaf`; `path` are the hashes from its sibling up to `root`.

    `leaf` are the subject's lines, each with its line feed, as they are hashed.
    """

    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: bytes


def subject_proof(
    archive: Archive, cache: Path, load: Event, layer: str, subject: str
) -> SubjectProof | None:
    """The proof that a layer of a version says exactly this of a subject (an IRI); None where it
    says nothing of it. `cache` is the instance's.

    Raises IntegrityError where the lines are missing or damaged, or are not those of the event.
    """
    key = _key(subject)
    with _open(archive, cache, load, layer) as leaves:
        index = leaves.index_from(key)
        found = leaves.proof(index) if index is not None else None
    return found if found and found.leaf.startswith(key) else None


def proofs_around(
    archive: Archive, cache: Path, load: Event, layer: str, subject: str
) -> list[SubjectProof]:
    """The proofs of the leaf of a subject, where the layer has it, and of those before and after:
    fewer at the ends, none where the layer is empty.

    They show what the layer does not say of it where the lines are known to be sorted, which
    level 2 of `ulzii verify` checks. Raises what `subject_proof` raises.
    """
    with _open(archive, cache, load, layer) as leaves:
        return [leaves.proof(index) for index in leaves.around(_key(subject))]


def check_subject(archive: Archive, cache: Path, load: Event, layer: str, subject: str) -> None:
    """That what a layer says of a subject, or that it says nothing, leads to the logged root.

    Lines that are looked up without this may have been changed on disk. Raises what
    `subject_proof` raises.
    """
    with _open(archive, cache, load, layer) as leaves:
        for index in leaves.around(_key(subject)):
            leaves.leaf(index)  # its whole group is compared; no path is wanted


def group_sizes(
    archive: Archive, cache: Path, load: Event, layer: str, number: int
) -> tuple[int, list[int]]:
    """Of group `number` of a layer's leaves the number of its first line, and how many lines each
    leaf has. Raises what `subject_proof` raises."""
    with _open(archive, cache, load, layer) as leaves:
        return leaves.sizes(number)


def subject_sizes(blob: SeekableBlob) -> Iterator[int]:
    """How many lines each leaf of a layer has, from its blob of lines."""
    return (leaf.count(b"\n") for _, leaf in _leaves(blob, 0))


def _key(subject: str) -> bytes:
    return f"<{subject}> ".encode()


@contextmanager
def _open(archive: Archive, cache: Path, load: Event, layer: str) -> Iterator[_Leaves]:
    facts = load["layers"][layer]
    with archive.seekable(facts["lines"]) as blob:
        yield _Leaves(blob, cache / "tops" / facts["lines"], facts)


class _Group(NamedTuple):
    """Of some leaves the number of the first line of each, its lines, and its hash."""

    begins: Sequence[int]
    leaves: Sequence[bytes]
    hashes: Sequence[bytes]


class _Leaves:
    """The leaves of a layer, of which one group is read at a time."""

    def __init__(self, blob: SeekableBlob, kept: Path, facts: dict[str, Any]) -> None:
        self._blob = blob
        self._root = bytes.fromhex(facts["root"])
        self.size = int(facts["subjects"])
        self._tops = self._read(kept) if self.size else []
        self._groups: dict[int, _Group] = {}

    def _read(self, path: Path) -> list[tuple[int, bytes]]:
        """Of each group the number of its first line, and its hash."""
        data = cache_files.read(path)
        tops = list(_TOP.iter_unpack(data)) if len(data) % _TOP.size == 0 else []
        if fold(top for _, top in tops) != self._root:
            tops = list(_made(self._blob))
            if fold(top for _, top in tops) != self._root:
                raise _other_lines(self._blob)
            cache_files.write(path, b"".join(_TOP.pack(*one) for one in tops))
        return tops

    def index_from(self, key: bytes) -> int | None:
        """The index of the first leaf whose lines are not below a key; None where none is."""
        found = next(from_key(self._blob, key), None)
        if found is None:
            return None
        number = bisect_right(self._tops, found[0], key=lambda top: top[0]) - 1
        within = bisect_right(self._group(number).begins, found[0]) - 1
        return number * GROUP + within

    def around(self, key: bytes) -> list[int]:
        """The indexes of the leaf of a subject, where there is one, and of those before and
        after."""
        index = self.index_from(key)
        first = self.size if index is None else index
        has_own = index is not None and self.leaf(index).startswith(key)
        return [n for n in range(first - 1, first + 1 + has_own) if 0 <= n < self.size]

    def _group(self, number: int) -> _Group:
        """A group, compared with its hash under the root once."""
        if number not in self._groups:
            begin, top = self._tops[number]
            numbered_leaves = [*islice(_leaves(self._blob, begin), GROUP)]
            leaves = [leaf for _, leaf in numbered_leaves]
            hashes = [*map(leaf_hash, leaves)]
            if fold(hashes) != top:
                raise _other_lines(self._blob)
            self._groups[number] = _Group([first for first, _ in numbered_leaves], leaves, hashes)
        return self._groups[number]

    def leaf(self, index: int) -> bytes:
        """The lines of a leaf."""
        number, within = divmod(index, GROUP)
        return self._group(number).leaves[within]

    def sizes(self, number: int) -> tuple[int, list[int]]:
        """The first line of a group, and how many lines each of its leaves has."""
        group = self._group(number)
        return group.begins[0], [leaf.count(b"\n") for leaf in group.leaves]

    def proof(self, index: int) -> SubjectProof:
        """The proof of a leaf."""
        number, within = divmod(index, GROUP)
        path = [
            *path_in(self._group(number).hashes, within),
            *path_in([top for _, top in self._tops], number),
        ]
        return SubjectProof(index, self.size, self.leaf(index), tuple(path), self._root)


def _other_lines(blob: SeekableBlob) -> IntegrityError:
    return IntegrityError(
        "the lines are not those of the root in the ledger",
        where=blob.name,
        hint="`ulzii verify` names all that is damaged; take this file from a backup.",
    )


def _leaves(blob: SeekableBlob, first: int) -> Iterator[tuple[int, bytes]]:
    """The leaves of a layer, each with the number of its first line."""
    leaf, begin, prefix = list[bytes](), first, b"\x00"
    for number, line in numbered(blob, first):
        if not line.startswith(prefix):
            if leaf:
                yield begin, b"".join(leaf)
            leaf, begin, prefix = [], number, line[: line.index(b" ") + 1]
        leaf.append(line)
    if leaf:
        yield begin, b"".join(leaf)


def _made(blob: SeekableBlob) -> Iterator[tuple[int, bytes]]:
    leaves = _leaves(blob, 0)
    while some := list(islice(leaves, GROUP)):
        yield some[0][0], fold(leaf_hash(leaf) for _, leaf in some)


def fold(hashes: Iterable[bytes]) -> bytes:
    """The root over hashes of leaves or of perfect subtrees."""
    tree = Frontier()
    for one in hashes:
        tree.append_hash(one)
    return tree.root


def path_in(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, D) of RFC 6962 §2.1.1 over hashes of leaves or of perfect subtrees."""
    if len(hashes) == 1:
        return []
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if index < middle:
        return [*path_in(hashes[:middle], index), fold(hashes[middle:])]
    return [*path_in(hashes[middle:], index - middle), fold(hashes[:middle])]
