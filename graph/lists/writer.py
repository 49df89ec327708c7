"""Writes documents into a draft: what is shown, what is searched, and the counts of facets."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from graph.lists import columns, schema
from graph.lists.datasets import HERE, TableCodes
from graph.lists.document import Document, pack, title, title_key, unpack
from graph.lists.facets import key_of
from graph.lists.kinds import BY_NUMBER, DATASET, KINDS
from graph.search.normalize import indexed_words

_BATCH = 1_000
_REMEMBERED = 200_000  # facet values in memory
_TOKEN = "v{}"
_TIE = 20  # bits of a weight that depend on the IRI, so that equal hits always come in one order
_LONG_TITLE = 1_000  # what a title's characters add to the weight of a hit, at most

Labels = Callable[[str], dict[str, str]]


class ListsWriter:
    """Adds and removes documents. `close` writes what is pending, and the counts.

    `labels` gives the names of a thing (by IRI) in each language; `base` begins the instance's own
    IRIs.
    """

    def __init__(self, connection: sqlite3.Connection, base: str, labels: Labels) -> None:
        self._db = connection
        self._base = base
        self._labels = labels
        self._values: dict[tuple[int, str, str], int] = {}
        self._counts: Counter[int] = Counter()
        self._inferred: Counter[int] = Counter()
        self._totals: Counter[int] = Counter()
        self._documents: list[tuple[Any, ...]] = []
        self._hits: list[tuple[Any, ...]] = []
        self._words: list[tuple[int, str, str, str]] = []
        (self._next,) = connection.execute("SELECT COALESCE(MAX(id), 0) FROM document").fetchone()
        connection.execute("BEGIN")

    def add(self, document: Document) -> None:
        """Add a document; one of the same thing must have been removed."""
        self._next += 1
        kind = KINDS[document.kind].number
        by_facet = self._facet_ids(kind, document)
        facets = sorted(set().union(*by_facet.values()))
        row = (self._next, _key(document.iri), document.iri, kind, pack(document))
        self._documents.append(row)
        self._hits.append((self._next, kind, *_sorted_by(document), array("I", facets).tobytes()))
        self._words.append((self._next, *_words(document, facets)))
        self._counts.update(facets)
        given = [name for name in document.inferred if document.facets.get(name)]
        self._inferred.update(v for name in given for v in by_facet.get(name, ()))
        self._totals[kind] += 1
        self._depend(self._next, document)
        if len(self._documents) >= _BATCH:
            self._flush()

    def remove(self, iri: str) -> None:
        """Remove the document of a thing, if there is one."""
        self._flush()
        row = self._db.execute(
            "SELECT id, kind, data FROM document WHERE key = ? AND iri = ?", (_key(iri), iri)
        ).fetchone()
        if row is not None:
            self._remove(*row)

    def remove_other(self, iri: str, kind: int) -> None:
        """Remove the document of a thing, if there is one and it is not of this kind."""
        select = "SELECT 1 FROM document WHERE key = ? AND iri = ? AND kind != ?"
        if self._db.execute(select, (_key(iri), iri, kind)).fetchone():
            self.remove(iri)

    def dependent(self, hashes: Sequence[int]) -> list[str]:
        """The things in whose documents things with these hashes are named."""
        marks = ", ".join("?" * len(hashes))
        rows = self._db.execute(
            "SELECT iri FROM document WHERE id IN"
            f" (SELECT document FROM depends WHERE thing IN ({marks}))",
            hashes,
        )
        return [row[0] for row in rows]

    def remove_others(self, kind: int) -> None:
        """Remove the documents of all kinds but one."""
        self._flush()
        rows = self._db.execute(
            "SELECT id, kind, data FROM document WHERE kind != ?", (kind,)
        ).fetchall()
        for row in rows:
            self._remove(*row)

    def _remove(self, number: int, kind: int, data: str) -> None:
        (packed,) = self._db.execute("SELECT facets FROM hit WHERE id = ?", (number,)).fetchone()
        facets = array("I", packed)
        document = unpack("", BY_NUMBER[kind].name, data)
        self._delete_words(number, document, facets)
        self._db.execute("DELETE FROM document WHERE id = ?", (number,))
        self._db.execute("DELETE FROM hit WHERE id = ?", (number,))
        self._db.execute("DELETE FROM depends WHERE document = ?", (number,))
        self._counts.subtract(facets)
        self._inferred.subtract(self._of_facets(facets, document.inferred))
        self._totals[kind] -= 1

    def _of_facets(self, values: Sequence[int], facets: Sequence[str]) -> list[int]:
        """Those values that are of some facets, without “not stated”."""
        marks = [", ".join("?" * len(some)) for some in (values, facets)]
        given = "SELECT id FROM value WHERE term != '' AND"
        select = f"{given} id IN ({marks[0]}) AND facet IN ({marks[1]})"
        return [row[0] for row in self._db.execute(select, (*values, *facets))]

    def _delete_words(self, number: int, document: Document, facets: Iterable[int]) -> None:
        # a contentless table holds no copy of the words, so they are passed for deletion
        self._db.execute(
            "INSERT INTO words (words, rowid, title, text, facets) VALUES ('delete', ?, ?, ?, ?)",
            (number, *_words(document, facets)),
        )

    def _depend(self, number: int, document: Document) -> None:
        rows = [(crc32(iri.encode()), number) for iri in document.depends]
        if rows:
            self._db.executemany("INSERT OR IGNORE INTO depends VALUES (?, ?)", rows)

    def set_codes(self, iri: str, found: TableCodes) -> None:
        """Replace the codes of a dataset's tables, if the dataset is listed."""
        self._flush()
        select = "SELECT id, kind, data FROM document WHERE key = ? AND iri = ?"
        row = self._db.execute(select, (_key(iri), iri)).fetchone()
        if row is None or row[1] != KINDS[DATASET].number:
            return
        number, _, data = row
        old = unpack(iri, DATASET, data)
        new = replace(old, table_codes=found.names, depends=found.depends)
        (packed,) = self._db.execute("SELECT facets FROM hit WHERE id = ?", (number,)).fetchone()
        self._delete_words(number, old, array("I", packed))
        self._words.append((number, *_words(new, array("I", packed))))
        self._db.execute("UPDATE document SET data = ? WHERE id = ?", (pack(new), number))
        self._db.execute("DELETE FROM depends WHERE document = ?", (number,))
        self._depend(number, new)

    def rename(self, iris: Iterable[str]) -> None:
        """Read the names of facet values again, of things that changed."""
        for iri in iris:
            self._db.execute(
                "UPDATE value SET labels = ? WHERE term = ?", (self._names(f"<{iri}>"), f"<{iri}>")
            )

    def optimise(self) -> None:
        """Merge the segments of the words of a new file, which makes searches faster."""
        self._flush()
        self._db.execute("INSERT INTO words (words) VALUES ('optimize')")

    def close(self, *, finished: bool = True) -> None:
        """Write all. The connection is closed, the draft whole; `finished`: nothing follows."""
        self._flush()
        for column, changes in (("count", self._counts), ("inferred", self._inferred)):
            changed = [(change, value) for value, change in changes.items() if change]
            update = f"UPDATE value SET {column} = {column} + ? WHERE id = ?"
            self._db.executemany(update, changed)
        self._db.execute("DELETE FROM value WHERE count = 0")
        for kind, change in self._totals.items():
            self._db.execute("INSERT OR IGNORE INTO total VALUES (?, 0)", (kind,))
            self._db.execute("UPDATE total SET count = count + ? WHERE kind = ?", (change, kind))
        self._db.execute("COMMIT")
        self._db.executescript(schema.INDEXES)
        if finished:
            columns.write(self._db)
        self._db.close()

    def _flush(self) -> None:
        if not (self._documents or self._words):
            return
        self._db.executemany("INSERT INTO document VALUES (?, ?, ?, ?, ?)", self._documents)
        self._db.executemany("INSERT INTO hit VALUES (?, ?, ?, ?, ?, ?, ?)", self._hits)
        self._db.executemany(
            "INSERT INTO words (rowid, title, text, facets) VALUES (?, ?, ?, ?)", self._words
        )
        for pending in (self._documents, self._hits, self._words):
            pending.clear()

    def _facet_ids(self, kind: int, document: Document) -> dict[str, set[int]]:
        """The ids of a document's values, by facet."""
        return {
            facet: {self._value(kind, facet, t) for t in document.facets.get(facet) or ("",)}
            for facet in BY_NUMBER[kind].facets
        }

    def _value(self, kind: int, facet: str, term: str) -> int:
        known = self._values.get((kind, facet, term))
        if known is not None:
            return known
        key = key_of(facet, term, self._base)
        select = "SELECT id FROM value WHERE (kind, facet, key) = (?, ?, ?)"
        row = self._db.execute(select, (kind, facet, key)).fetchone()
        if row is None:
            row = self._db.execute(
                "INSERT INTO value (kind, facet, key, term, labels, count)"
                " VALUES (?, ?, ?, ?, ?, 0) RETURNING id",
                (kind, facet, key, term[:1000], self._names(term)),
            ).fetchone()
        if len(self._values) > _REMEMBERED:
            self._values.clear()
        return self._values.setdefault((kind, facet, term), int(row[0]))

    def _names(self, term: str) -> str | None:
        names = self._labels(term[1:-1]) if term.startswith("<") else {}
        return _json(names) if names else None


def _sorted_by(document: Document) -> tuple[int, int, str, str]:
    """Weight, moment and title keys. Light hits come first: tables that are here, short titles."""
    length = min(len(title(document.titles, "mn").value), _LONG_TITLE)
    is_here = HERE in document.facets.get("data", ())
    weight = (length + (0 if is_here else _LONG_TITLE)) << _TIE | _key(document.iri) >> 32 - _TIE
    return weight, document.moment, title_key(document, "mn"), title_key(document, "en")


def _words(document: Document, facets: Iterable[int]) -> tuple[str, str, str]:
    """The words of the titles, of all other texts, and the tokens of the facets."""
    others = [text.value for text in document.texts] + list(document.codes)
    others += document.table_codes.values()
    tokens = [_TOKEN.format(value) for value in facets] + [f"k{KINDS[document.kind].number}"]
    return _joined(document.titles.values()), _joined(others), " ".join(tokens)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(word for text in texts for word in indexed_words(text))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _key(iri: str) -> int:
    return crc32(iri.encode())  # an index of integers is smaller than one of IRIs
