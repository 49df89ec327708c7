"""The list of a catalogue: an SQLite file beside a snapshot, which names fragments in packs.

It holds the datasets with their entries, what they refer to, which sub-catalogues they are in, and
those that are gone. Fragments lie in packs (`graph.catalogue.packs`).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SUFFIX = "catalogue.sqlite"
VERSION = 2

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- a source's statement that something is a dataset, a series or a service, by its last segment
CREATE TABLE typed (iri TEXT, source TEXT, kind TEXT, PRIMARY KEY (iri, source, kind))
  WITHOUT ROWID;
CREATE TABLE stated_identifier (iri TEXT, source TEXT, identifier TEXT,
  PRIMARY KEY (iri, source, identifier)) WITHOUT ROWID;
-- which node is a part of which: a change of a part is a change of its dataset
CREATE TABLE part (child TEXT, parent TEXT, source TEXT, PRIMARY KEY (child, parent, source))
  WITHOUT ROWID;
-- `refers` are the ids of shared things, `place` is the fragment
CREATE TABLE dataset (iri TEXT PRIMARY KEY, source TEXT, identifier TEXT,
  issued TEXT, modified TEXT, modified_at INTEGER, refers BLOB, pack INTEGER, place BLOB)
  WITHOUT ROWID;
CREATE UNIQUE INDEX dataset_identifier ON dataset (identifier);
CREATE INDEX dataset_modified ON dataset (modified_at, iri);
CREATE TABLE gone (iri TEXT PRIMARY KEY, source TEXT, identifier TEXT, issued TEXT, gone TEXT,
  titles TEXT) WITHOUT ROWID;
CREATE INDEX gone_identifier ON gone (identifier);
CREATE TABLE shared (id INTEGER PRIMARY KEY, source TEXT, iri TEXT, role TEXT, refers BLOB,
  pack INTEGER, place BLOB);
CREATE INDEX shared_iri ON shared (iri);
-- the sub-catalogues that a dataset is in: `org/5296722`, `theme/AGRI`; the whole one is empty
CREATE TABLE member (list TEXT, iri TEXT, PRIMARY KEY (list, iri)) WITHOUT ROWID;
CREATE INDEX member_iri ON member (iri);
CREATE TABLE list (name TEXT PRIMARY KEY, thing TEXT, titles TEXT) WITHOUT ROWID;
-- the pages of the whole catalogue: `members` is a digest of what is on it, `pack` and `place` the
-- fragment that lists it, `spans` all its fragments
CREATE TABLE page (number INTEGER PRIMARY KEY, first TEXT, members BLOB, pack INTEGER, place BLOB,
  spans BLOB);
CREATE TABLE pack (id INTEGER, extension TEXT, sha256 TEXT, size INTEGER,
  PRIMARY KEY (id, extension)) WITHOUT ROWID;
"""


def create(path: Path) -> sqlite3.Connection:
    """A new, empty list."""
    connection = open_draft(path)
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO meta VALUES ('version', ?)", (VERSION,))
    return connection


def open_draft(path: Path) -> sqlite3.Connection:
    """A list that is not published yet, for writing. A crash leaves a draft, which is deleted."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    connection.execute("PRAGMA temp_store = FILE")
    return connection


def open_published(path: Path) -> sqlite3.Connection:
    """A published list, which never changes: read-only, from any thread that holds its lock."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


def version_of(path: Path) -> int:
    """The version of a list's tables; 0 where it cannot be read."""
    try:
        return _meta(path, "version")
    except (sqlite3.Error, TypeError):
        return 0


def number_of(path: Path) -> int:
    """The ledger's size after the publication that made a list."""
    return _meta(path, "number")


def _meta(path: Path, key: str) -> int:
    with closing(open_published(path)) as connection:
        query = "SELECT value FROM meta WHERE key = ?"
        return int(connection.execute(query, (key,)).fetchone()[0])
