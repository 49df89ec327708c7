"""The open lists of a snapshot, and which documents match: the part that speaks SQL."""

from __future__ import annotations

import json
import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from graph.core.errors import EngineFailure
from graph.lists import schema
from graph.lists.columns import ORDERS, ListColumns, read
from graph.lists.document import Document, unpack
from graph.lists.kinds import BY_NUMBER, Kind
from graph.search import schema as search_schema
from graph.search.query_parser import MatchDegree, SearchExpression, TermDictionary
from graph.snapshots import Snapshot

MOST = 10_000
"""Hits that are counted, ranked and sorted; of more only the first are."""
_AT_ONCE = 500
_WORDS = 3  # that begin alike
_REMEMBERED = 16  # matches
# one text is read in half the time of its rows
_IDS = "SELECT json_group_array(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: its `key` in addresses, the term (`<iri>`, a literal's text, or nothing
    for “not stated”), names by language, and how many documents have it (None: not counted).
    `inferred`: in how many of all it is inferred; `is_inferred`: whether in all."""

    id: int
    facet: str
    key: str
    term: str
    labels: dict[str, str]
    count: int | None
    inferred: int = 0
    is_inferred: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Which documents: of a kind, with words (None: any), with all these values of facets."""

    kind: Kind
    words: SearchExpression | None = None
    values: tuple[int, ...] = ()


