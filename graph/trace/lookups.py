"""Looking statements up in the sorted lines of a layer, and their origins in its row map."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path

from graph import evidence
from graph.archive import Archive, intact
from graph.core.errors import IntegrityError
from graph.evidence.positions import from_key
from graph.ledger import Event
from graph.statements import layer, patch
from graph.statements.rowmap import Origin
from graph.trace.model import MOST_COMPARED
from graph.trace.statement_index import StatementIndex

Numbered = tuple[int, bytes]
SMALL = 100_000
"""Statements of a layer whose lines are compared with their hash as a whole: 30 milliseconds, once
a process."""


def position(archive: Archive, cache: Path, load: Event, name: str, line: bytes) -> int | None:
    """The number of a line in a layer of a version; None where it does not say this. Both lead to
    the root in the ledger; raises IntegrityError where they do not."""
    if not load["layers"][name]["statements"]:
        return None
    _check(archive, cache, load, name, line.split(b" ", 1)[0][1:-1].decode())
    return evidence.position(archive, load, name, line)


def _check(archive: Archive, cache: Path, load: Event, name: str, iri: str) -> None:
    """Compare what is read about a subject with the ledger: a small layer whole, once, which is the
    quickest where many subjects are asked for; of a large one the leaf of the subject."""
    facts = load["layers"][name]
    if facts["statements"] <= SMALL:
        intact.check(archive, facts["lines"])
    else:
        evidence.check_subject(archive, cache, load, name, iri)


def origins(archive: Archive, load: Event, name: str, number: int) -> list[Origin]:
    """The origins of a statement, by its number in a layer of a version. The row map is compared
    with its hash in the ledger first; one of many millions of statements is left to `verify`.

    Raises IntegrityError where the row map is missing or damaged.
    """
    return origins_of(archive, load, name, [number])[0]


def origins_of(
    archive: Archive, load: Event, name: str, numbers: Sequence[int]
) -> list[list[Origin]]:
    """The origins of several statements of a layer, in this order. Raises what `origins` raises."""
    facts = load["layers"][name]
    if facts["statements"] <= MOST_COMPARED:
        intact.check(archive, facts["rows"])
    return evidence.origins_of(archive, load, name, numbers)


def of_subject(
    archive: Archive, cache: Path, load: Event, name: str, iri: str, most: int
) -> list[Numbered]:
    """The first `most` lines about a subject in a layer of a version, with their numbers.

    Raises IntegrityError where they do not lead to the root in the ledger.
    """
    layer_facts = load["layers"][name]
    if not layer_facts["statements"]:
        return []
    _check(archive, cache, load, name, iri)
    prefix = f"<{iri}> ".encode()
    with archive.seekable(layer_facts["lines"]) as blob:
        found = takewhile(lambda one: one[1].startswith(prefix), from_key(blob, prefix))
        return [(number, line[:-1]) for number, line in islice(found, most)]


def ending(archive: Archive, lines: str, end: bytes) -> bytes | None:
    """The first line that ends so; None where none does."""
    return next((line for line in layer.read(archive, lines) if line.endswith(end)), None)


def with_digest(archive: Archive, index: StatementIndex, lines: str, digest: str) -> bytes:
    """The line of a layer with a SHA-256; empty where it has none.

    Raises IntegrityError where another line stands in its place.
    """
    for number in index.numbers(lines, digest, lambda: _intact(archive, lines)):
        with archive.seekable(lines) as blob:
            line = b"".join(blob.lines(number, 1))[:-1]
        if hashlib.sha256(line).hexdigest() == digest:
            return line
        raise IntegrityError(
            "the lines are not those that were loaded",
            where=lines,
            hint="`ulzii verify` names all that is damaged; take this file from a backup.",
        )
    return b""


def _intact(archive: Archive, lines: str) -> Iterator[bytes]:
    """All lines of a blob that has its SHA-256: an index of others would hide a statement."""
    archive.check(lines)
    return layer.read(archive, lines)


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
