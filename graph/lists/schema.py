"""The file of lists: an SQLite database, written once in staging and read-only afterwards.

document  every public thing that is listed, as pages show it (graph.lists.document.pack)
hit       the same in few bytes: sort keys, and the ids of its facet values (32 bits each)
packed    columns of all hits, for counting and sorting (graph.lists.columns)
words     FTS5 table with the same row ids: words of titles, words of all other texts, `v{id}` for
          each facet value and `k{number}` for the kind
value     the values of facets, and how many documents have each: the counts of unfiltered lists;
          `inferred` is in how many of them only inferred statements give it
total     how many documents there are of each kind
depends   things whose names are part of a document: a hash of the IRI → document
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SUFFIX = "lists.sqlite"
VERSION = 9
"""Increase it when the tables, what is in them, or the words of texts change: a file of another
version is not updated but made again."""
OLDER = frozenset({7, 8})
"""Versions that are read too, until the next publication: 7 lacks the codes of tables, 8 publishers
and groups of services."""

_TABLES = """
CREATE TABLE about (version INTEGER NOT NULL);
CREATE TABLE document (id INTEGER PRIMARY KEY, key INTEGER NOT NULL, iri TEXT NOT NULL,
  kind INTEGER NOT NULL, data TEXT NOT NULL);
CREATE TABLE hit (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, weight INTEGER NOT NULL,
  moment INTEGER NOT NULL, mn TEXT NOT NULL, en TEXT NOT NULL, facets BLOB NOT NULL);
CREATE TABLE packed (name TEXT PRIMARY KEY, typecode TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE value (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, facet TEXT NOT NULL,
  key TEXT NOT NULL, term TEXT NOT NULL, labels TEXT, count INTEGER NOT NULL,
  inferred INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, facet, key));
CREATE INDEX value_term ON value (term);
CREATE TABLE total (kind INTEGER PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE depends (thing INTEGER, document INTEGER, PRIMARY KEY (thing, document)) WITHOUT ROWID;
CREATE INDEX depends_document ON depends (document);
CREATE VIRTUAL TABLE words USING fts5(title, text, facets, content='', tokenize='ascii');
"""
_MAPPED = 8 << 30  # bytes of a file that all connections read from the same memory
# made after the first rows, which is faster
INDEXES = """
CREATE INDEX IF NOT EXISTS document_key ON document (key);
CREATE INDEX IF NOT EXISTS hit_mn ON hit (kind, mn, id);
CREATE INDEX IF NOT EXISTS hit_en ON hit (kind, en, id);
CREATE INDEX IF NOT EXISTS value_count ON value (kind, facet, count DESC, key);
CREATE INDEX IF NOT EXISTS hit_new ON hit (kind, moment DESC, mn, id);
"""
# a draft is deleted after a crash, so it needs neither a journal nor syncs
_DRAFT = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -65536;
PRAGMA temp_store = FILE;
"""


def create(path: Path) -> sqlite3.Connection:
    """A new, empty file, open for writing."""
    path.unlink(missing_ok=True)
    connection = open_draft(path)
    connection.executescript(_TABLES)
    connection.execute("INSERT INTO about VALUES (?)", (VERSION,))
    return connection


def open_draft(path: Path) -> sqlite3.Connection:
    """A draft, open for writing by this process only."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(_DRAFT)
    return connection


def open_published(path: Path) -> sqlite3.Connection:
    """A published file, which never changes: read-only, from any thread that holds its lock."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.executescript(f"PRAGMA temp_store = MEMORY; PRAGMA mmap_size = {_MAPPED};")
    return connection


def is_current(path: Path) -> bool:
    """Whether a file is there and of this version."""
    return _version(path) == VERSION


def is_readable(path: Path) -> bool:
    """Whether a file is there that lists can be read from."""
    return _version(path) in {VERSION, *OLDER}


def _version(path: Path) -> int:
    if not path.is_file():
        return 0
    try:
        with closing(open_published(path)) as connection:
            (found,) = connection.execute("SELECT version FROM about").fetchone() or (0,)
            return int(found)
    except sqlite3.DatabaseError:
        return 0
