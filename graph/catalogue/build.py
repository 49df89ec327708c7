"""Makes the list and the packs of a snapshot: the projection `{n}.catalogue.sqlite`.

What changed since the last snapshot is described anew and written to a new pack; all else stays
where it is. Where nothing changed that a page could tell, the list is the last one (a hard link),
so that a harvester that comes again gets the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox

from graph.catalogue import compose, history, packs, schema
from graph.catalogue.description.describe import CATALOG, Describer, Description, Reference
from graph.catalogue.description.entry import Entry
from graph.catalogue.membership import SOURCES, lists_of, thing_of
from graph.catalogue.packs import PackReader, PackWriter
from graph.catalogue.syntax import STORED, fragments
from graph.core.instance import Instance
from graph.core.iris import SHARED
from graph.lists import build as lists
from graph.snapshots.staged import Staged
from graph.versions.state import state
from vocab.namespaces import DCAT, DCT

_MOST_PACKS = 16
_BATCH = 1000
_ENTRY = "SELECT iri, source, identifier, issued, modified FROM dataset WHERE iri = ?"


def build(staged: Staged, path: Path) -> None:
    """Write the list of a staged snapshot to `path` (see graph.publication.projections)."""
    # without lists of before, all datasets are described anew for them
    previous = _usable(staged) if lists.is_usable(staged) else None
    if previous is None:
        connection, since = schema.create(path), 0
    else:
        assert staged.previous is not None
        shutil.copyfile(previous, path)
        connection, since = schema.open_draft(path), staged.previous.number
    try:
        last = history.replay(connection, staged.instance, staged.events, since)
        if last or previous is None:
            with lists.datasets(staged) as listed:
                _Builder(connection, staged, listed).write(last)
            return
    finally:
        connection.close()
    path.unlink()
    os.link(previous, path)  # published lists never change, so two snapshots can share one


def _usable(staged: Staged) -> Path | None:
    """The previous list, where the next can be made from it."""
    path = staged.previous_file(schema.SUFFIX)
    if path is None or schema.version_of(path) != schema.VERSION:
        return None
    with closing(schema.open_published(path)) as connection:
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        names = connection.execute("SELECT sha256, extension FROM pack").fetchall()
    folder = staged.instance.root / packs.FOLDER
    complete = all(packs.path_of(folder, *name).is_file() for name in names)
    settings = {key: meta.get(key, "") for key in _settings(staged.instance)}
    return path if complete and settings == _settings(staged.instance) else None


def _settings(instance: Instance) -> dict[str, int | str]:
    """Settings that pages depend on: where they change, all is made anew."""
    words = instance.catalogue
    told = json.dumps(words, ensure_ascii=False) if any(words) else ""
    return {"page_size": instance.page_size, "words": told}


class _Builder:
    """Describes what changed, and writes fragments, sub-catalogues and pages."""

    def __init__(
        self, connection: sqlite3.Connection, staged: Staged, listed: lists.DatasetLists
    ) -> None:
        self._db = connection
        self._listed = listed
        self._instance = staged.instance
        self._staged = staged
        self._folder = staged.instance.root / packs.FOLDER
        number = connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM pack").fetchone()[0]
        self._pack = PackWriter(self._folder, staged.instance.staging, number)

    def write(self, number: int) -> None:
        """Write all; `number` is the ledger's size after the last publication that is told."""
        store = ox.Store.read_only(str(self._staged.store_path))
        describer = Describer(store, self._instance.names, self._instance.catalogue)
        self._db.execute("BEGIN")
        self._datasets(describer)
        self._add_services()
        self._name_lists(describer)
        while self._shared(describer):
            pass  # what is described may refer to more
        old = self._repack()
        compose.pages(self._db, self._instance, self._pack, old)
        self._pack.close(self._db)
        self._drop_unused_packs()
        for key, value in _settings(self._instance).items():
            self._set(key, value)
        self._set("number", number)
        self._set("at", self._staged.events[number - 1]["at"] if number else "")
        self._db.execute("COMMIT")

    def _datasets(self, describer: Describer) -> None:
        for (iri,) in self._db.execute("SELECT iri FROM remake"):
            self._listed.remove(iri)
        for (iri,) in self._db.execute("SELECT iri FROM remake ORDER BY iri"):
            row = self._db.execute(_ENTRY, (iri,)).fetchone()
            if row is not None:  # else it is gone
                entry = Entry(*row)
                description = describer.dataset(entry)
                self._listed.add(
                    iri, entry.source, [entry.identifier], entry.modified, description.triples
                )
                place = self._write(description)
                refers = self._refer(description.references)
                self._db.execute(
                    "UPDATE dataset SET (refers, pack, place) = (?, ?, ?) WHERE iri = ?",
                    (refers, self._pack.number, place, iri),
                )
                self._join(iri, ["", *lists_of(row[1], description.triples)])

    def _write(self, description: Description) -> bytes:
        return self._pack.write(fragments(description.triples))

    def _join(self, iri: str, lists: Iterable[str]) -> None:
        self._db.execute("DELETE FROM member WHERE iri = ?", (iri,))
        self._db.executemany("INSERT INTO member VALUES (?, ?)", [(one, iri) for one in lists])

    def _refer(self, references: Iterable[Reference]) -> bytes:
        """The ids of shared things, which are described later where they are new."""
        rows = [(_id(reference), *reference) for reference in sorted(references)]
        self._db.executemany(
            "INSERT OR IGNORE INTO shared (id, source, iri, role) VALUES (?, ?, ?, ?)", rows
        )
        return b"".join(row[0].to_bytes(8, "big") for row in rows)

    def _add_services(self) -> None:
        """The catalogue itself and all services, though no dataset may refer to them."""
        found = self._db.execute("SELECT iri, source FROM typed WHERE kind = 'DataService'")
        own, role = (self._instance.base, *SHARED), DCAT.DataService.value
        services = [Reference("" if i.startswith(own) else s, i, role) for i, s in found]
        ids = self._refer([Reference("", self._instance.names.catalog, CATALOG), *services])
        catalog = _id(Reference("", self._instance.names.catalog, CATALOG))
        listed = b"".join(sorted(one for one in _split(ids) if one != catalog.to_bytes(8, "big")))
        self._set("catalog", catalog)
        self._set("services", listed)

    def _name_lists(self, describer: Describer) -> None:
        """The names of sub-catalogues that are new, or whose thing has changed."""
        loads = state(self._staged.events)
        rows = self._db.execute(
            "SELECT DISTINCT list FROM member WHERE list != '' AND list NOT IN"
            " (SELECT name FROM list WHERE thing NOT IN (SELECT iri FROM ever_changed))"
        ).fetchall()
        for (name,) in rows:
            kind, _, key = name.partition("/")
            titles = dict(loads[key].get("title", {})) if kind == SOURCES else {}
            thing = thing_of(name)
            titles = titles or describer.names_of(thing)
            row = (name, thing, json.dumps(titles, ensure_ascii=False, sort_keys=True))
            self._db.execute("INSERT OR REPLACE INTO list VALUES (?, ?, ?)", row)

    def _shared(self, describer: Describer) -> bool:
        """Describe shared things that are new or changed; whether there were any."""
        rows = self._db.execute(
            "SELECT id, source, iri, role FROM shared WHERE pack IS NULL"
            " OR (pack != ? AND iri IN (SELECT iri FROM ever_changed)) ORDER BY iri, role, source",
            (self._pack.number,),
        ).fetchall()
        for key, *reference in rows:
            description = describer.shared(Reference(*reference))
            place = self._write(description)
            if reference[2] == CATALOG:
                self._set("publisher", _publisher(description))
            self._db.execute(
                "UPDATE shared SET (refers, pack, place) = (?, ?, ?) WHERE id = ?",
                (self._refer(description.references), self._pack.number, place, key),
            )
        return bool(rows)

    def _repack(self) -> set[int]:
        """Copy what is still used of small packs, so that their number and waste stay small.

        Returns the packs that are copied.
        """
        rows = self._db.execute("SELECT id, SUM(size) FROM pack GROUP BY id").fetchall()
        sizes = dict(rows)
        if not sizes:
            return set()
        largest = max(sizes, key=lambda pack: (sizes[pack], pack))
        old = set(sizes) - {largest} if len(sizes) >= _MOST_PACKS else set[int]()
        if 2 * self._used(largest) < sizes[largest]:
            old.add(largest)
        for table, key in (("dataset", "iri"), ("shared", "id")):
            self._copy(table, key, old)
        return old

    def _used(self, pack: int) -> int:
        """The bytes of a pack that are still used."""
        query = "SELECT place FROM {} WHERE pack = ?"
        rows = (self._db.execute(query.format(t), (pack,)) for t in ("dataset", "shared", "page"))
        return sum(packs.total(place) for found in rows for (place,) in found)

    def _copy(self, table: str, key: str, old: set[int]) -> None:
        names = self._db.execute("SELECT id, extension, sha256 FROM pack").fetchall()
        readers = {
            s.extension: PackReader(
                self._folder, [(n, d) for n, e, d in names if e == s.extension], s.extension
            )
            for s in STORED
        }
        for pack in sorted(old):
            for rows in self._batches(table, key, pack):
                moved = [
                    (self._pack.write([r.read(pack, place) for r in readers.values()]), name)
                    for name, place in rows
                ]
                self._db.executemany(
                    f"UPDATE {table} SET (pack, place) = ({self._pack.number}, ?) WHERE {key} = ?",
                    moved,
                )

    def _batches(self, table: str, key: str, pack: int) -> Iterator[list[tuple[object, bytes]]]:
        """The fragments of a pack, in the order of their keys; those given may be moved."""
        last: object = "" if table == "dataset" else -1
        query = (
            f"SELECT {key}, place FROM {table} WHERE pack = ? AND {key} > ?"
            f" ORDER BY {key} LIMIT {_BATCH}"
        )
        while rows := self._db.execute(query, (pack, last)).fetchall():
            last = rows[-1][0]
            yield rows

    def _drop_unused_packs(self) -> None:
        self._db.execute(
            "DELETE FROM pack WHERE id NOT IN"
            " (SELECT pack FROM dataset UNION SELECT pack FROM shared UNION SELECT pack FROM page)"
        )

    def _set(self, key: str, value: object) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _publisher(description: Description) -> str:
    values = (t.object for t in description.triples if t.predicate == DCT.publisher)
    return next((v.value for v in values if isinstance(v, ox.NamedNode)), "")


def _id(reference: Reference) -> int:
    """The id of a shared thing: the same in every list."""
    digest = hashlib.blake2b(repr(tuple(reference)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _split(ids: bytes) -> Iterator[bytes]:
    return (ids[i : i + 8] for i in range(0, len(ids), 8))
