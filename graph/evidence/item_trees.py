"""That some bytes are a certain row, array element or piece of a capture.

A load archives, for each capture that its records are rows or elements of, the RFC 6962 root over
all of these in order (`marks` of the Load event). A leaf is the bytes of one: a row with its line
end, an element without the commas around it. So one record is proven to be row N by as many hashes
as the tree is high, without the other rows. Records that are neither are proven to stand in the
pieces of 64 KiB of their capture.

    {"items": {"<digest of the capture>": {"row": {"count": 4, "root": "…", "form": [",", "\"", 0]},
                                           "/value": {"count": 96, "root": "…"}}}}
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from graph.archive import Archive
from graph.evidence import cache_files, json_spans, row_marks
from graph.evidence.proofs import fold, path_in
from graph.evidence.spans import Delimited
from graph.ledger import chunks
from graph.ledger.merkle import leaf_hash

ROW: Final = "row"
PIECE: Final = "piece"
LARGEST_DOCUMENT: Final = 64 << 20  # bytes of JSON, which is read whole
_GROUP = row_marks.EVERY
_PLACE = re.compile(
    r"(?:row|cell)=([1-9]\d{0,11})(?:,[1-9]\d{0,5})?"  # RFC 7111
    r"|((?:/[^/\n]*)*)/(0|[1-9]\d{0,11})"  # RFC 6901
)
_COMMAS = Delimited()
_HASH = 32


@dataclass(frozen=True, slots=True)
class CaptureItem:
    """Which item of a capture a locator names: `kind` is ROW, or the JSON Pointer of an array; or
    which PIECE of its bytes."""

    kind: str
    index: int


@dataclass(frozen=True, slots=True)
class ItemTree:
    """How many items a capture has of a kind, and the root over them in hex; `form` is how rows
    are written."""

    count: int
    root: str
    form: Delimited = _COMMAS

    def to_json(self, kind: str) -> dict[str, Any]:
        """The tree as it is archived."""
        form = self.form
        written = {"form": [form.delimiter, form.quote, int(form.skip_space)]}
        return {"count": self.count, "root": self.root, **(written if kind == ROW else {})}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> ItemTree:
        """What was archived."""
        delimiter, quote, skip_space = value.get("form", _COMMAS)
        form = Delimited(delimiter, quote, bool(skip_space))
        return cls(int(value["count"]), str(value["root"]), form)


def item(locator: str) -> CaptureItem | None:
    """The item that a locator names; None for one that names none, or a part of an element."""
    match = _PLACE.fullmatch(locator)
    if match is None:
        return None
    if match[1]:
        return CaptureItem(ROW, int(match[1]) - 1)
    return CaptureItem(match[2], int(match[3]))


def leaves(stream: BinaryIO, kind: str, form: Delimited) -> Iterator[bytes]:
    """The bytes of each item of a capture. Raises csv.Error, ValueError where it has none."""
    if kind == ROW:
        yield from row_marks.row_bytes(io.BufferedReader(cast(io.RawIOBase, stream)), form)
        return
    if kind == PIECE:
        yield from iter(lambda: stream.read(chunks.PIECE), b"")
        return
    data = stream.read(LARGEST_DOCUMENT + 1)
    if len(data) > LARGEST_DOCUMENT:
        raise ValueError("the document is too large")
    yield from json_spans.element_bytes(data, kind)


def make(stream: BinaryIO, kind: str, form: Delimited = _COMMAS) -> ItemTree | None:
    """The tree over the items of a capture; None where it is not read like this."""
    tops, count = list[bytes](), 0
    try:
        for group in _groups_of(leaves(stream, kind, form)):
            tops.append(fold(group))
            count += len(group)
    except (csv.Error, ValueError):
        return None
    return ItemTree(count, fold(tops).hex(), form)


def _groups_of(items: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The leaf hashes of each group: a perfect subtree, but for the last."""
    while group := [leaf_hash(leaf) for leaf in islice(items, _GROUP)]:
        yield group


def read(archive: Archive, digest: str) -> dict[str, dict[str, ItemTree]]:
    """The trees that a load archived: by capture and kind. Raises IntegrityError."""
    items = json.loads(archive.read(digest))["items"]
    return {
        capture: {kind: ItemTree.of_json(one) for kind, one in trees.items()}
        for capture, trees in items.items()
    }


def encode(trees: Mapping[str, Mapping[str, ItemTree]]) -> bytes:
    """The trees as they are archived."""
    items = {
        capture: {kind: tree.to_json(kind) for kind, tree in of_one.items()}
        for capture, of_one in trees.items()
        if of_one
    }
    return json.dumps({"items": items}, sort_keys=True, ensure_ascii=False).encode()


def proof(
    archive: Archive, cache: Path, capture: str, wanted: CaptureItem, tree: ItemTree
) -> list[bytes] | None:
    """The path from an item to the root that was logged; None where it does not lead there.

    Of rows the hash of each group is kept in `cache/marks/`; what is kept there must lead to the
    root, or it is made again. Raises IntegrityError where the capture is missing or damaged.
    """
    if not 0 <= wanted.index < tree.count:
        return None
    number, within = divmod(wanted.index, _GROUP)
    for may_be_kept in (True, False):
        try:
            tops, group = _groups(archive, cache, capture, wanted.kind, tree, number, may_be_kept)
        except (csv.Error, ValueError, IndexError):
            continue
        is_good = fold(tops).hex() == tree.root and fold(group) == tops[number]
        if is_good and within < len(group):
            return [*path_in(group, within), *path_in(tops, number)]
    return None


def _groups(
    archive: Archive,
    cache: Path,
    capture: str,
    kind: str,
    tree: ItemTree,
    number: int,
    may_be_kept: bool,
) -> tuple[list[bytes], list[bytes]]:
    """The hash of each group of items, and the leaf hashes of one group."""
    kept = row_marks.path(cache, capture, tree.form)
    if kind == ROW and may_be_kept and (tops := _kept_tops(kept, tree)):
        with archive.seekable(capture) as blob:
            rows = row_marks.group_bytes(blob, kept, tree.form, number)
        return tops, [leaf_hash(row) for row in rows]
    tops, wanted = list[bytes](), list[bytes]()
    with archive.open(capture) as stream:
        for group in _groups_of(leaves(stream, kind, tree.form)):
            wanted = group if len(tops) == number else wanted
            tops.append(fold(group))
    if kind == ROW:
        cache_files.write(_beside(kept), b"".join(tops))
    return tops, wanted


def _kept_tops(kept: Path, tree: ItemTree) -> list[bytes]:
    data = cache_files.read(_beside(kept))
    if len(data) != _HASH * -(-tree.count // _GROUP):
        return []
    return [data[at : at + _HASH] for at in range(0, len(data), _HASH)]


def _beside(kept: Path) -> Path:
    return kept.with_name(f"{kept.name}.tops")


def kinds(records: Iterable[bytes]) -> dict[str, set[str]]:
    """By number of the capture the kinds of items that the records of a row map are: PIECE where
    some are neither row nor element."""
    found: dict[str, set[str]] = {}
    for piece in records:
        for number, row, other, array in {*_RECORD.findall(piece)}:
            kind = ROW if row else PIECE if other else array.decode()
            found.setdefault(number.decode(), set()).add(kind)
    return found


_RECORD = re.compile(
    rb"^(\d+)\t(?:(row|cell)=[1-9]\d*(?:,\d+)?$|(?!(?:/[^/\n]*)*/(?:0|[1-9]\d*)$)(.)"
    rb"|((?:/[^/\n]*)*)/(?:0|[1-9]\d*)$)",
    re.MULTILINE,
)