class ListIndex:
    """The lists of a snapshot. Safe to use from several threads: each has connections of its own.

    Raises EngineFailure where the file is missing, or another version of Ulzii made it.
    """

    def __init__(self, path: Path, dictionary: Path) -> None:
        if not schema.is_readable(path) or not search_schema.is_readable(dictionary):
            raise EngineFailure(
                "this snapshot has no lists: an earlier version published it",
                hint="The operator can run `ulzii rebuild`, or load any source again.",
                message_mn="энэ агшинд жагсаалт алга: өмнөх хувилбар нийтэлсэн байна",
                hint_mn="Системийн эрхлэгч `ulzii rebuild` эсвэл аль нэг эх сурвалжийг дахин"
                " ачаалж болно.",
            )
        self._path, self._dictionary = path, dictionary
        self._local = threading.local()
        self._matched: dict[str, list[int]] = {}

    @property
    def _db(self) -> sqlite3.Connection:
        return self._of_thread("db", lambda: schema.open_published(self._path))

    @property
    def terms(self) -> TermDictionary:
        """The words of the snapshot by their stems and spellings."""
        return self._of_thread("terms", self._open_terms)

    def _open_terms(self) -> TermDictionary:
        return TermDictionary(search_schema.open_published(self._dictionary))

    def _of_thread(self, name: str, make: Callable[[], T]) -> T:
        """What each thread has of its own, made when it is needed first."""
        if not hasattr(self._local, name):
            setattr(self._local, name, make())
        found: T = getattr(self._local, name)
        return found

    def beginning(self, start: str) -> list[str]:
        """Words of the snapshot that begin alike in any spelling, the shortest first."""
        return self.terms.beginning(start, _WORDS)

    def total(self, kind: Kind) -> int:
        """How many documents of a kind there are."""
        row = self._db.execute("SELECT count FROM total WHERE kind = ?", (kind.number,)).fetchone()
        return int(row[0]) if row else 0

    def match(
        self,
        condition: Condition,
        degree: MatchDegree = MatchDegree.SPELLING,
        *,
        column: str = "",
        any_kind: bool = False,
    ) -> str:
        """The FTS5 expression of a condition; words are searched in titles only, or everywhere.

        `any_kind`: of words alone, and not of the condition's kind.
        """
        parts = [f'facets : "v{value}"' for value in condition.values]
        if condition.words is not None:
            found = self.terms.fts5_expression(condition.words, degree)
            parts.append(f"{{{column or 'title text'}}} : {found}")
        if not condition.values and not (any_kind and parts):
            parts.append(f'facets : "k{condition.kind.number}"')
        return " AND ".join(parts)

    def count(self, match: str) -> int:
        """How many documents match; MOST + 1 where more than MOST do."""
        query = "SELECT COUNT(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
        return int(self._db.execute(query, (match, MOST + 1)).fetchone()[0])

    def ids(self, match: str) -> list[int]:
        """The first MOST + 1 documents that match. Those of the last matches are remembered, since
        the tiers of a page and the counts of kinds beside it ask alike."""
        found = self._matched.get(match)
        if found is None:
            (listed,) = self._db.execute(_IDS, (match, MOST + 1)).fetchone()
            found = json.loads(listed)
            if len(self._matched) >= _REMEMBERED:
                self.forget()
            self._matched[match] = found
        return found

    def forget(self) -> None:
        """Forget the last matches."""
        self._matched.clear()

    @cached_property
    def columns(self) -> ListColumns:
        """What hits are counted and sorted by."""
        return read(self._db)

    def in_order(self, kind: Kind, order: str, skip: int, limit: int) -> list[int]:
        """A part of all documents of a kind, sorted by title in a language, or newest first."""
        rows = self._db.execute(
            f"SELECT id FROM hit WHERE kind = ? ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?",
            (kind.number, limit, skip),
        )
        return [row[0] for row in rows]

    def iris(self, kind: Kind, order: str) -> list[str]:
        """All things of a kind in that order."""
        rows = self._db.execute(
            "SELECT iri FROM hit JOIN document USING (id) WHERE hit.kind = ?"
            f" ORDER BY {ORDERS[order]}",
            (kind.number,),
        )
        return [row[0] for row in rows]

    def walk(self, condition: Condition, order: str, skip: int, limit: int) -> list[int]:
        """The same for documents with values of facets that many have, so that few are passed."""
        wanted, found = set(condition.values), []
        rows = self._db.execute(
            f"SELECT id, facets FROM hit WHERE kind = ? ORDER BY {ORDERS[order]}",
            (condition.kind.number,),
        )
        for number, packed in rows:
            if wanted.issubset(array("I", packed)):
                skip -= 1
                if skip < 0:
                    found.append(number)
                    if len(found) == limit:
                        break
        return found

    def documents(self, ids: Sequence[int]) -> list[tuple[Document, list[FacetValue]]]:
        """Documents with the values of their facets, in the order of the ids."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(
            "SELECT document.id, iri, document.kind, data, facets"
            f" FROM document JOIN hit USING (id) WHERE document.id IN ({marks})",
            ids,
        )
        found = {row[0]: row[1:] for row in rows}
        known = self.values({v for row in found.values() for v in array("I", row[3])})
        return [
            (
                unpack(iri, BY_NUMBER[kind].name, data),
                [known[value] for value in array("I", packed)],
            )
            for iri, kind, data, packed in (found[number] for number in ids)
        ]

    def values(self, ids: Iterable[int]) -> dict[int, FacetValue]:
        """Values of facets by their ids."""
        wanted, found = sorted(ids), dict[int, FacetValue]()
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(f"SELECT {_VALUE} FROM value WHERE id IN ({marks})", some)
            found.update((row[0], _value(row)) for row in rows)
        return found

    def value(self, kind: Kind, facet: str, key: str) -> FacetValue | None:
        """The value of a facet with this key."""
        row = self._db.execute(
            f"SELECT {_VALUE} FROM value WHERE (kind, facet, key) = (?, ?, ?)",
            (kind.number, facet, key),
        ).fetchone()
        return _value(row) if row else None

    def stored_values(self, kind: Kind, facet: str, limit: int) -> list[FacetValue]:
        """The most frequent values of a facet, with their counts in the unfiltered list."""
        rows = self._db.execute(
            f"SELECT {_VALUE} FROM value WHERE kind = ? AND facet = ?"
            " ORDER BY count DESC, key LIMIT ?",
            (kind.number, facet, limit),
        )
        return [_value(row) for row in rows]

    def counts_of(self, kind: Kind, facet: str, term: str) -> int:
        """How many documents of a kind have a term for a value of a facet."""
        row = self._db.execute(
            "SELECT SUM(count) FROM value WHERE kind = ? AND facet = ? AND term = ?",
            (kind.number, facet, term),
        ).fetchone()
        return int(row[0] or 0)

    @cached_property
    def facet_of(self) -> dict[int, str]:
        """The facet of every value, by its id."""
        return dict(self._db.execute("SELECT id, facet FROM value").fetchall())


_VALUE = "id, facet, key, term, labels, count, inferred"


def _value(row: tuple) -> FacetValue:  # type: ignore[type-arg]
    number, facet, key, term, labels, count, inferred = row
    names = json.loads(labels) if labels else {}
    return FacetValue(number, facet, key, term, names, count, inferred, 0 < count == inferred)


def of(snapshot: Snapshot) -> ListIndex:
    """The lists of a snapshot, opened once in each process. Raises EngineFailure as ListIndex."""
    path = snapshot.companion(schema.SUFFIX)
    inode = path.stat().st_ino if path.exists() else 0
    return _open(path, snapshot.companion(search_schema.SUFFIX), inode)


@lru_cache(maxsize=4)
def _open(path: Path, dictionary: Path, _inode: int) -> ListIndex:
    return ListIndex(path, dictionary)
