"""Which fragments make a page of the whole catalogue, found when it is published.

A page is then a few reads, however many datasets are on it. What lists them is a fragment too, made
anew only where other datasets are on the page.
"""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from graph.catalogue.description.entry import Entry
from graph.catalogue.packs import PackWriter, encode, spans
from graph.catalogue.syntax import fragments
from graph.core.instance import Instance
from vocab.namespaces import DCAT, RDF

_REMEMBERED = 50_000  # shared things in memory
_ROWS = (
    "SELECT iri, source, identifier, issued, modified, refers, pack, place FROM dataset"
    " ORDER BY iri"
)
_SHARED = "SELECT iri, role, source, pack, place, refers, id FROM shared"
Shared = tuple[tuple[str, str, str], int, bytes, list[int]]
"""A shared thing: what it is sorted by, its pack and place, and the ids of what it refers to."""


def pages(db: sqlite3.Connection, instance: Instance, pack: PackWriter, old: set[int]) -> None:
    """Write the table of pages; fragments in packs of `old` have been copied to another one."""
    composer, size = _Composer(db, instance, pack, old), instance.page_size
    (total,) = db.execute("SELECT COUNT(*) FROM dataset").fetchone()
    last = max(1, -(-total // size))
    rows = db.execute(_ROWS)
    for number in range(1, last + 1):
        composer.write(number, rows.fetchmany(size), last=number == last)
    db.execute("DELETE FROM page WHERE number > ?", (last,))
    db.execute("INSERT OR REPLACE INTO meta VALUES ('total', ?)", (total,))


def listed(root: ox.NamedNode, entries: Sequence[Entry], instance: Instance) -> Iterator[ox.Triple]:
    """What lists datasets and their records in a catalogue."""
    yield ox.Triple(root, RDF.type, DCAT.Catalog)
    for entry in entries:
        yield ox.Triple(root, DCAT.dataset, ox.NamedNode(entry.iri))
        yield ox.Triple(root, DCAT.record, ox.NamedNode(entry.record(instance.names)))


class _Composer:
    """Composes pages; remembers where shared things are."""

    def __init__(
        self, db: sqlite3.Connection, instance: Instance, pack: PackWriter, old: set[int]
    ) -> None:
        self._db = db
        self._instance = instance
        self._pack = pack
        self._old = old
        self._root = ox.NamedNode(instance.names.catalog)
        meta = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('catalog', 'services')"))
        self._catalog = int(meta["catalog"])
        self._known = _remembered(db)
        services = ((self._shared(one)[0][0], one) for one in ids(meta["services"]))
        self._services = sorted(services)

    def write(self, number: int, rows: Sequence[tuple[Any, ...]], *, last: bool) -> None:
        """Compose a page of these datasets, and as many services; the rest is on the last page."""
        size = self._instance.page_size
        services = self._services[(number - 1) * size : None if last else number * size]
        entries = [Entry(*row[:5]) for row in rows]
        members = _digest(entries, services)
        listing = self._listing(number, members) or self._list(entries, services)
        refers = {self._catalog, *(key for _, key in services)}
        for row in rows:
            refers.update(ids(row[5]))
        places = [listing, *(row[6:8] for row in rows), *self._closure(refers)]
        self._db.execute(
            "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?)",
            (number, entries[0].iri if entries else "", members, *listing, encode(spans(places))),
        )

    def _listing(self, number: int, members: bytes) -> tuple[int, bytes] | None:
        """The fragment that lists these members, where the last version of the page has it."""
        query = "SELECT pack, place FROM page WHERE number = ? AND members = ?"
        found: tuple[int, bytes] | None = self._db.execute(query, (number, members)).fetchone()
        return found if found and found[0] not in self._old else None

    def _list(
        self, entries: Sequence[Entry], services: Sequence[tuple[str, int]]
    ) -> tuple[int, bytes]:
        triples = [
            *listed(self._root, entries, self._instance),
            *(ox.Triple(self._root, DCAT.service, ox.NamedNode(iri)) for iri, _ in services),
        ]
        return self._pack.number, self._pack.write(fragments(sorted(triples, key=str)))

    def _closure(self, wanted: set[int]) -> list[tuple[int, bytes]]:
        """Pack and place of shared things, and of those that they refer to, sorted by IRI."""
        pending, seen = list(wanted), set(wanted)
        found = []
        while pending:
            one = self._shared(pending.pop())
            found.append(one)
            pending.extend(key for key in one[3] if key not in seen)
            seen.update(one[3])
        return [(pack, place) for _, pack, place, _ in sorted(found)]

    def _shared(self, key: int) -> Shared:
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = _found(
                self._db.execute(f"{_SHARED} WHERE id = ?", (key,)).fetchone()
            )
        return self._known[key]


def _remembered(db: sqlite3.Connection) -> dict[int, Shared]:
    """Shared things by id, where they are few: at once costs less than one by one."""
    rows = db.execute(f"{_SHARED} LIMIT ?", (_REMEMBERED,))
    return {row[-1]: _found(row) for row in rows}


def _found(row: tuple[Any, ...]) -> Shared:
    iri, role, source, pack, place, refers, _ = row
    return (iri, role, source), pack, place, ids(refers)


def _digest(entries: Sequence[Entry], services: Sequence[tuple[str, int]]) -> bytes:
    names = [*((entry.iri, entry.source) for entry in entries), *services]
    return hashlib.blake2b(repr(names).encode(), digest_size=16).digest()


def ids(packed: bytes) -> list[int]:
    """The ids of shared things from the bytes of a column."""
    return list(struct.unpack(f">{len(packed) // 8}Q", packed))
