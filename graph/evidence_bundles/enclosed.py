"""What of a statement's records is enclosed in a bundle, by what its source allows.

private: where they are, and the hash of their file; records: the bytes of the records; public: the
pieces of 64 KiB too that a record lies in, where it is neither a row nor an element of its file.
Bytes that no logged root proves are not enclosed: whoever carries a bundle could change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph import evidence
from graph.archive import Archive
from graph.core.privacy import mask_personal_data
from graph.evidence import ByteSpan, RecordText, item_trees
from graph.evidence.item_trees import PIECE, CaptureItem, ItemTree
from graph.ledger import chunks
from graph.statements.rowmap import Origin
from graph.trace import access

Trees = Mapping[str, Mapping[str, ItemTree]]
Place = tuple[str, str, int, list[str]]
"""Of a record: its member, the kind of the items that prove it, the index of the first of them, and
their members; all empty where it is not enclosed."""


@dataclass(slots=True)
class Enclosed:
    """Members of a bundle, their paths where they are leaves, and the place of each record."""

    members: dict[str, bytes] = field(default_factory=dict)
    paths: dict[str, Sequence[bytes]] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)


class RecordEncloser:
    """Encloses records, as far as `allowed` (see `graph.trace.access`); `trees` are the logged
    roots over the items of captures."""

    def __init__(self, archive: Archive, cache: Path, allowed: str, trees: Trees) -> None:
        self._archive = archive
        self._cache = cache
        self._allowed = allowed
        self._trees = trees
        self._found = Enclosed()

    def enclose(self, origins: Iterable[Origin]) -> Enclosed:
        """What is enclosed of the records of a statement.

        Raises IntegrityError where a capture that may be enclosed is missing or damaged.
        """
        for number, origin in enumerate(origins, 1):
            self._found.places.append(self._one(f"records/{number}", origin))
        return self._found

    def _one(self, name: str, origin: Origin) -> Place:
        record, wanted = self._record(origin), item_trees.item(origin.locator)
        place: Place = ("", "", 0, [])
        if record and wanted and self._is_proven(name, origin.capture, wanted):
            place = name, wanted.kind, wanted.index, [name]
        elif record and self._allowed == access.PUBLIC:
            place = self._pieces(name, origin.capture, record.span)
        if not place[0] and self._allowed != access.PRIVATE:
            self._archive.check(origin.capture)  # a damaged file is no reason to leave it out
        if record and place[0]:  # bytes that nothing proves are nobody's word
            self._found.members[name] = record.data
        return place

    def _record(self, origin: Origin) -> RecordText | None:
        if self._allowed == access.PRIVATE or not origin.locator:
            return None
        wanted = item_trees.item(origin.locator)
        tree = self._trees.get(origin.capture, {}).get(wanted.kind) if wanted else None
        form = tree.form if tree else None
        place = (self._archive, self._cache, origin.capture, origin.locator, form)
        record = evidence.record_text(*place)
        return record if record and record.is_whole and not _is_personal(record.data) else None

    def _is_proven(self, name: str, capture: str, item: CaptureItem) -> bool:
        """Whether a member is an item of a capture by a logged root; then its path is enclosed."""
        tree = self._trees.get(capture, {}).get(item.kind)
        if tree is None:
            return False
        path = item_trees.proof(self._archive, self._cache, capture, item, tree)
        if path is None:
            return False
        self._found.paths[name] = path
        return True

    def _pieces(self, name: str, capture: str, span: ByteSpan) -> Place:
        first, last = (at // chunks.PIECE for at in (span.offset, span.offset + span.length - 1))
        parts = {n: f"pieces/{capture}.{n}" for n in range(first, max(first, last) + 1)}
        for n, part in parts.items():
            if not self._is_proven(part, capture, CaptureItem(PIECE, n)):
                return "", "", 0, []
            with self._archive.seekable(capture) as blob:
                self._found.members[part] = blob.read(n * chunks.PIECE, chunks.PIECE)
        return name, PIECE, first, [*parts.values()]


def _is_personal(data: bytes) -> bool:
    """Whether a record has personal data: it cannot be shown exactly, so it is not shown."""
    text = data.decode("utf-8", "replace")
    return mask_personal_data(text) != text
