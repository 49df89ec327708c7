"""Level 2: the roots that a load logged over origins and records are those of its row maps."""

from __future__ import annotations

import hashlib
import struct
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from graph.archive import SeekableBlob
from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import IntegrityProblem
from graph.core.errors import IntegrityError
from graph.evidence.row_columns import RowColumns
from graph.statements.origin_tree import OriginTree, RecordTree

_BATCH = 16_384  # statements, not subjects: one may have as many as all others together
_ROOTS = ("origins", "records", "head")

SubjectSizes = Callable[[str], Sequence[int]]
"""How many lines each subject has, in the lines of a digest."""


class OriginRoots:
    """Checks the roots of layers, each once."""

    def __init__(self, archive: CheckedArchive, sizes: SubjectSizes) -> None:
        self._archive = archive
        self._sizes = sizes
        self._good: set[tuple[str, ...]] = set()

    def check(self, facts: Mapping[str, Any], where: str) -> Iterator[IntegrityProblem]:
        """The problems of a layer whose lines are as their digest says."""
        damaged, lines = self._archive.damaged, facts["lines"]
        if "origins" not in facts or facts["rows"] in damaged or lines in damaged:
            return
        key = tuple(str(facts[name]) for name in ("lines", "rows", *_ROOTS))
        if key in self._good:
            return
        try:
            with self._archive.seekable(facts["rows"]) as blob:
                made = _roots(blob, self._sizes(lines))
        except IntegrityError as error:
            yield IntegrityProblem.of_error(2, error)
            return
        except (ValueError, LookupError, struct.error) as error:
            yield IntegrityProblem(2, where, f"the row map cannot be read: {error}")
            return
        if not (wrong := [name for name in _ROOTS if facts[name] != made[name]]):
            self._good.add(key)
        for name in wrong:
            what = f"the root “{name}” of a row map is not the logged one"
            yield IntegrityProblem(2, where, what)


def _roots(blob: SeekableBlob, sizes: Sequence[int]) -> dict[str, str]:
    rows, origins, records = RowColumns(blob), OriginTree(), RecordTree()
    for first, count, starts in _batches(sizes):
        origins.extend(rows.tags(first, count), (), starts)
    for lines in rows.record_lines():
        records.extend(b"".join(lines))
    head = hashlib.sha256(rows.head_line).hexdigest()
    return {"origins": origins.finish(), "records": records.root, "head": head}


def _batches(sizes: Sequence[int]) -> Iterator[tuple[int, int, list[int]]]:
    """Of each batch of statements its first, their number, and the places where a subject begins;
    not the first subject of all, which has no leaf before it to close."""
    ends = array("Q", accumulate(sizes))
    for first in range(0, ends[-1] if ends else 0, _BATCH):
        last = min(first + _BATCH, ends[-1])
        begun = ends[bisect_left(ends, first) : bisect_left(ends, last)]
        yield first, last - first, [place - first for place in begun]
