"""Several files of one table: which are newer, what each asked for, which cells still count.

An export has all combinations of the labels that were asked for. So where a file has as many cells
as its labels have combinations, it says all about these: a cell of an earlier file that it should
have and has not is gone. What it did not ask for stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from math import prod

from loaders.pipeline.record import Capture
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.observation_cells import ObservationCell

_DATE = re.compile(r"(?:^|\D)(\d{4}-\d\d-\d\d)")

Key = Mapping[str, str]
"""The key of a cell: the IRI of each dimension, and the key of its term."""


def retrieved(capture: Capture, dates: Mapping[str, str]) -> str:
    """When a file was taken from the site: `YYYY-MM-DD`, empty where nobody says it."""
    if match := _DATE.search(capture.name):
        return match[1]
    return next((day for pattern, day in dates.items() if fnmatch(capture.name, pattern)), "")


def age(capture: Capture, dates: Mapping[str, str]) -> tuple[str, bool, str]:
    """What is greater the newer a file is: by its date, else those that came now first."""
    return retrieved(capture, dates), not capture.kept, capture.kept


@dataclass(slots=True)
class FileSelection:
    """What a file asked for: the keys of each dimension, and how many cells it has."""

    cells: int = 0
    keys: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, key: Key) -> None:
        """One more cell."""
        self.cells += 1
        for dimension, term in key.items():
            self.keys[dimension].add(term)

    @property
    def is_whole(self) -> bool:
        """Whether it has all combinations."""
        return self.cells == prod(map(len, self.keys.values()))

    def has(self, key: Key) -> bool:
        """Whether a cell was asked for."""
        return self.is_whole and all(term in self.keys[one] for one, term in key.items())

    def covers(self, other: FileSelection) -> bool:
        """Whether all that another file asked for was asked for here too."""
        return self.is_whole and all(other.keys[one] <= self.keys[one] for one in other.keys)


def key_of(cell: ObservationCell) -> Key:
    """The key of a cell."""
    return {dimension.value: term.key for dimension, term in cell.key}


def selection(cube: CubeRecords, capture: Capture) -> FileSelection:
    """What a file asked for. Raises what reading it raises."""
    found = FileSelection()
    for cell in cells(cube, capture):
        found.add(key_of(cell))
    return found


def cells(cube: CubeRecords, capture: Capture) -> Iterator[ObservationCell]:
    """The cells of a file."""
    for record in cube.records(capture):
        if record.kind == "observation":
            yield record.data["observation"]
