"""The query log: one JSON line for each query in `logs/queries-YYYY-MM-DD.ndjson`; off by default.

Queries can contain personal data (a citizen's register number in a FILTER), and a plain hash would
reveal it: all numbers of eight digits can be tried in seconds. So no text is written. `query` and
`client` are hashes under a secret that is lost when the server stops, and include the date: they
show only whether two lines of one day are the same. `shape` is a hash of the query without its
strings, numbers and comments, and without anything that looks like a citizen's number. It stays the
same, so kinds of queries can be counted over time.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from graph.core import privacy
from graph.queries import QueryFinished
from graph.queries.syntax.tokens import tokenize
from server.core.metrics import form_label, status_code
from server.http.client_key import TIME_ZONE

FOLDER = "logs"
KEPT_DAYS = 30
_HIDDEN = frozenset({"string", "number"})


class QueryLog:
    """Appends to the file of the day; removes all but the newest KEPT_DAYS files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._day = ""
        self._handle = -1

    def on_start(self) -> None:
        """Do nothing: a query is logged when it ends."""

    def on_finish(self, done: QueryFinished) -> None:
        """Write a query's line. The server's own queries, which have no client, are not logged."""
        if not done.client:
            return
        now = datetime.now(UTC).astimezone(TIME_ZONE)
        day = now.date().isoformat()
        line = {
            "time": now.isoformat(timespec="milliseconds"),
            "form": form_label(done),
            "status": status_code(done),
            "ran": round(done.worker_seconds, 6),
            "waited": round(done.waited, 6),
            "bytes": done.length,
            "snapshot": done.snapshot,
            "query": self._daily_hash(day, done.text),
            "shape": query_shape(done.text),
            "client": self._daily_hash(day, done.client),
        }
        with self._lock:
            # One write to a file opened with O_APPEND, so lines of several processes stay whole.
            os.write(self._file(day), json.dumps(line).encode() + b"\n")

    def _daily_hash(self, day: str, text: str) -> str:
        data = f"{day} {text}".encode("utf-8", "surrogatepass")
        return blake2b(data, key=self._secret, digest_size=8).hexdigest()

    def _file(self, day: str) -> int:
        if day != self._day:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if self._handle >= 0:
                os.close(self._handle)
            name = self._folder / f"queries-{day}.ndjson"
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._handle, self._day = os.open(name, flags, 0o600), day
            for old in sorted(self._folder.glob("queries-*.ndjson"))[:-KEPT_DAYS]:
                old.unlink(missing_ok=True)
        return self._handle


def query_shape(text: str) -> str:
    """A hash of a query without its strings, numbers, comments and personal data."""
    masked = privacy.mask_personal_data(text)
    words = ("?" if t.kind in _HIDDEN else t.text for t in tokenize(masked))
    data = " ".join(words).encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=8).hexdigest()
