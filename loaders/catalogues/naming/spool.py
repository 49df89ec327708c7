"""The triples of a harvest in a temporary database on disk, so that memory stays flat.

Terms are N-Triples text in the forms that the store keeps: `<iri>`, `_:label`, `"text"@en`. A node
is *anonymous* where it needs a name: a blank node, or, in the spool of an earlier version, an IRI
that was made for one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import pyoxigraph as ox

from graph.statements.canonical import Normaliser
from loaders.catalogues.model import LocatedTriple, ReadItem, ReadProblem
from loaders.catalogues.naming.kinds import BY_OWN_PROPERTY, BY_PROPERTY, BY_TYPE, KINDS, TYPE
from loaders.catalogues.naming.terms import is_blank
from vocab.terms import Term

Row = tuple[str, str, str, int, str]
"""Subject, predicate, object, number of the capture, locator."""

Pairs = list[tuple[str, str]]
"""Predicates and objects of one node, as text, without duplicates."""

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE triple (subject TEXT, predicate TEXT, object TEXT, capture INT, locator TEXT);
CREATE TABLE told (node TEXT, kind INT);
CREATE TABLE problem (kind TEXT, subject TEXT, capture INT, locator TEXT, detail TEXT);
BEGIN;
"""
_INDEXES = """
CREATE INDEX by_subject ON triple (subject);
CREATE INDEX by_object ON triple (object) WHERE substr(object, 1, 1) = '_';
CREATE TABLE resource AS
  SELECT node, min(kind) AS kind FROM told
  WHERE EXISTS (SELECT 1 FROM triple WHERE subject = node) GROUP BY node;
CREATE UNIQUE INDEX by_node ON resource (node);
CREATE INDEX problem_by_subject ON problem (subject);
"""
_BATCH = 10_000
_REMEMBERED = 1_000  # nodes


class SpooledPlace(NamedTuple):
    """Where a node stands: number of the capture, and locator in it."""

    capture: int
    locator: str


class SpooledProblem(NamedTuple):
    """A problem that was met while reading; `subject` is empty for the whole source."""

    kind: str
    subject: str
    place: SpooledPlace
    detail: str


