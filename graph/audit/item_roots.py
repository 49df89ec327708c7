"""Level 2: the roots that a load logged over rows and elements are those of its captures, those
over origins and records are those of its row maps."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from graph.archive import SeekableBlob
from graph.audit.checked_archive import CheckedArchive
from graph.audit.problem import IntegrityProblem
from graph.core import limited_process
from graph.core.errors import InputError, IntegrityError
from graph.evidence import item_trees
from graph.evidence.item_trees import ItemTree
from graph.evidence.row_columns import RowColumns
from graph.ledger import Event
from graph.statements.origin_tree import OriginTree, RecordTree

_BATCH = 4096  # subjects
_LIMITS = limited_process.ProcessLimits(memory=4 << 30, seconds=600.0)


class ItemRoots:
    """Checks the roots of versions, each once: a capture never changes."""

    def __init__(self, archive: CheckedArchive) -> None:
        self._archive = archive
        self._good: set[tuple[str, str, ItemTree]] = set()

    def check(self, load: Event, where: str) -> Iterator[IntegrityProblem]:
        """The problems of a version."""
        marks = load.get("marks")
        if not marks or marks in self._archive.damaged:
            return
        try:
            wanted = [*self._wanted(marks)]
            for (capture, kind, tree), made in zip(wanted, self._made(wanted), strict=True):
                if made == tree:
                    self._good.add((capture, kind, tree))
                    continue
                what = f"the root over the items “{kind}” of sha256-{capture} is not the logged one"
                yield IntegrityProblem(2, where, what)
        except (ValueError, LookupError, TypeError, AttributeError):
            yield IntegrityProblem(2, where, f"the roots of its records ({marks}) are not readable")
        except (IntegrityError, InputError) as error:
            yield IntegrityProblem.of_error(2, error)

    def _wanted(self, marks: str) -> Iterator[tuple[str, str, ItemTree]]:
        for capture, trees in item_trees.read(self._archive, marks).items():
            for kind, tree in trees.items():
                is_new = (capture, kind, tree) not in self._good
                if is_new and capture not in self._archive.damaged:
                    yield capture, kind, tree

    def _made(self, wanted: Sequence[tuple[str, str, ItemTree]]) -> Sequence[ItemTree | None]:
        """The trees over what is archived, made in a process with limits: the bytes are foreign."""

        def make(_: Any) -> list[ItemTree | None]:
            return [self._tree(*one) for one in wanted]

        return limited_process.run(make, _LIMITS, where="captures") if wanted else []

    def _tree(self, capture: str, kind: str, tree: ItemTree) -> ItemTree | None:
        with self._archive.open(capture) as stream:
            return item_trees.make(stream, kind, tree.form)


def check_origins(
    archive: CheckedArchive, facts: dict[str, Any], sizes: Sequence[int], where: str
) -> Iterator[IntegrityProblem]:
    """The problems of a layer whose subjects have so many lines each."""
    if "origins" not in facts or facts["rows"] in archive.damaged:
        return
    try:
        with archive.seekable(facts["rows"]) as blob:
            made = _roots(blob, sizes)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(2, error)
        return
    except (ValueError, LookupError, struct.error) as error:
        yield IntegrityProblem(2, where, f"the row map cannot be read: {error}")
        return
    for name, value in made.items():
        if facts[name] != value:
            yield IntegrityProblem(
                2, where, f"the root “{name}” of a row map is not the logged one"
            )


def _roots(blob: SeekableBlob, sizes: Sequence[int]) -> dict[str, str]:
    rows, origins, records = RowColumns(blob), OriginTree(), RecordTree()
    first = 0
    for at in range(0, len(sizes), _BATCH):
        some, starts, place = sizes[at : at + _BATCH], list[int](), 0
        for size in some:
            starts.append(place)
            place += size
        # the leaf of the first subject of all has none before it to close
        origins.extend(rows.tags(first, place), (), starts if at else starts[1:])
        first += place
    for lines in rows.record_lines():
        records.extend(b"".join(lines))
    head = hashlib.sha256(rows.head_line).hexdigest()
    return {"origins": origins.finish(), "records": records.root, "head": head}
