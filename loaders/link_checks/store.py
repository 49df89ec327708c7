"""What the addresses answered, in one SQLite file beside the ledger (`url-checks.sqlite`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from graph.core.instance import Instance
from loaders.link_checks.probe import ProbeResult
from shapes.quality.scored_resource import ProbedAddress

_TABLE = "CREATE TABLE IF NOT EXISTS checks (url TEXT PRIMARY KEY, at TEXT, found TEXT) STRICT"
_KEEP = "INSERT INTO checks VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = ?2, found = ?3"


def place(instance: Instance) -> Path:
    """Where an instance keeps the answers."""
    return instance.root / "url-checks.sqlite"


class UrlChecks:
    """The newest answer of each address. To be closed, or used in a `with` block."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(_TABLE)

    def keep(self, *found: ProbeResult) -> None:
        """Remember answers in place of the ones before."""
        rows = ((one.url, one.at, json.dumps(asdict(one), ensure_ascii=False)) for one in found)
        self._file.executemany(_KEEP, rows)

    def all(self) -> list[ProbeResult]:
        """Every answer, by address."""
        rows = self._file.execute("SELECT found FROM checks ORDER BY url")
        return [_found(text) for (text,) in rows]

    def addresses(self) -> dict[str, ProbedAddress]:
        """What scores need of the answers. Refused addresses were not asked, so they are absent."""
        return {found.url: _address(found) for found in self.all() if found.error != "refused"}

    def due(self, urls: Iterable[str], now: str, days: float) -> list[str]:
        """The addresses not asked within so many days."""
        limit = (datetime.fromisoformat(now) - timedelta(days=days)).isoformat()
        rows = self._file.execute("SELECT url FROM checks WHERE at > ?", (limit,))
        known = {url for (url,) in rows}
        return [url for url in urls if url not in known]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> UrlChecks:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _found(text: str) -> ProbeResult:
    said = json.loads(text)
    return ProbeResult(**said | {"redirects": tuple(said["redirects"])})


def _address(found: ProbeResult) -> ProbedAddress:
    return ProbedAddress(found.status, found.media_type, found.length, found.sha256, found.html)
