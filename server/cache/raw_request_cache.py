"""Encoded responses by the raw bytes of their requests: the shortest path to an answer.

A program that repeats a query sends the same request head again, so a hit needs no parsing.
"""

from __future__ import annotations

from typing import NamedTuple

from server.cache.lru import Lru
from server.http.messages import HttpResponse

_MAX_BUDGET = 32 << 20  # bytes of all responses
_MAX_BODY = 1 << 16  # bytes of a body; the response cache serves larger ones
_CLOSE = "Connection: close\r\n"


class EncodedResponse(NamedTuple):
    """A response as bytes: the status line, and everything that follows the Date header.

    `last` says that the connection is closed after it.
    """

    status: bytes
    rest: bytes
    last: bool


def encode_response(response: HttpResponse, last: bool = False) -> EncodedResponse:
    """A response as bytes; a body that is a file is left out."""
    fields = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    head = f"{fields}{_CLOSE if last else ''}\r\n".encode("latin-1")
    body = response.body if isinstance(response.body, bytes) else b""
    status = f"HTTP/1.1 {response.status}\r\n".encode("latin-1")
    return EncodedResponse(status=status, rest=head + body, last=last)


class RawRequestCache:
    """Encoded responses of one process, each valid while its snapshot is the current one."""

    def __init__(self, budget: int) -> None:
        self._stored: Lru[bytes, tuple[str, EncodedResponse]] = Lru(min(budget, _MAX_BUDGET))

    def get(self, request: bytes, snapshot: str) -> EncodedResponse | None:
        """The response to a raw request while that snapshot is current; None if not cached."""
        entry = self._stored.get(request)
        return entry[1] if entry and entry[0] == snapshot else None

    def put(self, request: bytes, response: HttpResponse, encoded: EncodedResponse) -> None:
        """Cache a response, unless the same request may get another one next time."""
        body = response.body
        if response.snapshot and isinstance(body, bytes) and len(body) <= _MAX_BODY:
            size = len(request) + len(encoded.rest)
            self._stored.put(request, (response.snapshot, encoded), size)
