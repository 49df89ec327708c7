"""Where a statement, or a subject, stands among the sorted lines of a layer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
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
    if not blob.is_cut_by_lines:
        yield from (pair for pair in numbered(blob, 0) if pair[1] >= key)
        return
    frame = _frame_before(blob, key)
    lines = blob.frame_lines(frame)
    first = bisect_left(lines, key)
    yield from enumerate(lines[first:], frame * LINES + first)
    yield from numbered(blob, (frame + 1) * LINES)


def numbered(blob: SeekableBlob, first: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a blob from a number on, each with its number."""
    if not blob.is_cut_by_lines:
        with blob.stream() as stream:
            yield from islice(enumerate(stream), first, None)
        return
    skipped = first % LINES
    for frame in range(first // LINES, len(blob.frames)):
        yield from enumerate(blob.frame_lines(frame)[skipped:], frame * LINES + skipped)
        skipped = 0


def _frame_before(blob: SeekableBlob, key: bytes) -> int:
    """The last frame that begins below a key: the first line that is not stands there, or begins
    the next one."""
    found = bisect_left(range(len(blob.frames)), key, key=lambda n: _first_line(blob, n))
    return max(found - 1, 0)


def _first_line(blob: SeekableBlob, number: int) -> bytes:
    known = _FIRST_LINES.get((blob.name, number))
    if known is None:
        if len(_FIRST_LINES) >= _MOST:
            _FIRST_LINES.clear()
        known = blob.frame(number).partition(b"\n")[0]
        _FIRST_LINES[blob.name, number] = known
    return known


# A blob never changes, so neither do the lines at which its frames begin: the next look-up in the
# same layer unpacks one frame instead of ten.
_FIRST_LINES: dict[tuple[str, int], bytes] = {}
_MOST = 50_000  # about 10 MB
