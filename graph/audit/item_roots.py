"""Level 2: the roots that a load logged over rows and elements are those of its captures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import IntegrityProblem
from graph.core import limited_process
from graph.core.errors import InputError, IntegrityError
from graph.evidence import item_trees
from graph.evidence.item_trees import ItemTree
from graph.ledger import Event

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
