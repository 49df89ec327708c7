"""Requests of a source and their responses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One file to read (`path`), or one URL to request.

    `name` becomes the name of the capture (`search/2.json`). At most one of `body` (a value, sent
    as JSON), `form` (fields, sent as `application/x-www-form-urlencoded`) and `content` (text, sent
    as UTF-8 with the Content-Type of `headers`) is given. `method` is GET without any of them and
    POST with one, unless it says otherwise. `headers` are sent beside the usual ones
    (`{"Accept": "text/turtle"}`); never credentials.

    A `detail` describes one record that a list names: where its request fails, the run goes on, and
    the last answer to the same request stands in for it (`Capture.stale`).
    """

    name: str
    url: str
    path: Path | None = None
    body: Any = None
    form: Mapping[str, str] | None = None
    content: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    detail: bool = False

    @property
    def verb(self) -> str:
        """The HTTP method."""
        has_content = self.body is not None or self.form is not None or self.content
        return self.method or ("POST" if has_content else "GET")

    @property
    def key(self) -> str:
        """What identifies the request: SHA-256 over everything that is sent. The same request
        under another name is the same."""
        if self.path:
            sent: list[Any] = [str(self.path)]
        else:
            headers = sorted((name.lower(), value) for name, value in self.headers.items())
            sent = [self.verb, self.url, self.body, self.form, self.content, headers]
        return hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
