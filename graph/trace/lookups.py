"""Looking statements up in the sorted lines of a layer, and their origins in its row map."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from graph.archive import Archive
from graph.statements import layer, patch, rowmap
from graph.statements.rowmap import Origin
from graph.trace.statement_index import StatementIndex

Numbered = tuple[int, bytes]


@lru_cache(maxsize=64)
def _lines(archive: Archive, digest: str) -> list[bytes]:
    return [*layer.read(archive, digest)]


def position(archive: Archive, lines: str, line: bytes) -> int | None:
    """The number of a line among the sorted lines of a layer; None where it is not there."""
    found = _lines(archive, lines)
    number = bisect_left(found, line)
    return number if number < len(found) and found[number] == line else None


def of_subject(archive: Archive, lines: str, iri: str, most: int) -> list[Numbered]:
    """The first `most` lines about a subject, with their numbers."""
    prefix, found = f"<{iri}> ".encode(), _lines(archive, lines)
    first = bisect_left(found, prefix)
    numbered = enumerate(found[first : first + most], first)
    return [(number, line) for number, line in numbered if line.startswith(prefix)]


def ending(archive: Archive, lines: str, end: bytes) -> bytes | None:
    """The first line that ends so; None where none does."""
    return next((line for line in _lines(archive, lines) if line.endswith(end)), None)


def with_digest(archive: Archive, index: StatementIndex, lines: str, digest: str) -> bytes:
    """The line of a layer with a SHA-256; empty where it has none."""
    for number in index.numbers(lines, digest, lambda: layer.read(archive, lines)):
        with archive.seekable(lines) as blob:
            line = b"".join(blob.lines(number, 1))[:-1]
        if hashlib.sha256(line).hexdigest() == digest:
            return line
    return b""


def deleted_with_digest(
    archive: Archive, index: StatementIndex, patches: str, digest: str
) -> bytes:
    """The line with a SHA-256 that a patch deletes; empty where it deletes none."""
    for number in index.numbers(patches, digest, lambda: _deleted(archive, patches)):
        line = next(islice(_deleted(archive, patches), number, None), b"")
        if hashlib.sha256(line).hexdigest() == digest:
            return line
    return b""


def _deleted(archive: Archive, patches: str) -> Iterator[bytes]:
    return (line for _, sign, line in patch.read(archive, patches) if sign == "D")


def sign_in_patch(archive: Archive, digest: str, graph: str, line: bytes) -> str:
    """“A” where a patch adds a line to a graph, “D” where it deletes it, else empty."""
    wanted = b" %b<%b> .\n" % (line[:-1], graph.encode())
    with archive.open(digest) as blob:
        for text in blob:
            if text.endswith(wanted) and text[1:] == wanted:
                return text[:1].decode()
    return ""


def origins(archive: Archive, rows: str, positions: Sequence[int]) -> list[list[Origin]]:
    """The origins of statements by their numbers in the layer."""
    return rowmap.origins_of(archive, rows, positions) if positions else []
