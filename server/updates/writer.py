"""Writes to the published graphs: authorisation, limits, and the response."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graph.core.errors import BusyError, UlziiError
from graph.core.instance import Instance
from loaders.editable import process
from loaders.editable.write import WriteLimits, WriteOutcome, WriteRequest
from server.auth import bearer
from server.auth.tokens import AccessToken, TokenStore
from server.http import wsgi_request
from server.http.messages import SHARED, Headers, HttpResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MAX_WRITES = 4  # of one web process at a time; each runs in a process of its own
_MAX_WAIT = 10.0  # seconds to wait for a slot, and then again for the writer lock


class UpdateWriter:
    """Writes of one instance."""

    def __init__(self, instance: Instance, limits: WriteLimits | None = None) -> None:
        self.instance = instance
        self.tokens = TokenStore(instance)
        self._limits = limits or WriteLimits(wait=_MAX_WAIT)
        self._slots = threading.BoundedSemaphore(_MAX_WRITES)

    def token(self, environ: WSGIEnvironment) -> AccessToken:
        """The token of a write request. Raises HttpProblem (401) if there is no valid one."""
        return bearer.require_token(environ.get("HTTP_AUTHORIZATION", ""), self.tokens)

    def run(self, request: WriteRequest) -> WriteOutcome:
        """Carry out a write.

        Raises what `loaders.editable.write` raises, and BusyError if too many writes are waiting.
        """
        asked, started = time.monotonic(), 0.0
        try:
            with self._slot():
                started = time.monotonic()
                return process.run(self.instance, request, self._limits)
        except UlziiError as error:
            error.timing = _timing(error, asked, started)
            raise

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=_MAX_WAIT):
            raise BusyError("too many writes are waiting", hint="Try again later.")
        try:
            yield
        finally:
            self._slots.release()


def _timing(error: UlziiError, asked: float, started: float) -> tuple[float, float]:
    """The seconds that a write waited and ran; one that is refused as busy only waited."""
    now = time.monotonic()
    begun = now if isinstance(error, BusyError) else started
    return begun - asked, now - begun


def write_response(
    done: WriteOutcome, environ: WSGIEnvironment, instance: Instance
) -> HttpResponse:
    """The response to a completed write: 201, 200, or 204 if nothing had to be changed."""
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
