"""A write of the published graphs: who may, what was sent, and what is answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graph.core.errors import BusyError
from graph.core.instance import Instance
from loaders.editable import process
from loaders.editable.write import WriteLimits, WriteOutcome, WriteRequest
from server.auth import bearer
from server.auth.tokens import AccessToken, TokenStore
from server.http import wsgi_request
from server.http.messages import SHARED, Headers, HttpResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_AT_ONCE = 4  # writes of one web process that run or wait; each takes a process of its own
_PATIENCE = 10.0  # seconds to wait for those before, and again for another writer


class UpdateWriter:
    """Writes of one instance."""

    def __init__(self, instance: Instance, limits: WriteLimits | None = None) -> None:
        self.instance = instance
        self.tokens = TokenStore(instance)
        self._limits = limits or WriteLimits(wait=_PATIENCE)
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def token(self, environ: WSGIEnvironment) -> AccessToken:
        """The token of a request that wants to write.

        Raises HttpProblem (401).
        """
        return bearer.require_token(environ.get("HTTP_AUTHORIZATION", ""), self.tokens)

    def run(self, wanted: WriteRequest) -> WriteOutcome:
        """Do a write. Raises what `loaders.editable.write` does; BusyError where too many wait."""
        with self._turn():
            return process.run(self.instance, wanted, self._limits)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._room.acquire(timeout=_PATIENCE):
            raise BusyError("too many writes are waiting", hint="Try again later.")
        try:
            yield
        finally:
            self._room.release()


def write_response(
    done: WriteOutcome, environ: WSGIEnvironment, instance: Instance
) -> HttpResponse:
    """The answer to a write that was done: 201, 200, or 204 where nothing had to be changed."""
    if done.status == "same":
        return HttpResponse("204 No Content", [*SHARED])
    names = instance.names
    version, graph = names.version(done.source, done.version), names.graph(done.source)
    facts = {
        "graph": graph,
        "version": version,
        "snapshot": done.snapshot,
        "statements": done.statements,
        "etag": f'"{done.tag}"' if done.tag else None,
    }
    body = json.dumps(facts).encode()
    headers: Headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Ulzii-Snapshot", str(done.snapshot)),
        ("Ulzii-Version", version),
        ("Cache-Control", "no-store"),
        *SHARED,
    ]
    if done.created:
        headers.append(("Location", f"{wsgi_request.root_url(environ)}/graph-store/{done.source}"))
    return HttpResponse("201 Created" if done.created else "200 OK", headers, body)
