"""Fills and changes the index: the projection that lies beside every snapshot.

Where only little of a large graph changed, the last snapshot's file is copied and the change
applied; where nothing that is searched changed, it is linked; else it is made afresh, as it is when
a source was made public or restricted. The same answers come of each (a property test holds this).
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
from graph.ledger import Event
from graph.search import geometry, schema
from graph.search.extract import Extracted, GeometryLink, IndexedGeometry, IndexedText, extract
from graph.search.matching import has_variants
from graph.search.normalize import normalized_keys, words
from graph.search.stems import stems
from graph.snapshots.staged import Staged
from graph.statements.layer import read as read_layer
from graph.versions import diff, provenance
from graph.versions.state import State, is_public, layers, state

SUFFIX = "search.sqlite"
_BATCH = 5000
_REBUILD_SHARE = 4  # afresh when more than a quarter of the statements come or go
_REMEMBERED_WORDS = 300_000  # remembered, so that they are not written twice


def build(staged: Staged, path: Path) -> None:
    """Write the index of a staged store (see graph.publication.projections)."""
    before = staged.previous_file(SUFFIX)
    if before is not None and schema.is_current(before) and not _needs_rebuild(staged):
        _update_copy(staged, before, path)
    else:
        _build_from_scratch(staged, path)


def _needs_rebuild(staged: Staged) -> bool:
    """Judged by what the ledger says, without reading a line."""
    before, after = _states(staged)
    changed = sum(_changed(before.get(s), load) for s, load in after.items())
    return changed * _REBUILD_SHARE > sum(map(_statements, after.values()))


def _states(staged: Staged) -> tuple[State, State]:
    assert staged.previous is not None
    return state(staged.events[: staged.previous.number]), state(staged.events)


def _changed(old: Event | None, new: Event) -> int:
    if old == new:
        return 0
    if diff.patch_applies(old, new):
        return int(new["patch"]["adds"]) + int(new["patch"]["deletes"])
    return _statements(new) + (_statements(old) if old else 0)


def _statements(load: Event) -> int:
    return sum(int(layer["statements"]) for layer in load["layers"].values())


def _build_from_scratch(staged: Staged, path: Path) -> None:
    with IndexWriter(schema.create(path)) as writer:
        for graph, lines in _all_lines(staged):
            writer.add(graph, extract(lines))
        writer.optimise()


def _all_lines(staged: Staged) -> Iterator[tuple[str, Iterable[bytes]]]:
    archive, names = Archive(staged.instance.archive), staged.instance.names
    for load in state(staged.events).values():
        for layer in layers(load, names):
            if layer.public:
                yield layer.graph, read_layer(archive, layer.lines)
    yield names.graph(provenance.GRAPH), provenance.lines(staged.events, names)


def _update_copy(staged: Staged, before: Path, path: Path) -> None:
    changes = _changes(staged)
    first = next(changes, None)
    if first is None:
        os.link(before, path)
        return
    shutil.copyfile(before, path)
    with IndexWriter(schema.open_draft(path)) as writer:
        for key, group in groupby(chain([first], changes), key=lambda change: change[:2]):
            graph, sign = key
            (writer.add if sign == "A" else writer.remove)(graph, (c.thing for c in group))


class _Change(NamedTuple):
    """What a graph gained (A) or lost (D)."""

    graph: str
    sign: str
    thing: Extracted


def _changes(staged: Staged) -> Iterator[_Change]:
    """What the staged store gained and lost of what is searched."""
    for graph, sign, line in _changed_lines(staged):
        yield from (_Change(graph, sign, thing) for thing in extract((line,)))


def _changed_lines(staged: Staged) -> Iterator[tuple[str, str, bytes]]:
    assert staged.previous is not None
    before, after = _states(staged)
    for source, load in after.items():
        if before.get(source) != load and is_public(load):
            yield from diff.changes_between(staged.instance, before.get(source), load)
    names = staged.instance.names
    pair = provenance.change(staged.events, staged.previous.number, names)
    for sign, lines in zip("AD", pair, strict=True):
        yield from ((names.graph(provenance.GRAPH), sign, line) for line in lines)


class IndexWriter:
    """Writes an index in batches; the connection is closed when the block ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._known: set[str] = set()
        self._ids: dict[tuple[str, str], int] = {}
        self._next = {
            table: connection.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}").fetchone()[0]
            for table in ("text", "shape")
        }

    def __enter__(self) -> IndexWriter:
        self._db.execute("BEGIN")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._db.execute("COMMIT")
            self._db.executescript(schema.INDEXES)
        self._db.close()

    def add(self, graph: str, things: Iterable[Extracted]) -> None:
        """Add what a graph states."""
        number = self._id("graph", graph)
        for batch in _batches(things):
            self._add_texts(number, [t for t in batch if isinstance(t, IndexedText)])
            for thing in batch:
                if isinstance(thing, IndexedGeometry):
                    self._add_shape(number, thing)
                elif isinstance(thing, GeometryLink):
                    row = (thing.geometry, thing.feature, number)
                    self._db.execute("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", row)

    def remove(self, graph: str, things: Iterable[Extracted]) -> None:
        """Take away what a graph stated."""
        number = self._id("graph", graph)
        for thing in things:
            if isinstance(thing, IndexedText):
                self._remove_text(number, thing)
            elif isinstance(thing, IndexedGeometry):
                self._remove_shape(number, thing)
            else:
                row = (thing.geometry, thing.feature, number)
                self._db.execute(
                    "DELETE FROM link WHERE (geometry, feature, graph) = (?, ?, ?)", row
                )

    def optimise(self) -> None:
        """Merge all parts of the word index, which makes reading it faster."""
        self._db.execute("INSERT INTO found (found) VALUES ('optimize')")

    def _id(self, table: str, iri: str) -> int:
        if (known := self._ids.get((table, iri))) is not None:
            return known
        self._db.execute(f"INSERT OR IGNORE INTO {table} (iri) VALUES (?)", (iri,))
        row = self._db.execute(f"SELECT id FROM {table} WHERE iri = ?", (iri,)).fetchone()
        return self._ids.setdefault((table, iri), int(row[0]))

    def _number(self, table: str) -> int:
        self._next[table] += 1
        return int(self._next[table] - 1)

    def _add_texts(self, graph: int, texts: list[IndexedText]) -> None:
        rows, entries, new = [], [], set[str]()
        for subject, of_subject in groupby(texts, key=itemgetter(0)):
            key = crc32(subject.encode())
            for _, name, value, language, datatype in of_subject:
                number, found_words = self._number("text"), words(value)
                kind = self._id("property", name)
                rows.append((number, key, graph, subject, kind, language, datatype, value))
                entries.append((number, " ".join(found_words)))
                new.update(found_words)
        self._db.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO found (rowid, words) VALUES (?, ?)", entries)
        self._learn(new - self._known)

    def _learn(self, new: set[str]) -> None:
        """File words under their stems and spellings. They stay when their last text goes: a word
        without a text finds nothing."""
        if len(self._known) > _REMEMBERED_WORDS:
            self._known.clear()
        self._known |= new
        formed = [word for word in new if has_variants(word)]
        pairs = ((stem, word) for word in formed for stem in stems(word))
        self._db.executemany("INSERT OR IGNORE INTO stem VALUES (?, ?)", pairs)
        pairs = ((key, word) for word in formed for key in normalized_keys(word))
        self._db.executemany("INSERT OR IGNORE INTO alike VALUES (?, ?)", pairs)

    def _remove_text(self, graph: int, text: IndexedText) -> None:
        row = self._db.execute(
            "SELECT id FROM text WHERE key = ? AND (graph, subject, property, language, datatype,"
            " value) = (?, ?, ?, ?, ?, ?)",
            (
                crc32(text.subject.encode()),
                *(graph, text.subject, self._id("property", text.property)),
                *(text.language, text.datatype, text.value),
            ),
        ).fetchone()
        # FTS5 keeps no copy of the text, so it is told what to forget.
        self._db.execute(
            "INSERT INTO found (found, rowid, words) VALUES ('delete', ?, ?)",
            (*row, " ".join(words(text.value))),
        )
        self._db.execute("DELETE FROM text WHERE id = ?", row)

    def _add_shape(self, graph: int, shape: IndexedGeometry) -> None:
        number, key = self._number("shape"), crc32(shape.subject.encode())
        box = geometry.bounding_box(shape.value, shape.datatype)
        sides = tuple(box) if box else (None,) * 4
        self._db.execute(
            "INSERT INTO shape VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, key, graph, *shape[:2], shape.datatype, shape.value, *sides),
        )
        if box:
            corners = (number, box.west, box.east, box.south, box.north)
            self._db.execute("INSERT INTO box VALUES (?, ?, ?, ?, ?)", corners)

    def _remove_shape(self, graph: int, shape: IndexedGeometry) -> None:
        row = self._db.execute(
            "SELECT id FROM shape WHERE key = ? AND (graph, subject, property, datatype, value)"
            " = (?, ?, ?, ?, ?)",
            (
                crc32(shape.subject.encode()),
                *(graph, shape.subject, shape.property, shape.datatype, shape.value),
            ),
        ).fetchone()
        self._db.execute("DELETE FROM shape WHERE id = ?", row)
        self._db.execute("DELETE FROM box WHERE id = ?", row)


def _batches(things: Iterable[Extracted]) -> Iterator[list[Extracted]]:
    source = iter(things)
    while batch := list(islice(source, _BATCH)):
        yield batch
