"""The query log: one JSON line a query in `logs/queries-YYYY-MM-DD.ndjson`, off by default.

Queries can hold personal data (a citizen's register number in a FILTER), and so can hashes of
them: a number of eight digits is guessed in seconds. So no text is written. `query` is a hash
under a secret that changes every day and dies with the server, as `client` is: it tells only that
two lines of a day are the same. `shape` is a hash of the query without its strings, numbers and
comments, and without anything that looks like a citizen's number: the same kind of question has
the same shape for ever.
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
KEPT_DAYS = 30  # days
_HIDDEN = frozenset({"string", "number"})


class QueryLog:
    """Appends to the file of the day; files older than KEPT days are removed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._day = ""
        self._handle = -1

    def on_start(self) -> None:
        """Nothing is written before the end."""

    def on_finish(self, done: QueryFinished) -> None:
        """Write a query's line. Only strangers' queries are logged, not the server's own."""
        if not done.client:
            return
        now = datetime.now(UTC).astimezone(TIME_ZONE)
        day = now.date().isoformat()
        line = {
            "time": now.isoformat(timespec="milliseconds"),
            "form": form_label(done),
            "status": status_code(done),
            "ran": round(done.ran, 6),
            "waited": round(done.waited, 6),
            "bytes": done.length,
            "snapshot": done.snapshot,
            "query": self._of_the_day(day, done.text),
            "shape": query_shape(done.text),
            "client": self._of_the_day(day, done.client),
        }
        with self._lock:
            os.write(self._file(day), json.dumps(line).encode() + b"\n")  # whole: O_APPEND

    def _of_the_day(self, day: str, text: str) -> str:
        told = f"{day} {text}".encode("utf-8", "surrogatepass")
        return blake2b(told, key=self._secret, digest_size=8).hexdigest()

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
    """A hash of a query without what people type into it."""
    plain = privacy.mask_personal_data(text)
    words = ("?" if t.kind in _HIDDEN else t.text for t in tokenize(plain))
    told = " ".join(words).encode("utf-8", "surrogatepass")
    return blake2b(told, digest_size=8).hexdigest()
