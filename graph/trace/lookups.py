"""Looking statements up in the sorted lines of a layer, and their origins in its row map."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice, takewhile

from graph.archive import Archive
from graph.evidence.positions import from_key
from graph.ledger import Event
from graph.statements import layer, patch
from graph.trace.statement_index import StatementIndex

Numbered = tuple[int, bytes]


def of_subject(archive: Archive, load: Event, name: str, iri: str, most: int) -> list[Numbered]:
    """The first `most` lines about a subject in a layer of a version, with their numbers."""
    layer_facts = load["layers"][name]
    if not layer_facts["statements"]:
        return []
    prefix = f"<{iri}> ".encode()
    with archive.seekable(layer_facts["lines"]) as blob:
        found = takewhile(lambda one: one[1].startswith(prefix), from_key(blob, prefix))
        return [(number, line[:-1]) for number, line in islice(found, most)]


def ending(archive: Archive, lines: str, end: bytes) -> bytes | None:
    """The first line that ends so; None where none does."""
    return next((line for line in layer.read(archive, lines) if line.endswith(end)), None)


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