class Spool:
    """Triples that are added once, then read node by node.

    `published` may choose among the properties of a node, so that what is withheld counts nowhere.
    `db` is for the other modules of this folder, which keep their tables in the same database.
    """

    def __init__(self, is_anonymous: Callable[[str], bool] = is_blank) -> None:
        self.is_anonymous = is_anonymous
        self.published: Callable[[str], Pairs] | None = None
        # the empty name means a temporary file, which is deleted at the end
        self.db = sqlite3.connect("", isolation_level=None)
        # what belongs together is read together, several times
        self.properties = lru_cache(_REMEMBERED)(self._properties)
        self.kind = lru_cache(_REMEMBERED)(self._kind)
        self.db.executescript(_SCHEMA)
        self._normaliser = Normaliser()

    def close(self) -> None:
        """Delete the file."""
        self.db.close()

    def add(self, items: Iterable[ReadItem], capture: int = 0) -> None:
        """Add what was read of one capture."""
        remaining = iter(items)
        while batch := list(islice(remaining, _BATCH)):
            rows, problems = [], []
            for one in batch:
                if isinstance(one, ReadProblem):
                    problems.append(one)
                elif (value := _text(one.object)) is None:
                    problems.append(_unpublishable(one))
                else:
                    rows.append((str(one.subject), str(one.predicate), value, capture, one.locator))
            self._add_rows(self._canonical(rows))
            self._add_problems(problems, capture)

    def _add_rows(self, rows: Sequence[Row]) -> None:
        self.db.executemany("INSERT INTO triple VALUES (?, ?, ?, ?, ?)", rows)
        self.db.executemany("INSERT INTO told VALUES (?, ?)", _told(rows))

    def _canonical(self, rows: list[Row]) -> list[Row]:
        """The same with typed literals in the forms that the store keeps."""
        typed = [n for n, row in enumerate(rows) if row[2].endswith(">") and row[2][0] == '"']
        lines = self._normaliser.lines([f"<urn:s> <urn:p> {rows[n][2]} .".encode() for n in typed])
        for n, line in zip(typed, lines, strict=True):
            subject, predicate, _, capture, locator = rows[n]
            rows[n] = subject, predicate, line[16:-2].decode(), capture, locator
        return rows

    def _add_problems(self, problems: Iterable[ReadProblem], capture: int) -> None:
        self.db.executemany(
            "INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
            [
                (one.kind, str(one.subject or ""), capture, one.locator, one.detail)
                for one in problems
            ],
        )

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Add canonical lines without line feeds."""
        remaining = (line.decode()[:-2].split(" ", 2) for line in lines)
        while batch := list(islice(remaining, _BATCH)):
            self._add_rows([(s, p, o, 0, "") for s, p, o in batch])

    def finish(self) -> None:
        """All triples are there: make the indexes."""
        self.db.executescript(_INDEXES)

    def _properties(self, node: str) -> Pairs:
        """Predicates and objects of a node that are published."""
        return self.published(node) if self.published else self.stated(node)

    def stated(self, node: str) -> Pairs:
        """Predicates and objects of a node, in the order in which they were read."""
        rows = self.db.execute("SELECT predicate, object FROM triple WHERE subject = ?", (node,))
        return list(dict.fromkeys(rows))

    def place(self, node: str) -> SpooledPlace:
        """Where a node is described first."""
        row = self.db.execute(
            "SELECT capture, locator FROM triple WHERE subject = ? ORDER BY rowid LIMIT 1", (node,)
        ).fetchone()
        return SpooledPlace(*row) if row else SpooledPlace(0, "")

    def _kind(self, node: str) -> str:
        """The kind of a resource; empty for other nodes."""
        row = self.db.execute("SELECT kind FROM resource WHERE node = ?", (node,)).fetchone()
        return KINDS[row[0]] if row else ""

    def resources(self, kind: str) -> Iterator[str]:
        """The nodes of one kind that are described."""
        rows = self.db.execute("SELECT node FROM resource WHERE kind = ?", (KINDS.index(kind),))
        return (node for (node,) in rows)

    def referring(self, node: str, predicates: Sequence[str]) -> list[str]:
        """The nodes that refer to a blank node by one of these properties."""
        rows = self.db.execute(
            "SELECT DISTINCT subject FROM triple WHERE object = ? AND substr(object, 1, 1) = '_'"
            f" AND predicate IN ({', '.join('?' * len(predicates))})",
            (node, *predicates),
        )
        return [subject for (subject,) in rows]

    def is_described(self, node: str) -> bool:
        """Whether anything is stated about a node."""
        found = self.db.execute("SELECT 1 FROM triple WHERE subject = ? LIMIT 1", (node,))
        return found.fetchone() is not None

    def problems(self, node: str) -> list[SpooledProblem]:
        """The problems met while reading a node, in order."""
        rows = self.db.execute("SELECT * FROM problem WHERE subject = ? ORDER BY rowid", (node,))
        return [_problem(row) for row in rows]

    def problems_of_kind(self, kind: str) -> list[SpooledProblem]:
        """The problems of one kind, in order."""
        rows = self.db.execute("SELECT * FROM problem WHERE kind = ? ORDER BY rowid", (kind,))
        return [_problem(row) for row in rows]

    def problems_of_source(self) -> list[SpooledProblem]:
        """Those of no node, or of one that nothing is stated about."""
        rows = self.db.execute(
            "SELECT * FROM problem WHERE subject NOT IN (SELECT subject FROM triple) ORDER BY rowid"
        )
        return [_problem(row) for row in rows]


def _problem(row: tuple[str, str, int, str, str]) -> SpooledProblem:
    kind, subject, capture, locator, detail = row
    return SpooledProblem(kind, subject, SpooledPlace(capture, locator), detail)


def _told(rows: Iterable[Row]) -> Iterator[tuple[str, int]]:
    """What rows tell about the kinds of nodes."""
    for subject, predicate, value, *_ in rows:
        if predicate == TYPE:
            if value in BY_TYPE:
                yield subject, KINDS.index(BY_TYPE[value])
        elif predicate in BY_PROPERTY:
            yield value, KINDS.index(BY_PROPERTY[predicate])
            if predicate in BY_OWN_PROPERTY:
                yield subject, KINDS.index(BY_OWN_PROPERTY[predicate])


def _unpublishable(one: LocatedTriple) -> ReadProblem:
    return ReadProblem("term-unpublishable", one.subject, one.locator, "RDF 1.2")


def _text(value: Term) -> str | None:
    """A term as text, its language tag in lower case; None for terms of RDF 1.2."""
    if isinstance(value, ox.Literal):
        if getattr(value, "direction", None) is not None:
            return None
        if value.language and not value.language.islower():
            return str(ox.Literal(value.value, language=value.language.lower()))
    elif isinstance(value, ox.Triple):
        return None
    return str(value)
