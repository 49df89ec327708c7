"""Give the blobs that earlier versions wrote the frames by which they are read at any place.

Names and plain bytes stay as they are: a name is the hash of the plain bytes. Each file is replaced
at once by a whole new one, so that this can be stopped and started again at any time.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Final, NamedTuple

from graph.archive import LINES, Archive, BlobWriter
from graph.archive.blob import damaged
from graph.archive.frames import FRAME
from graph.core.files import fsync
from graph.core.progress import Reporter
from graph.ledger import Event, of_kinds
from graph.statements.rowmap import NUMBERS, RECORDS

CAPTURE: Final = "capture"  # and whatever else is read by bytes
LAYER: Final = "layer"  # is read by lines
ROWS: Final = "rows"  # a row map


class Repacked(NamedTuple):
    """How many blobs were written anew, their bytes on the disk before and after, and how many
    there are that were as they should be."""

    blobs: int
    before: int
    after: int
    kept: int


def repack(archive: Archive, events: Sequence[Event], reporter: Reporter) -> Repacked:
    """Write all blobs of the archive anew that cannot be read at any place.

    Only the holder of the writer's lock may call it. Raises IntegrityError where one is damaged:
    those before it are done.
    """
    kinds, found = _kinds(events), [digest for digest, _ in archive if digest]
    reporter.step("archive", len(found))
    changed = list[tuple[int, int]]()
    for digest in found:
        if not is_packed(archive, digest, kind := kinds.get(digest, CAPTURE)):
            changed.append(_write(archive, digest, kind))
        reporter.advance()
    before, after = (sum(sizes) for sizes in zip(*changed, strict=True)) if changed else (0, 0)
    return Repacked(len(changed), before, after, len(found) - len(changed))


def _kinds(events: Sequence[Event]) -> dict[str, str]:
    """How the blobs are read that Load events name."""
    loads = (item["layers"].values() for item in of_kinds(events, "Load"))
    layers = [layer for one in loads for layer in one]
    return {one["rows"]: ROWS for one in layers} | {one["lines"]: LAYER for one in layers}


def is_packed(archive: Archive, digest: str, kind: str) -> bool:
    """Whether a blob can be read at any place, as blobs of its kind are."""
    with closing(archive.seekable(digest)) as blob:
        if kind == LAYER:
            return blob.is_cut_by_lines
        if kind == ROWS and blob.is_seekable:
            head = blob.frame(0)
            return head.find(b"\n") == len(head) - 1
        return blob.is_seekable


def _write(archive: Archive, digest: str, kind: str) -> tuple[int, int]:
    """Write a blob anew; give its bytes on the disk before and after."""
    path = archive.path(digest)
    before = path.stat().st_size
    try:
        archive.rewrite(digest, lambda old, new: _copy(_PARTS[kind](old), new))
    except (ValueError, KeyError, TypeError) as error:  # of a row map that is none
        raise damaged(path) from error
    fsync(path.parent)
    return before, path.stat().st_size


def _copy(parts: Iterator[bytes], new: BlobWriter) -> None:
    for part in parts:
        new.frame(part)


def _pieces(old: io.BufferedReader, length: int = FRAME) -> Iterator[bytes]:
    return iter(lambda: old.read(length), b"")


def _lines(old: io.BufferedReader, most: int | None = None, by: int = LINES) -> Iterator[bytes]:
    """Up to so many lines, together by a number of them."""
    lines = islice(old, most)
    while some := list(islice(lines, by)):
        yield b"".join(some)


def _row_map(old: io.BufferedReader) -> Iterator[bytes]:
    """The parts of a row map as `graph.statements.rowmap` divides them."""
    head = old.readline()
    facts = json.loads(head)
    yield head
    yield from _lines(old, facts["records"], RECORDS)
    for size, count in ((4, facts["statements"]), (2, facts["statements"]), (10, facts["more"])):
        for first in range(0, count, NUMBERS):
            yield old.read(size * min(NUMBERS, count - first))
    yield from _pieces(old)


_PARTS: dict[str, Callable[[io.BufferedReader], Iterator[bytes]]] = {
    CAPTURE: _pieces,
    LAYER: _lines,
    ROWS: _row_map,
}
