"""The newest probe result of each URL, in one SQLite file beside the ledger."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from graph.core.instance import Instance
from loaders.link_checks.probe import ProbeResult
from shapes.quality.scored_resource import ProbedAddress

_TABLE = "CREATE TABLE IF NOT EXISTS checks (url TEXT PRIMARY KEY, at TEXT, found TEXT) STRICT"
_UPSERT = "INSERT INTO checks VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = ?2, found = ?3"


def recorded(path: Path, urls: Iterable[str]) -> dict[str, ProbeResult]:
    """The newest results of some URLs. Nothing is written; a file that is not there has none."""
    wanted = list(dict.fromkeys(urls))
    if not wanted or not path.exists():
        return {}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
        marks = ", ".join("?" * len(wanted))
        rows = file.execute(f"SELECT found FROM checks WHERE url IN ({marks})", wanted)
        return {one.url: one for one in (_from_json(text) for (text,) in rows)}


def store_path(instance: Instance) -> Path:
    """The path of the SQLite file of an instance."""
    return instance.root / "url-checks.sqlite"


class UrlChecks:
    """The newest result of each URL. Close it, or use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(_TABLE)

    def save(self, *results: ProbeResult) -> None:
        """Save results; each replaces the earlier one of its URL."""
        rows = ((one.url, one.at, json.dumps(asdict(one), ensure_ascii=False)) for one in results)
        self._file.executemany(_UPSERT, rows)

    def all(self) -> list[ProbeResult]:
        """All results, sorted by URL."""
        rows = self._file.execute("SELECT found FROM checks ORDER BY url")
        return [_from_json(text) for (text,) in rows]

    def addresses(self) -> dict[str, ProbedAddress]:
        """The results that scores use, by URL; without refused URLs, which got no request."""
        return {one.url: _address(one) for one in self.all() if one.error != "refused"}

    def due(self, urls: Iterable[str], now: str, days: float) -> list[str]:
        """The URLs that were not probed within the last `days` before `now` (RFC 3339)."""
        limit = (datetime.fromisoformat(now) - timedelta(days=days)).isoformat()
        rows = self._file.execute("SELECT url FROM checks WHERE at > ?", (limit,))
        recent = {url for (url,) in rows}
        return [url for url in urls if url not in recent]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> UrlChecks:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _from_json(text: str) -> ProbeResult:
    values = json.loads(text)
    return ProbeResult(**values | {"redirects": tuple(values["redirects"])})


def _address(result: ProbeResult) -> ProbedAddress:
    return ProbedAddress(
        result.status, result.media_type, result.length, result.sha256, result.html
    )
