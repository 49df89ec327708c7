"""The roots over the rows and elements that the records of a load are (graph.evidence.item_trees).

They are archived beside the row map, so that a record can be proven to be row N of its file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph.archive import Archive
from graph.core import limited_process
from graph.core.errors import InputError
from graph.evidence import Delimited, item_trees
from graph.evidence.item_trees import PIECE, ROW, ItemTree
from graph.ledger import Event
from graph.statements import rowmap

_MOST_ARRAYS = 8  # of a document: one inside each element of another is no list of records
_WIDE = ("utf-16", "utf-32")

Trees = dict[str, dict[str, ItemTree]]
Wanted = tuple[str, str]  # digest of a capture, kind of its items


def archived(
    archive: Archive, options: Mapping[str, Any], rows: Iterable[str], previous: Event | None
) -> str:
    """Archive the roots for the records of row maps; the digest, empty where there are none.

    `options` are those of the source's description. Roots that the load before archived are taken
    from there: a capture never changes.
    """
    form, known = _form(options), _known(archive, previous)
    trees: Trees = {}
    missing = []
    wanted = dict.fromkeys(pair for one in rows for pair in _wanted(archive, one, form))
    for digest, kind in wanted:
        tree = known.get(digest, {}).get(kind)
        if tree is None or (kind == ROW and tree.form != form):
            missing.append((digest, kind))
        else:
            trees.setdefault(digest, {})[kind] = tree
    made = _made(archive, missing, form or Delimited())
    for (digest, kind), tree in zip(missing, made, strict=True):
        if tree is not None:
            trees.setdefault(digest, {})[kind] = tree
    return archive.put(item_trees.encode(trees)) if trees else ""


def _form(options: Mapping[str, Any]) -> Delimited | None:
    """How rows are written, by the source's description; None where it cannot be told from it."""
    file = options.get("file", {})
    if options.get("csvw") or not isinstance(file, Mapping):
        return None
    if codecs.lookup(file.get("encoding", "utf-8")).name.startswith(_WIDE):
        return None
    return Delimited(
        file.get("delimiter", ","), file.get("quote", '"'), bool(file.get("skip_space", False))
    )


def _known(archive: Archive, previous: Event | None) -> Trees:
    digest = previous.get("marks") if previous else None
    return item_trees.read(archive, digest) if digest else {}


def _wanted(archive: Archive, rows: str, form: Delimited | None) -> list[Wanted]:
    """The captures with the kinds of items that records of theirs are; their pieces too where a
    record is none of these."""
    captures, pieces = rowmap.record_pieces(archive, rows)
    kinds = item_trees.kinds(pieces)
    found: list[Wanted] = []
    for number, digest in enumerate(captures):
        named = kinds.get(str(number), set())
        arrays = sorted(named - {ROW, PIECE})
        few = arrays if len(arrays) <= _MOST_ARRAYS else []
        chosen = [*few, ROW] if ROW in named and form else few
        more = [] if named == {*chosen} else [PIECE]
        found += [(digest, kind) for kind in (*chosen, *more)]
    return found


def _made(archive: Archive, wanted: Sequence[Wanted], form: Delimited) -> Sequence[ItemTree | None]:
    """The trees, made in a process with limits where bytes are read as rows or elements: they are
    foreign. None of them where it needs more than that: a load does not fail for what a proof would
    be made from."""

    def make(_: object) -> list[ItemTree | None]:
        return [_tree(archive, digest, kind, form) for digest, kind in wanted]

    if all(kind == PIECE for _, kind in wanted):  # nothing is parsed
        return make(None)
    try:
        limits = limited_process.limits_for(sum(_length(archive, digest) for digest, _ in wanted))
        return limited_process.run(make, limits, where="captures")
    except InputError:
        return [None] * len(wanted)


def _tree(archive: Archive, digest: str, kind: str, form: Delimited) -> ItemTree | None:
    with archive.open(digest) as stream:
        return item_trees.make(stream, kind, form)


def _length(archive: Archive, digest: str) -> int:
    with archive.seekable(digest) as blob:
        return blob.length
