"""The lines that differ between two versions of a source, with their places in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import zip_longest
from typing import NamedTuple

from graph.archive import Archive, intact
from graph.core.iris import Names
from graph.history.published import SourceVersion
from graph.statements import patch
from graph.statements.layer import NAMES
from graph.versions.diff import patch_applies


class ChangedLine(NamedTuple):
    """A line (without line feed) that only one of two versions has: the new one (`sign` A), or the
    old one (D).

    `number` counts the changes of a layer from 0. `place` is the line's number in its version;
    None where it was read from a patch, which does not say it.
    """

    layer: str
    sign: str
    number: int
    place: int | None
    line: bytes

    @property
    def subject(self) -> bytes:
        """The subject as it stands in the line: `<iri>`."""
        return self.line[: self.line.index(b" ")]


def grouped(
    archive: Archive, names: Names, old: SourceVersion, new: SourceVersion, *, places: bool
) -> Iterator[list[ChangedLine]]:
    """The changed lines of all layers, together for each subject, in the order of the subjects.

    Both versions are merged once, in bounded memory. Without `places` neighbours are read from the
    archived patch instead, which is quicker.
    """
    if places or not patch_applies(old.load, new.load):
        streams = [changed_lines(archive, old, new, name) for name in NAMES]
    else:
        digest = new.load["patch"]["sha256"]
        intact.check(archive, digest)
        graphs = {name: names.graph(new.source, name) for name in NAMES}
        streams = [_patched(archive, digest, name, graph) for name, graph in graphs.items()]
    yield from _groups(merge(*streams, key=lambda one: one.subject))


def changed_lines(
    archive: Archive, old: SourceVersion, new: SourceVersion, name: str
) -> Iterator[ChangedLine]:
    """The changed lines of one layer with their places."""
    before, after = (one.load["layers"][name]["lines"] for one in (old, new))
    if before == after:
        return
    intact.check(archive, before, after)
    with archive.open(before) as first, archive.open(after) as second:
        for number, (sign, place, line) in enumerate(numbered_difference(first, second)):
            yield ChangedLine(name, sign, number, place, line[:-1])


def numbered_difference(
    old: Iterable[bytes], new: Iterable[bytes]
) -> Iterator[tuple[str, int, bytes]]:
    """The differences of two sorted streams of lines, each with its number in its own stream:
    ("D", number, line) or ("A", number, line), in line order."""
    before, after = iter(old), iter(new)
    more_deleted = more_added = 0  # lines read beyond those that zip_longest has counted
    for number, (deleted, added) in enumerate(zip_longest(before, after)):
        # most lines are equal: this comparison is all that is done for them
        while deleted != added:
            if added is None or (deleted is not None and deleted < added):
                yield "D", number + more_deleted, deleted
                deleted = next(before, None)
                more_deleted += 1
            else:
                yield "A", number + more_added, added
                added = next(after, None)
                more_added += 1


def _patched(archive: Archive, digest: str, name: str, graph: str) -> Iterator[ChangedLine]:
    lines = ((sign, line) for of, sign, line in patch.read(archive, digest) if of == graph)
    for number, (sign, line) in enumerate(lines):
        yield ChangedLine(name, sign, number, None, line)


def _groups(changes: Iterable[ChangedLine]) -> Iterator[list[ChangedLine]]:
    group: list[ChangedLine] = []
    prefix = b""
    for one in changes:
        if group and not one.line.startswith(prefix):
            yield group
            group = []
        if not group:
            prefix = one.line[: one.line.index(b" ") + 1]
        group.append(one)
    if group:
        yield group
