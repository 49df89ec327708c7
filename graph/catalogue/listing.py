"""Read a published list: which datasets are on a page, and the fragments of a page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from graph import snapshots
from graph.catalogue import keeping, packs, schema
from graph.catalogue.compose import ids
from graph.catalogue.description.entry import Entry
from graph.catalogue.packs import Fragments, PackReader
from graph.catalogue.syntax import STORED, Syntax
from graph.core.errors import ConfigError
from graph.core.instance import Instance

_AT_ONCE = 500  # ids in one query


@dataclass(frozen=True, slots=True)
class Selection:
    """Which datasets: a list (`org/5296722`; empty: all), changed since a moment (0: any)."""

    name: str = ""
    since: int = 0


class Gone(NamedTuple):
    """A dataset that was in the catalogue; times are xsd:dateTime, `titles` JSON by language."""

    iri: str
    source: str
    identifier: str
    issued: str
    gone: str
    titles: str


class Composed(NamedTuple):
    """The fragments of a page, and a digest that is another one where their bytes are others."""

    fragments: Fragments
    digest: bytes


class Listing:
    """A published list. Safe to use from several threads; opened once in each process."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._db = schema.open_published(path)
        self._lock = Lock()
        rows = self._db.execute("SELECT id, extension, sha256 FROM pack").fetchall()
        self._packs = {
            s.extension: PackReader(
                folder, [(n, d) for n, e, d in rows if e == s.extension], s.extension
            )
            for s in STORED
        }
        self._names = {n: d for n, e, d in rows if e == STORED[0].extension}
        meta = dict(self._db.execute("SELECT key, value FROM meta").fetchall())
        self.number = int(meta["number"])
        self.page_size = int(meta["page_size"])
        self.at = str(meta["at"])
        self.last_modified = _http_date(self.at)
        self.publisher = str(meta["publisher"])
        self._counts = {Selection(): int(meta["total"])}
        self._catalog, self._services = int(meta["catalog"]), bytes(meta["services"])

    def count(self, selection: Selection) -> int:
        """The number of datasets."""
        if selection.since:
            return int(self._one(f"SELECT COUNT(*) {_SINCE}", selection.since, selection.name)[0])
        if selection not in self._counts:
            row = self._one("SELECT COUNT(*) FROM member WHERE list = ?", selection.name)
            self._counts[selection] = int(row[0])
        return self._counts[selection]

    def composed(self, number: int, syntax: Syntax) -> Composed:
        """A page of the whole catalogue, without its head."""
        (packed,) = self._one("SELECT spans FROM page WHERE number = ?", number)
        fragments = self._packs[syntax.fragments].fragments(packed)
        names = "".join(self._names[pack] for pack in fragments.files)
        digest = hashlib.blake2b(packed + names.encode(), digest_size=16)
        return Composed(fragments, digest.digest())

    def page(self, selection: Selection, number: int) -> list[Entry]:
        """The entries of a page, sorted by IRI; the first page is 1."""
        size, skipped = self.page_size, (number - 1) * self.page_size
        if selection.since:
            query = f"SELECT {_COLUMNS} {_SINCE} ORDER BY dataset.iri LIMIT ? OFFSET ?"
            rows = self._all(query, selection.since, selection.name, size, skipped)
        elif selection.name:
            query = f"SELECT {_COLUMNS} {_OF_LIST} ORDER BY member.iri LIMIT ? OFFSET ?"
            rows = self._all(query, selection.name, size, skipped)
        else:
            rows = self._all(_PAGE, number, size)
        return [Entry(*row) for row in rows]

    def dataset(self, iri: str) -> Entry | None:
        """A dataset's entry; None where the catalogue has none."""
        rows = self._all(f"SELECT {_COLUMNS} FROM dataset WHERE iri = ?", iri)
        return Entry(*rows[0]) if rows else None

    def gone(self, iri: str) -> Gone | None:
        """What became of a dataset that is not in the catalogue any more."""
        rows = self._all("SELECT * FROM gone WHERE iri = ?", iri)
        return Gone(*rows[0]) if rows else None

    def lists(self) -> list[str]:
        """The names of all sub-catalogues."""
        return [row[0] for row in self._all("SELECT DISTINCT list FROM member WHERE list != ''")]

    def titles(self, name: str) -> dict[str, str] | None:
        """The names of a sub-catalogue by language; None where there is none of that name."""
        rows = self._all("SELECT titles FROM list WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else None

    def services(self) -> list[tuple[int, str]]:
        """Ids and IRIs of the data services."""
        return sorted(
            ((int(r[0]), str(r[1])) for r in self._rows("id, iri", "shared", ids(self._services))),
            key=lambda row: row[1],
        )

    def datasets(
        self, entries: Sequence[Entry], syntax: Syntax, refers: set[int]
    ) -> Iterator[bytes]:
        """The fragments of datasets; ids of what they refer to are added to `refers`."""
        reader = self._packs[syntax.fragments]
        for start in range(0, len(entries), _AT_ONCE):
            iris = [entry.iri for entry in entries[start : start + _AT_ONCE]]
            marks = ",".join("?" * len(iris))
            query = f"SELECT refers, pack, place FROM dataset WHERE iri IN ({marks}) ORDER BY iri"
            for packed, pack, place in self._all(query, *iris):
                refers.update(ids(packed))
                yield reader.read(pack, place)

    def shared(self, refers: set[int], syntax: Syntax, *, catalog: bool) -> Iterator[bytes]:
        """The fragments of shared things, of those that these refer to, and of the catalogue.

        `catalog`: with the catalogue's own description; without it only what that refers to.
        """
        reader = self._packs[syntax.fragments]
        for key, pack, place in self._shared(refers | {self._catalog}):
            if catalog or key != self._catalog:
                yield reader.read(pack, place)

    def _shared(self, wanted: set[int]) -> list[tuple[int, int, bytes]]:
        """Id, pack and place of shared things and of those that they refer to, sorted by IRI."""
        found: dict[int, tuple[str, str, str, int, bytes]] = {}
        while missing := sorted(wanted - found.keys()):
            columns = "id, iri, role, source, pack, place, refers"
            for key, *row, refers in self._rows(columns, "shared", missing):
                found[key] = (row[0], row[1], row[2], row[3], row[4])
                wanted.update(ids(refers))
        order = sorted(found, key=lambda key: found[key][:3])
        return [(key, *found[key][3:]) for key in order]

    def _rows(self, columns: str, table: str, ids: Sequence[int]) -> Iterator[tuple]:  # type: ignore[type-arg]
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            yield from self._all(f"SELECT {columns} FROM {table} WHERE id IN ({marks})", *some)

    def _all(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _one(self, query: str, *values: object) -> tuple:  # type: ignore[type-arg]
        return self._all(query, *values)[0]


def _http_date(at: str) -> str:
    """A time of the ledger as HTTP writes it; empty before the first publication."""
    return format_datetime(datetime.fromisoformat(at).astimezone(UTC), usegmt=True) if at else ""


_COLUMNS = "dataset.iri, source, identifier, issued, modified"
_OF_LIST = "FROM member JOIN dataset ON dataset.iri = member.iri WHERE list = ?"
_SINCE = "FROM dataset JOIN member ON member.iri = dataset.iri WHERE modified_at >= ? AND list = ?"
_PAGE = (
    f"SELECT {_COLUMNS} FROM dataset WHERE iri >= (SELECT first FROM page WHERE number = ?)"
    " ORDER BY iri LIMIT ?"
)


def find(instance: Instance, number: int) -> Listing | None:
    """The list of the snapshot of this ledger size; None where it is not there (any more).

    Where a snapshot is gone, its list stays for a while (`graph.catalogue.keeping`).
    """
    path = keeping.find(instance, number)
    return _open(instance, path, path.stat().st_ino) if path else None


@lru_cache(maxsize=8)
def _open(instance: Instance, path: Path, _inode: int) -> Listing | None:
    """A list, once a process; None where another version of Ulzii made it."""
    if schema.version_of(path) != schema.VERSION:
        return None
    return Listing(path, instance.root / packs.FOLDER)


def current(instance: Instance) -> Listing:
    """The list of the current snapshot.

    Raises ConfigError where nothing is published, or an earlier version published it.
    """
    now = snapshots.current(instance)
    if now is None:
        raise ConfigError("nothing is published yet", hint="Load sources with `ulzii load`.")
    found = find(instance, now.number) if now.companion(schema.SUFFIX).is_file() else None
    if found is None:
        raise ConfigError(
            f"snapshot {now.name} has no list of datasets: an earlier version published it",
            hint="`ulzii rebuild` makes it.",
        )
    return found
