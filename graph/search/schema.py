"""The file of the index: an SQLite database, written once in staging and read-only afterwards.

text      every indexed literal of every public graph, as stated
found     FTS5 table of the words in `text`, without a second copy of them
stem      stem → words with this stem          (graph.search.stems)
alike     key → words with this key            (graph.search.normalize)
shape     every geometry literal with its bounding box in degrees
box       R*Tree of these boxes (32-bit numbers, rounded outwards)
link      thing → its geometry
graph     the graphs that are indexed
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from graph.search.properties import SEARCHED

SUFFIX = "search.sqlite"  # of the file beside a snapshot

VERSION = "4"
"""Increase it when the schema, the normalization or the properties change; an index of another
version is not updated but built again."""
OLDER = frozenset({"2", "3"})
"""Versions that are searched too: until the next publication 2 lacks words joined at a hyphen, 3
the stems that хонь and хонины share."""

_TABLES = """
CREATE TABLE about (version TEXT NOT NULL);
CREATE TABLE graph (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
CREATE TABLE property (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
CREATE TABLE text (id INTEGER PRIMARY KEY, key INTEGER NOT NULL, graph INTEGER NOT NULL,
    subject TEXT NOT NULL, property INTEGER NOT NULL, language TEXT NOT NULL,
    datatype TEXT NOT NULL, value TEXT NOT NULL);
CREATE VIRTUAL TABLE found USING fts5(words, content='', tokenize='ascii');
CREATE TABLE stem (stem TEXT, word TEXT, PRIMARY KEY (stem, word)) WITHOUT ROWID;
CREATE TABLE alike (key TEXT, word TEXT, PRIMARY KEY (key, word)) WITHOUT ROWID;
CREATE TABLE shape (id INTEGER PRIMARY KEY, key INTEGER NOT NULL, graph INTEGER NOT NULL,
    subject TEXT NOT NULL, property TEXT NOT NULL, datatype TEXT NOT NULL, value TEXT NOT NULL,
    west REAL, south REAL, east REAL, north REAL);
CREATE VIRTUAL TABLE box USING rtree(id, west, east, south, north);
CREATE TABLE link (geometry TEXT, feature TEXT, graph INTEGER,
    PRIMARY KEY (geometry, feature, graph)) WITHOUT ROWID;
"""
# Created after the first load of rows, which is faster.
INDEXES = """
CREATE INDEX IF NOT EXISTS text_key ON text (key);
CREATE INDEX IF NOT EXISTS shape_key ON shape (key);
"""
# A draft is deleted after a crash, so it needs neither a journal nor syncs.
_DRAFT_PRAGMAS = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -65536;
PRAGMA temp_store = MEMORY;
"""


def create(path: Path) -> sqlite3.Connection:
    """A new, empty index, open for writing."""
    path.unlink(missing_ok=True)
    connection = open_draft(path)
    connection.executescript(_TABLES)
    connection.execute("INSERT INTO about VALUES (?)", (VERSION,))
    # With fixed numbers, which order hits with equal scores the same way in every index.
    connection.executemany("INSERT INTO property (iri) VALUES (?)", [(iri,) for iri in SEARCHED])
    return connection


def open_draft(path: Path) -> sqlite3.Connection:
    """A draft, open for writing by this process only."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(_DRAFT_PRAGMAS)
    return connection


def open_published(path: Path) -> sqlite3.Connection:
    """A published index, open for reading without locks: it never changes.

    Raises sqlite3.OperationalError if there is no file.
    """
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def is_current(path: Path) -> bool:
    """Whether the file is an index of this version."""
    return _version(path) == VERSION


def is_readable(path: Path) -> bool:
    """Whether the file is an index that can be searched."""
    return _version(path) in {VERSION, *OLDER}


def _version(path: Path) -> str:
    connection = open_published(path)
    try:
        return "".join(*connection.execute("SELECT version FROM about").fetchall())
    except (sqlite3.DatabaseError, TypeError):
        return ""
    finally:
        connection.close()
