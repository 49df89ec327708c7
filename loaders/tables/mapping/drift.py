"""Whether a file still has the columns that its description lists, in their order.

A column that was renamed, added, removed or moved makes figures mean something else. So each
difference is named, and the file is refused: the load goes into quarantine, the last version stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from graph.core.errors import InputError
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.grids.heads import folded, unique

CanGrow = Callable[[ColumnDescription, int], bool]
"""Whether the head at a position can belong to a run that grows."""


@dataclass(frozen=True, slots=True)
class PlacedColumn:
    """A described column and the positions that it has in the file: one, or a run."""

    column: ColumnDescription
    first: int
    last: int


def placed(
    columns: Sequence[ColumnDescription],
    heads: Sequence[str],
    can_grow: CanGrow,
    where: str,
    *,
    ordered: bool = True,
) -> list[PlacedColumn]:
    """Where each column stands; the keys of JSON objects are not `ordered`.

    Raises InputError that names every renamed, added, removed and moved column.
    """
    places = _Placement(columns, unique(heads), can_grow)
    if problems := [*places.problems(), *(places.moved() if ordered else ())]:
        raise InputError(
            "the columns are not those of the description: " + "; ".join(problems),
            where=where,
            hint="Ask the agency what changed; then correct [[options.columns]] and load again."
            " Nothing of this file is published, the last version stays.",
        )
    return places.found


class _Placement:
    def __init__(
        self, columns: Sequence[ColumnDescription], heads: list[str], can_grow: CanGrow
    ) -> None:
        self._columns = columns
        self._heads = heads
        self._can_grow = can_grow
        self.found: list[PlacedColumn] = []
        self._missing: list[ColumnDescription] = []
        for column in columns:
            self._place(column)

    def _place(self, column: ColumnDescription) -> None:
        first = self._position(column.name)
        last = self._position(column.to) if column.to else first
        if first is None or last is None or last < first:
            self._missing.append(column)
            return
        while column.grows and last + 1 < len(self._heads) and self._is_more(column, last + 1):
            last += 1
        self.found.append(PlacedColumn(column, first, last))

    def _position(self, name: str) -> int | None:
        wanted = folded(name)
        return self._heads.index(wanted) if wanted in self._heads else None

    def _is_more(self, column: ColumnDescription, position: int) -> bool:
        known = {folded(one.name) for one in self._columns}
        return self._heads[position] not in known and self._can_grow(column, position)

    def problems(self) -> Iterator[str]:
        """Each column that was renamed, added or removed, in words."""
        used = {at for place in self.found for at in range(place.first, place.last + 1)}
        new = [at for at in range(len(self._heads)) if at not in used]
        for column in self._missing:
            yield self._missing_column(column, new)
        for at in new:
            yield f"column {at + 1} “{self._heads[at]}” is new"

    def _missing_column(self, column: ColumnDescription, new: list[int]) -> str:
        absent = [one for one in (column.name, column.to) if one and self._position(one) is None]
        name = absent[0] if absent else column.name
        expected = self._columns.index(column)
        similar = get_close_matches(folded(name), [self._heads[at] for at in new], 1, 0.6)
        if not similar and expected not in new:
            return f"“{name}” is missing (removed?)"
        at = self._heads.index(similar[0]) if similar else expected
        new.remove(at)
        return f"column {at + 1} is now “{self._heads[at]}” instead of “{name}” (renamed?)"

    def moved(self) -> Iterator[str]:
        """Each column that stands before the one that the description lists before it, in words."""
        for before, after in zip(self.found, self.found[1:], strict=False):
            if after.first <= before.last:
                yield (
                    f"“{after.column.name}” stands in column {after.first + 1}, before"
                    f" “{before.column.name}” (moved)"
                )
