"""What of a statement's records is enclosed in a bundle, by what its source allows.

private: their hashes; records: the bytes of the records; public: the capture too, whole where it is
small, else the pieces of 64 KiB that the record lies in, whose root the log holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graph import evidence
from graph.archive import Archive
from graph.core.privacy import mask_personal_data
from graph.evidence import item_trees
from graph.evidence.item_trees import ItemTree
from graph.ledger.merkle import leaf_hash
from graph.statements.rowmap import Origin
from graph.trace import access
from graph.transparency import proofs
from graph.transparency.tree import Tree

PIECE = 64 << 10
"""Bytes of a piece of a capture (`chunks` in the log)."""


Trees = Mapping[str, Mapping[str, ItemTree]]


@dataclass(slots=True)
class Enclosed:
    """Members of a bundle, and of each record its offset, length and pieces in its capture, and the
    path that shows which row or element of it the record is (None where that is not logged)."""

    members: dict[str, bytes] = field(default_factory=dict)
    places: list[tuple[int, int, list[tuple[int, list[str]]]]] = field(default_factory=list)
    paths: list[list[str] | None] = field(default_factory=list)


def enclose(
    archive: Archive,
    cache: Path,
    origins: Iterable[Origin],
    responses: dict[str, dict[str, Any]],
    allowed: str,
    most: int,
    trees: Trees = MappingProxyType({}),
) -> Enclosed:
    """The records of a statement, as far as `allowed` (see `graph.trace.access`); `trees` are the
    logged roots over the items of captures."""
    found = Enclosed()
    for number, origin in enumerate(origins, 1):
        record, wanted = None, item_trees.item(origin.locator)
        tree = trees.get(origin.capture, {}).get(wanted.kind) if wanted else None
        if allowed != access.PRIVATE and origin.locator:
            form = tree.form if tree else None
            record = evidence.record_text(archive, cache, origin.capture, origin.locator, form)
        if record is None or not record.is_whole or _is_personal(record.data):
            found.places.append((0, 0, []))
            found.paths.append(None)
            continue
        path = None
        if wanted and tree:
            path = item_trees.proof(archive, cache, origin.capture, wanted, tree)
        found.paths.append(None if path is None else proofs.encode(path))
        found.members[f"records/{number}"] = record.data
        pieces = list[tuple[int, list[str]]]()
        if allowed == access.PUBLIC:
            facts = responses.get(origin.capture, {})
            pieces = [*_capture(archive, origin.capture, facts, record.span, most, found.members)]
        found.places.append((record.span.offset, record.span.length, pieces))
    return found


def _is_personal(data: bytes) -> bool:
    """Whether a record has personal data: it cannot be shown exactly, so it is not shown."""
    text = data.decode("utf-8", "replace")
    return mask_personal_data(text) != text


def _capture(
    archive: Archive,
    digest: str,
    response: dict[str, Any],
    span: evidence.ByteSpan,
    most: int,
    members: dict[str, bytes],
) -> Iterator[tuple[int, list[str]]]:
    """Enclose the capture, or the pieces of it; give index and path of each piece."""
    with archive.seekable(digest) as blob:
        length = blob.length
    if length <= most:
        members[f"captures/{digest}"] = archive.read(digest)
    elif "chunks" in response:
        last = max(span.offset, span.offset + span.length - 1)
        wanted = range(span.offset // PIECE, last // PIECE + 1)
        tree = Tree()
        with archive.open(digest) as stream:
            while piece := stream.read(PIECE):
                if tree.size in wanted:
                    members[f"pieces/{digest}.{tree.size}"] = piece
                tree.append(leaf_hash(piece))
        yield from ((n, proofs.encode(tree.inclusion(n, tree.size))) for n in wanted)
