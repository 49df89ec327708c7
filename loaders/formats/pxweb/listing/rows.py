"""A row of a list of PX-Web tables, and what is found about it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.core.iris import Names, segment
from loaders.pipeline.record import Capture, Record

LISTED = "listed-table"
"""The kind of the records made of rows."""

_READABLE = re.compile(r"[A-Za-z0-9._~:@-]{1,80}")


@dataclass(frozen=True, slots=True)
class ListedTable:
    """One path to one table, as one answer lists it.

    `folders` leads from the database to the table's file, `titles` are by language, `start` and
    `end` are the period as the list writes it (empty where it says none), `has_period` is unset for
    a list that never says one. `updated` is when the table changed, without zone as PX-Web writes
    it.
    """

    capture: Capture
    locator: str
    id: str
    file: str
    folders: tuple[str, ...]
    titles: Mapping[str, str]
    start: str = ""
    end: str = ""
    updated: str = ""
    has_period: bool = True

    def address(self, root: str) -> str:
        """The address of the table below `root`, the address of its database."""
        return "/".join([root.rstrip("/"), *map(segment, (*self.folders, self.file))])


@dataclass(frozen=True, slots=True)
class ListedPaths:
    """All rows of one table, in the order of the list."""

    id: str
    rows: Sequence[ListedTable]

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """The folders that the table stands in, the first one first."""
        return list(dict.fromkeys(row.folders for row in self.rows))

    def titles(self, path: int = 0) -> dict[str, str]:
        """The titles of the table under one of its paths, by language."""
        folders = self.paths[path]
        return {k: v for row in self.rows if row.folders == folders for k, v in row.titles.items()}


def records(rows: Iterable[ListedTable]) -> Iterator[Record]:
    """One record a row, each with the other rows of its table."""
    tables: dict[str, list[ListedTable]] = {}
    for row in rows:
        tables.setdefault(row.id, []).append(row)
    for name, same in tables.items():
        table = ListedPaths(name, same)
        for row in same:
            yield Record(row.capture, row.locator, LISTED, {"table": table, "row": row})


def dataset(names: Names, source: str, table: str) -> str:
    """The IRI of a table's dataset: its id where it can stand in an address, else a hash of it."""
    return names.dataset(source, local_id(table))


def local_id(text: str) -> str:
    """The last part of an IRI: the text where it is safe and readable, else a hash of it."""
    if _READABLE.fullmatch(text):
        return text
    return hashlib.sha256(text.encode()).hexdigest()[:32]
