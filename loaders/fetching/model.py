"""Requests of a source, their responses, and a run of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from graph.archive import Archive
from graph.core.errors import InputError, UlziiError

_LOAD_AGAIN = "Load again when the source responds."


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
        return self.method or ("POST" if self.sent else "GET")

    @property
    def sent(self) -> str:
        """The body as text; empty without one."""
        if self.body is not None:
            return json.dumps(self.body, sort_keys=True, ensure_ascii=False)
        return self.content if self.form is None else urlencode(self.form)

    @property
    def key(self) -> str:
        """What identifies the request: the same one under another name is the same."""
        if self.path:
            return str(self.path)
        return request_key(self.verb, self.url, self.sent, self.headers)


def request_key(verb: str, url: str, sent: str, headers: Mapping[str, str]) -> str:
    """SHA-256 over all of a request that its description decides."""
    lower = sorted((name.lower(), value) for name, value in headers.items())
    return hashlib.sha256(json.dumps([verb, url, sent, lower]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """The response to one request, a local file, or the body of one write.

    `digest` and `size` are of its bytes, which are archived; empty and 0 where there are none.
    `status` is the HTTP status, 0 where there was no response. A local file has none: its `kind` is
    `file`, and `date` is its own date where the source's description states it. `error` is empty
    when the response can be used; of a `detail` that could not be fetched it says why, and `stale`
    says so where the last answer stands in for it. `kept` is the time (RFC 3339) of the earlier run
    whose response it is: part of it counts on beside what came now.

    `final` is the URL after redirects, where there were any, `redirects` are those that led to it;
    `charset`, `etag` and `last_modified` are from the headers. `sent` and `headers` are those of
    the request. `method` is its HTTP method if not GET; of a write (`PUT`), with `agent`, the name
    of the token. `hint` says what to do about the error, if not to load again; the ledger does
    not have it.
    """

    name: str
    url: str
    status: int
    media_type: str
    digest: str = ""
    size: int = 0
    error: str = ""
    kind: str = ""
    date: str = ""
    final: str = ""
    redirects: tuple[str, ...] = ()
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    stale: str = ""
    kept: str = ""
    detail: bool = False
    method: str = ""
    sent: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    agent: str = ""
    hint: str = ""

    @property
    def failed(self) -> bool:
        """Whether the run must stop here."""
        return bool(self.error) and not self.detail

    @property
    def key(self) -> str:
        """The key of its request; of a local file nothing that is compared."""
        return request_key(self.method or "GET", self.url, self.sent, self.headers)


@dataclass(frozen=True, slots=True)
class FetchedRun:
    """The responses of one run, and the archive that has their bytes now.

    `error` is why the run failed as a whole, though its responses may be usable: a list is not
    complete, for example.
    """

    source: str
    responses: list[FetchResponse]
    archive: Archive
    error: UlziiError | None = None

    @property
    def failure(self) -> UlziiError | None:
        """Why the run failed; None where it succeeded."""
        if self.error:
            return self.error
        for response in self.responses:
            if response.failed:
                return InputError(
                    response.error,
                    where=f"{self.source} {response.url}",
                    hint=f"Nothing was changed. {response.hint or _LOAD_AGAIN}",
                )
        return None
