"""What goes into the SPARQL endpoint and what comes out of it, as plain values.

`Asked` are the header fields that choose a representation, `Request` is a query as it was asked
for, `Reply` a whole answer with its headers.
"""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING, NamedTuple

from graph.queries import Query, QueryInfo
from graph.queries.model.query import BLOCK
from server.http import problem_details
from server.http.client_key import NOBODY, Client
from server.http.negotiation import Offer
from server.http.problem_details import ProblemDetails

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]
EXPOSED = "ETag, Retry-After, Content-Length, Content-Location, Link, Ulzii-Snapshot, Ulzii-Limits"
# On every answer of the endpoint, errors and 304 too: scripts of any origin may read it.
CORS: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
]
SHARED: Headers = [*CORS, ("Vary", "Accept, Accept-Encoding, Authorization")]


class RequestHeaders(NamedTuple):
    """Accept, If-None-Match, Accept-Encoding of a request, the seconds it waits by header, and
    the snapshot that its address names; empty where there is none. `readable` are the restricted
    graphs that its token may read, `address` is what stands behind the question mark in its
    address, where nothing but the query does, and `caller` is who sent it."""

    accept: str = ""
    known: str = ""
    codings: str = ""
    wait: str = ""
    snapshot: str = ""
    readable: tuple[str, ...] = ()
    address: str = ""
    caller: Client = NOBODY


class QueryRequest(NamedTuple):
    """A query as it was asked for over HTTP.

    `snapshot` names the one it is asked of by address, and is empty for the current one.
    `readable` are the restricted graphs that it may see: where there are some, its answer is
    for whoever asked alone. `address` is the query as it stood in the address, where it did
    alone.
    """

    query: Query
    info: QueryInfo
    offer: Offer
    timeout: float | None
    snapshot: str = ""
    readable: tuple[str, ...] = ()
    address: str = ""
    caller: Client = NOBODY

    def tag(self, snapshot: str) -> str:
        """What identifies the answer: snapshot, query, dataset (what of it may be seen, too) and
        media type, as a digest."""
        parts = repr((snapshot, self.offer.media_type, self.query.to_wire(), self.readable))
        digest = hashlib.blake2b(parts.encode("utf-8", "backslashreplace"), digest_size=16)
        return digest.hexdigest()


class HttpResponse(NamedTuple):
    """A whole answer: status line, headers, and a body of known length.

    `snapshot` is the one it was made from, where the same request would get the same bytes from
    it again; else empty.
    """

    status: str
    headers: Headers
    body: bytes | IO[bytes] = b""
    snapshot: str = ""

    def send(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer by WSGI."""
        start(self.status, self.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            self.close()
            return (b"",)
        if isinstance(self.body, bytes):
            return (self.body,)
        blocks: Iterable[bytes] = environ.get("wsgi.file_wrapper", _Blocks)(self.body, BLOCK)
        return blocks

    def close(self) -> None:
        """Let a body that is a file go."""
        if not isinstance(self.body, bytes):
            self.body.close()


def problem_reply(problem: ProblemDetails, base: str) -> HttpResponse:
    """A problem as a reply that scripts of any origin may read."""
    body = problem.body(base)
    own = [("Content-Type", problem_details.MEDIA_TYPE), ("Content-Length", str(len(body)))]
    kept = [("Cache-Control", "no-store")]
    return HttpResponse(problem.status_line, [*own, *kept, *SHARED, *problem.header_list()], body)


class _Blocks:
    """What `wsgi.file_wrapper` is where the server has none."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file, self.size = file, size
        self.close = file.close

    def __iter__(self) -> _Blocks:
        return self

    def __next__(self) -> bytes:
        if block := self.file.read(self.size):
            return block
        self.close()
        raise StopIteration
