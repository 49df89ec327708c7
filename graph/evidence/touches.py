"""Which loads changed what is said of a subject: a table in `cache/index.sqlite`.

It is made from the archived patches: for each load the first 8 bytes of the SHA-256 of every
subject's IRI that its patch names. So it answers in milliseconds when a subject was first and last
seen, and which load a statement is owed to, without comparing all versions.

The table is a cache. A load is in it with the digest of its patch and the number of its rows; what
disagrees with the ledger is thrown away and made again. A subject's hash may be another's, so that
a load may be given in which the subject did not change: who asks reads its lines. Whether a row was
taken out is seen only by reading all patches again (`ulzii verify`, level 2).
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event, Events
from graph.statements import patch

DATABASE: Final = "index.sqlite"
_logger = logging.getLogger(__name__)

_WAIT = 10.0  # seconds for another writer
_TABLES = """
CREATE TABLE IF NOT EXISTS patch
    (load INTEGER PRIMARY KEY, digest TEXT NOT NULL, subjects INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS touched
    (subject INTEGER, load INTEGER, PRIMARY KEY (subject, load)) WITHOUT ROWID;
"""


class Touched(NamedTuple):
    """The Load events of a source whose patch may change a subject, in order.

    `first` are those without a patch, before a version of the source was published: whether they
    have the subject is not in the table.
    """

    first: list[Event]
    changed: list[Event]


def touched(instance: Instance, events: Events, source: str, subject: str) -> Touched:
    """The loads of a source that may have changed what is said of a subject (an IRI).

    Loads that were never published are among them. Raises IntegrityError where a patch is missing
    or damaged.
    """
    loads = list(events.find("Load", source))
    found = _loads_of(instance, loads, key(subject))
    return Touched(
        [load for load in loads if not load["patch"]],
        [load for load in loads if load["patch"] and load["index"] in found],
    )


def _loads_of(instance: Instance, loads: list[Event], subject: int) -> set[int]:
    archive, path = Archive(instance.archive), instance.cache / DATABASE
    try:
        return _ask(_connect(path), archive, loads, subject)
    except (OSError, sqlite3.OperationalError):  # it cannot be written
        pass
    except sqlite3.DatabaseError:  # it is damaged
        path.unlink(missing_ok=True)
    return _ask(_connect(Path(":memory:")), archive, loads, subject)


def _ask(
    database: sqlite3.Connection, archive: Archive, loads: list[Event], subject: int
) -> set[int]:
    with closing(database):
        _add_new(database, archive, loads)
        query = "SELECT load FROM touched WHERE subject = ?"
        return {number for (number,) in database.execute(query, (subject,))}


def keep(instance: Instance, loads: Iterable[Event]) -> None:
    """Put new loads into the table, so that the next question need not; it puts them there itself
    where that fails.

    Raises IntegrityError where a patch is missing or damaged.
    """
    try:
        with closing(_connect(instance.cache / DATABASE)) as database:
            _add_new(database, Archive(instance.archive), loads)
    except (OSError, sqlite3.Error) as error:
        _logger.warning("cache/%s: %s", DATABASE, error)


def _add_new(database: sqlite3.Connection, archive: Archive, loads: Iterable[Event]) -> None:
    known = dict(database.execute("SELECT load, digest FROM patch"))
    for load in loads:
        if load["patch"] and known.get(load["index"]) != load["patch"]["sha256"]:
            if load["index"] in known:  # of another ledger in the same place
                _remove(database, load["index"])
            _add(database, archive, load["index"], load["patch"]["sha256"])


def _remove(database: sqlite3.Connection, load: int) -> None:
    with database:
        database.execute("DELETE FROM touched WHERE load = ?", (load,))
        database.execute("DELETE FROM patch WHERE load = ?", (load,))


def key(subject: str) -> int:
    """The first 8 bytes of the SHA-256 of an IRI, as a signed number, which SQLite keeps."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big", signed=True)


def _add(database: sqlite3.Connection, archive: Archive, load: int, digest: str) -> None:
    keys = {key(subject) for subject in subjects(archive, digest)}
    with database:
        rows = ((one, load) for one in sorted(keys))
        database.executemany("INSERT OR IGNORE INTO touched VALUES (?, ?)", rows)
        database.execute("INSERT OR REPLACE INTO patch VALUES (?, ?, ?)", (load, digest, len(keys)))


def subjects(archive: Archive, digest: str) -> Iterator[str]:
    """The subjects of a patch, each once where its lines follow each other."""
    last = b""
    for _, _, line in patch.read(archive, digest):
        subject = line[1 : line.index(b"> ")]
        if subject != last:
            yield subject.decode()
            last = subject


def _connect(path: Path) -> sqlite3.Connection:
    if path.name == DATABASE:
        path.parent.mkdir(mode=0o700, exist_ok=True)
    database = sqlite3.connect(path, timeout=_WAIT)
    try:
        database.executescript(_TABLES)
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
