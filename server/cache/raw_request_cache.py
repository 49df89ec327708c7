"""Replies by the very bytes of the requests that got them: the shortest way to an answer.

Programs that ask again send the same head again, so nothing of it needs to be read a second time.
"""

from __future__ import annotations

from typing import NamedTuple

from server.cache.lru import Lru
from server.http.messages import HttpResponse

_MOST_KEPT = 32 << 20  # bytes of all replies
_CLOSE = "Connection: close\r\n"
_MOST = 1 << 16  # bytes of a body; larger ones are found by `Results`


class EncodedResponse(NamedTuple):
    """A reply as bytes: status line, then all that comes behind the date; and whether it is the
    connection's last."""

    status: bytes
    rest: bytes
    last: bool


def encode_response(reply: HttpResponse, last: bool = False) -> EncodedResponse:
    """A reply as bytes; a body that is a file is left out."""
    fields = "".join([f"{name}: {value}\r\n" for name, value in reply.headers])
    head = f"{fields}{_CLOSE if last else ''}\r\n".encode("latin-1")
    body = reply.body if isinstance(reply.body, bytes) else b""
    return EncodedResponse(f"HTTP/1.1 {reply.status}\r\n".encode("latin-1"), head + body, last)


class RawRequestCache:
    """Replies of one process by request, each good while its snapshot is the current one."""

    def __init__(self, budget: int) -> None:
        self._kept: Lru[bytes, tuple[str, EncodedResponse]] = Lru(min(budget, _MOST_KEPT))

    def get(self, request: bytes, snapshot: str) -> EncodedResponse | None:
        """The reply that these bytes get while that snapshot is current."""
        found = self._kept.get(request)
        return found[1] if found and found[0] == snapshot else None

    def put(self, request: bytes, reply: HttpResponse, encoded: EncodedResponse) -> None:
        """Keep a reply that would be the same again, in case it is asked for again."""
        if reply.snapshot and isinstance(reply.body, bytes) and len(reply.body) <= _MOST:
            size = len(request) + len(encoded.rest)
            self._kept.put(request, (reply.snapshot, encoded), size)
