"""Where a statement, or a subject, stands among the sorted lines of a layer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from graph.archive import LINES, Archive, SeekableBlob
from graph.ledger import Event


class SubjectLines(NamedTuple):
    """The lines of a subject in a layer, with their line feeds, and the number of the first one.

    Without lines it is where they would stand.
    """

    first: int
    lines: list[bytes]


def position(archive: Archive, load: Event, layer: str, line: bytes) -> int | None:
    """The number, from 0, of a canonical line (without line feed) in a layer of a version; None
    where it does not say this.

    Raises IntegrityError where the blob is missing or damaged.
    """
    with archive.seekable(load["layers"][layer]["lines"]) as blob:
        number, found = next(from_key(blob, line), (0, b""))
        return number if found == line + b"\n" else None


def subject_lines(archive: Archive, load: Event, layer: str, subject: str) -> SubjectLines:
    """The lines about a subject (an IRI) in a layer of a version.

    Raises IntegrityError where the blob is missing or damaged.
    """
    key = f"<{subject}> ".encode()
    with archive.seekable(load["layers"][layer]["lines"]) as blob:
        first, lines = load["layers"][layer]["statements"], list[bytes]()
        for number, line in from_key(blob, key):
            first = min(first, number)
            if not line.startswith(key):
                break
            lines.append(line)
    return SubjectLines(first, lines)


def from_key(blob: SeekableBlob, key: bytes) -> Iterator[tuple[int, bytes]]:
    """The numbered lines of a layer from the first one that is not below a key."""
    number = _frame_before(blob, key) if blob.is_cut_by_lines else 0
    for at, line in numbered(blob, number * LINES):
        if line >= key:
            yield at, line


def numbered(blob: SeekableBlob, first: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a blob from a number on, each with its number."""
    if not blob.is_cut_by_lines:
        with blob.stream() as stream:
            yield from (pair for pair in enumerate(stream) if pair[0] >= first)
        return
    for frame in range(first // LINES, len(blob.frames)):
        for at, line in enumerate(blob.frame_lines(frame), frame * LINES):
            if at >= first:
                yield at, line


def _frame_before(blob: SeekableBlob, key: bytes) -> int:
    """The last frame that begins below a key: the first line that is not stands there, or begins
    the next one."""
    found = bisect_left(range(len(blob.frames)), key, key=lambda n: _first_line(blob, n))
    return max(found - 1, 0)


def _first_line(blob: SeekableBlob, number: int) -> bytes:
    return blob.frame(number).partition(b"\n")[0]
