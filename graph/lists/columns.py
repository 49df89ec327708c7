"""What all hits of a search are counted and sorted by, in memory: a column for each property.

Reading a row for each of some thousand hits took most of the time of a list. The columns are
written when a file of lists is finished and read by each process once, with the first list that
needs them: about 40 bytes a document.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

RELEVANCE = "relevance"
ORDERS = {
    "mn": "mn, id",
    "en": "en, id",
    "new": "moment DESC, mn, id",
    RELEVANCE: "weight, id",
}
"""Orders of the documents of a kind: by title in a language, newest first, lightest first."""
_MOST_SHORT = 1 << 16


@dataclass(frozen=True, slots=True)
class ListColumns:
    """Columns by the ids of documents, which begin with 1.

    `kinds` are numbers of kinds; `facets` the ids of values of facets, those of a document from
    `starts[id]` to `starts[id + 1]`; `ranks` the place of a document in each of ORDERS.
    """

    kinds: array[int]
    starts: array[int]
    facets: array[int]
    ranks: Mapping[str, array[int]]

    def of_kind(self, ids: Sequence[int], kind: int) -> list[int]:
        """Those of some documents that are of a kind."""
        kinds = self.kinds
        return [number for number in ids if kinds[number] == kind]

    def count_kinds(self, ids: Sequence[int]) -> Counter[int]:
        """How many of some documents are of each kind."""
        return Counter(_each(self.kinds, ids))

    def count_facets(self, ids: Sequence[int]) -> Counter[int]:
        """How many of some documents have each value of a facet."""
        facets = self.facets
        begins, ends = _each(self.starts, ids), _each(self.starts, [n + 1 for n in ids])
        packed = array(facets.typecode)
        for begin, end in zip(begins, ends, strict=True):
            packed += facets[begin:end]
        return Counter(packed)

    def in_order(
        self, ids: Iterable[int], order: str, tiers: Mapping[int, int] | None = None
    ) -> list[int]:
        """Some documents in one of ORDERS; those of a lower tier come first."""
        ranks = self.ranks[order]
        if not tiers:
            return sorted(ids, key=ranks.__getitem__)
        return sorted(ids, key=lambda number: tiers.get(number, 0) << 32 | ranks[number])


def _each(column: array[int], ids: Sequence[int]) -> Iterable[int]:
    if len(ids) < 2:  # itemgetter gives a bare value for one
        return [column[number] for number in ids]
    found: tuple[int, ...] = itemgetter(*ids)(column)
    return found


def write(connection: sqlite3.Connection) -> None:
    """Write the columns of a file of lists, whose rows are all there."""
    (last,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM hit").fetchone()
    connection.execute("DELETE FROM packed")
    for name, column in _columns(connection, last):
        row = (name, column.typecode, column.tobytes())
        connection.execute("INSERT INTO packed VALUES (?, ?, ?)", row)


def _columns(connection: sqlite3.Connection, last: int) -> Iterator[tuple[str, array[int]]]:
    (most,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM value").fetchone()
    kinds, starts = array("B", bytes(last + 2)), array("I", bytes(4 * (last + 2)))
    facets = array("H" if most < _MOST_SHORT else "I")
    before = 0
    for number, kind, packed in connection.execute("SELECT id, kind, facets FROM hit ORDER BY id"):
        for missing in range(before + 1, number):
            starts[missing] = len(facets)
        kinds[number], starts[number], before = kind, len(facets), number
        facets.extend(array(facets.typecode, array("I", packed)))
    starts[last + 1] = len(facets)
    yield from (("kinds", kinds), ("starts", starts), ("facets", facets))
    for order, columns in ORDERS.items():
        ranks = array("I", bytes(4 * (last + 2)))
        listed = connection.execute(f"SELECT id FROM hit ORDER BY kind, {columns}")
        for rank, (number,) in enumerate(listed):
            ranks[number] = rank
        yield order, ranks


def read(connection: sqlite3.Connection) -> ListColumns:
    """The columns of a finished file."""
    found: dict[str, array[int]] = {}
    for name, typecode, data in connection.execute("SELECT name, typecode, data FROM packed"):
        found[name] = array(typecode)
        found[name].frombytes(data)
    return ListColumns(
        kinds=found["kinds"],
        starts=found["starts"],
        facets=found["facets"],
        ranks={order: found[order] for order in ORDERS},
    )
