"""The saved queries of an instance, in one SQLite file.

The short name is derived from the query's hash. So the same query always has the same URL, and a
URL never comes to mean another query.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from base64 import b32encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from graph.core.errors import ConfigError, StorageError
from graph.core.instance import Instance
from graph.ledger.events import now

MAX_QUERIES = 10_000
_MIN_LENGTH = 8  # letters of a name; more if two hashes begin alike
_TABLE = """CREATE TABLE IF NOT EXISTS saved (
    short TEXT PRIMARY KEY, text TEXT NOT NULL UNIQUE, mn TEXT NOT NULL, en TEXT NOT NULL,
    at TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query, its title in Mongolian and English, and when it was saved (RFC 3339)."""

    short: str
    text: str
    mn: str
    en: str
    at: str

    @classmethod
    def from_row(cls, row: Sequence[str]) -> SavedQuery:
        """The query in a row of the table, whose columns are in the order of `_TABLE`."""
        short, text, mn, en, at = row
        return cls(short=short, text=text, mn=mn, en=en, at=at)

    @property
    def title(self) -> dict[str, str]:
        """Its titles by language."""
        return {tag: text for tag, text in (("mn", self.mn), ("en", self.en)) if text}


def normalised(text: str) -> str:
    """A query as it is stored: with line feeds only, and no surrounding space."""
    return text.replace("\r\n", "\n").strip()


def name_from_hash(text: str) -> str:
    """The full name of a query; its URL has a prefix of it that is unique."""
    return b32encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=").lower()


class SavedQueryStore:
    """The saved queries of one instance; may be used from several processes."""

    def __init__(self, instance: Instance) -> None:
        self._path = instance.root / "queries.sqlite"

    def save(self, text: str, mn: str = "", en: str = "") -> SavedQuery:
        """Save a query. If it is saved already, its first titles stay.

        Raises StorageError when MAX_QUERIES are saved.
        """
        text = normalised(text)
        with self._open() as db:
            saved = _one(db, "text = ?", text)
            if saved is not None:
                return saved
            if db.execute("SELECT COUNT(*) FROM saved").fetchone()[0] >= MAX_QUERIES:
                raise StorageError(
                    f"{MAX_QUERIES:,} queries are saved, which is the limit",
                    hint="The operator can remove some with `ulzii queries remove`.",
                )
            saved = SavedQuery(short=_free_name(db, text), text=text, mn=mn, en=en, at=now())
            db.execute(
                "INSERT INTO saved VALUES (?, ?, ?, ?, ?)", (saved.short, text, mn, en, saved.at)
            )
        return saved

    def find(self, short: str) -> SavedQuery | None:
        """The query with a short name, or None."""
        if not self._path.exists():
            return None
        with self._open() as db:
            return _one(db, "short = ?", short)

    def all(self) -> list[SavedQuery]:
        """All saved queries, the newest first."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM saved ORDER BY at DESC, short").fetchall()
        return [SavedQuery.from_row(row) for row in rows]

    def remove(self, short: str) -> None:
        """Delete a saved query.

        Raises ConfigError if there is none with that name.
        """
        with self._open() as db:
            removed = db.execute("DELETE FROM saved WHERE short = ?", (short,)).rowcount
        if not removed:
            raise ConfigError(
                f"there is no saved query “{short}”", hint="`ulzii queries list` lists them."
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # SQLite would create the file readable for others.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(self._path, timeout=5.0, isolation_level="IMMEDIATE")
        try:
            with db:
                db.execute(_TABLE)
                yield db
        except sqlite3.Error as error:
            raise StorageError(str(error), where=str(self._path)) from error
        finally:
            db.close()


def _one(db: sqlite3.Connection, where: str, value: str) -> SavedQuery | None:
    row = db.execute(f"SELECT * FROM saved WHERE {where}", (value,)).fetchone()
    return SavedQuery.from_row(row) if row else None


def _free_name(db: sqlite3.Connection, text: str) -> str:
    name = name_from_hash(text)
    lengths = range(_MIN_LENGTH, len(name) + 1)
    return next(name[:n] for n in lengths if _one(db, "short = ?", name[:n]) is None)
