"""Builds and updates the search index, a file beside every snapshot.

If few statements changed, the file of the previous snapshot is copied and updated; if nothing that
is indexed changed, it is linked; otherwise the index is built from scratch, as it is when a source
was made public or restricted. All three give the same results (a property test checks this).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from graph.archive import Archive
from graph.search import geometry, schema
from graph.search.changes import changed_lines, many_changes
from graph.search.extract import Extracted, GeometryLink, IndexedGeometry, IndexedText, extract
from graph.search.matching import has_variants
from graph.search.normalize import indexed_words, normalized_keys
from graph.search.stems import stems
from graph.snapshots.staged import Staged
from graph.statements.layer import read as read_layer
from graph.versions import provenance
from graph.versions.state import layers, state

_BATCH = 5000
_REMEMBERED_WORDS = 300_000  # in memory, to skip words that are in the index already


def build(staged: Staged, path: Path) -> None:
    """Write the index of a staged snapshot to `path` (see graph.publication.projections)."""
    previous = staged.previous_file(schema.SUFFIX)
    if previous is not None and schema.is_current(previous) and not many_changes(staged):
        _update_copy(staged, previous, path)
    else:
        _build_from_scratch(staged, path)


def _build_from_scratch(staged: Staged, path: Path) -> None:
    with IndexWriter(schema.create(path)) as writer:
        for graph, lines in _all_lines(staged):
            writer.add(graph, extract(lines))
        writer.optimise()


# Only public layers, so a restricted statement can never be found through the index.
def _all_lines(staged: Staged) -> Iterator[tuple[str, Iterable[bytes]]]:
    archive, names = Archive(staged.instance.archive), staged.instance.names
    for load in state(staged.events).values():
        for layer in layers(load, names):
            if layer.public:
                yield layer.graph, read_layer(archive, layer.lines)
    yield names.graph(provenance.GRAPH), provenance.lines(staged.events, names)


def _update_copy(staged: Staged, previous: Path, path: Path) -> None:
    changes = _changes(staged)
    first = next(changes, None)
    if first is None:  # published files never change, so two snapshots can share one
        os.link(previous, path)
        return
    shutil.copyfile(previous, path)
    with IndexWriter(schema.open_draft(path)) as writer:
        for key, group in groupby(chain([first], changes), key=lambda change: change[:2]):
            graph, sign = key
            (writer.add if sign == "A" else writer.remove)(graph, (c.item for c in group))


class _Change(NamedTuple):
    """An indexed item that was added to a graph (sign A) or deleted from it (D)."""

    graph: str
    sign: str
    item: Extracted


def _changes(staged: Staged) -> Iterator[_Change]:
    """The changes of indexed items between the previous snapshot and the staged one."""
    for graph, sign, line in changed_lines(staged):
        yield from (_Change(graph, sign, item) for item in extract((line,)))


class IndexWriter:
    """Writes an index. A context manager: commits and closes the connection at its end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._known: set[str] = set()
        self._ids: dict[tuple[str, str], int] = {}  # of graphs and properties, by table and IRI
        self._next = {
            table: connection.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}").fetchone()[0]
            for table in ("text", "shape")
        }

    def __enter__(self) -> IndexWriter:
        self._db.execute("BEGIN")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:  # after an error the draft is thrown away
            self._db.execute("COMMIT")
            self._db.executescript(schema.INDEXES)
        self._db.close()

    def add(self, graph: str, items: Iterable[Extracted]) -> None:
        """Add items that a graph states."""
        graph_id = self._id("graph", graph)
        for batch in _batches(items):
            self._add_texts(graph_id, [item for item in batch if isinstance(item, IndexedText)])
            for item in batch:
                if isinstance(item, IndexedGeometry):
                    self._add_shape(graph_id, item)
                elif isinstance(item, GeometryLink):
                    row = (item.geometry, item.feature, graph_id)
                    self._db.execute("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", row)

    def remove(self, graph: str, items: Iterable[Extracted]) -> None:
        """Remove items that a graph no longer states."""
        graph_id = self._id("graph", graph)
        for item in items:
            if isinstance(item, IndexedText):
                self._remove_text(graph_id, item)
            elif isinstance(item, IndexedGeometry):
                self._remove_shape(graph_id, item)
            else:
                row = (item.geometry, item.feature, graph_id)
                self._db.execute(
                    "DELETE FROM link WHERE (geometry, feature, graph) = (?, ?, ?)", row
                )

    def optimise(self) -> None:
        """Merge the segments of the word index, which makes searches faster."""
        self._db.execute("INSERT INTO found (found) VALUES ('optimize')")

    def _id(self, table: str, iri: str) -> int:
        if (known := self._ids.get((table, iri))) is not None:
            return known
        self._db.execute(f"INSERT OR IGNORE INTO {table} (iri) VALUES (?)", (iri,))
        row = self._db.execute(f"SELECT id FROM {table} WHERE iri = ?", (iri,)).fetchone()
        return self._ids.setdefault((table, iri), int(row[0]))

    def _new_id(self, table: str) -> int:
        self._next[table] += 1
        return int(self._next[table] - 1)

    def _add_texts(self, graph_id: int, texts: list[IndexedText]) -> None:
        rows, entries, new = [], [], set[str]()
        for subject, of_subject in groupby(texts, key=itemgetter(0)):
            key = crc32(subject.encode())  # an index of integers is smaller than one of IRIs
            for _, name, value, language, datatype in of_subject:
                text_id, text_words = self._new_id("text"), indexed_words(value)
                property_id = self._id("property", name)
                rows.append(
                    (text_id, key, graph_id, subject, property_id, language, datatype, value)
                )
                entries.append((text_id, " ".join(text_words)))
                new.update(text_words)
        self._db.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", entries)
        self._add_words(new - self._known)

    def _add_words(self, new: set[str]) -> None:
        """Index words by their stems and spellings.

        They stay when their last text is removed: a word without a text finds nothing.
        """
        if len(self._known) > _REMEMBERED_WORDS:
            self._known.clear()
        self._known |= new
        with_variants = [word for word in new if has_variants(word)]
        pairs = ((stem, word) for word in with_variants for stem in stems(word))
        self._db.executemany("INSERT OR IGNORE INTO stem VALUES (?, ?)", pairs)
        pairs = ((key, word) for word in with_variants for key in normalized_keys(word))
        self._db.executemany("INSERT OR IGNORE INTO alike VALUES (?, ?)", pairs)

    def _remove_text(self, graph_id: int, text: IndexedText) -> None:
        row = self._db.execute(
            "SELECT id FROM text WHERE key = ? AND (graph, subject, property, language, datatype,"
            " value) = (?, ?, ?, ?, ?, ?)",
            (
                crc32(text.subject.encode()),
                *(graph_id, text.subject, self._id("property", text.property)),
                *(text.language, text.datatype, text.value),
            ),
        ).fetchone()
        # A contentless FTS5 table holds no copy of the words, so they are passed for deletion.
        self._db.execute(
            "INSERT INTO found (found, rowid, words) VALUES ('delete', ?, ?)",
            (*row, " ".join(indexed_words(text.value))),
        )
        self._db.execute("DELETE FROM text WHERE id = ?", row)

    def _add_shape(self, graph_id: int, shape: IndexedGeometry) -> None:
        shape_id, key = self._new_id("shape"), crc32(shape.subject.encode())
        box = geometry.bounding_box(shape.value, shape.datatype)
        sides = tuple(box) if box else (None,) * 4
        self._db.execute(
            "INSERT INTO shape VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                shape_id,
                key,
                graph_id,
                shape.subject,
                shape.property,
                shape.datatype,
                shape.value,
                *sides,
            ),
        )
        if box:  # without one it stays in the table, so that its removal finds it
            corners = (shape_id, box.west, box.east, box.south, box.north)
            self._db.execute("INSERT INTO box VALUES (?, ?, ?, ?, ?)", corners)

    def _remove_shape(self, graph_id: int, shape: IndexedGeometry) -> None:
        row = self._db.execute(
            "SELECT id FROM shape WHERE key = ? AND (graph, subject, property, datatype, value)"
            " = (?, ?, ?, ?, ?)",
            (
                crc32(shape.subject.encode()),
                *(graph_id, shape.subject, shape.property, shape.datatype, shape.value),
            ),
        ).fetchone()
        self._db.execute("DELETE FROM shape WHERE id = ?", row)
        self._db.execute("DELETE FROM box WHERE id = ?", row)


def _batches(items: Iterable[Extracted]) -> Iterator[list[Extracted]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
