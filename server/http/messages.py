"""Requests and responses of the SPARQL endpoint as plain values, independent of WSGI."""

from __future__ import annotations

import hashlib
from email.utils import formatdate
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple

from graph.queries import Query, QueryInfo
from graph.queries.model.query import BLOCK
from server.http import problem_details
from server.http.client_key import ANONYMOUS, Client
from server.http.negotiation import Offer
from server.http.problem_details import ProblemDetails
from server.http.security_headers import SECURITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]
EXPOSED = (
    "ETag, Retry-After, Content-Length, Content-Location, Link, Server-Timing, Ulzii-Snapshot, "
    "Ulzii-Limits, Ulzii-Notice"
)
# On every response of the endpoint, errors and 304 included, so that scripts of any origin may
# read it.
CORS: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("Timing-Allow-Origin", "*"),
]
SHARED: Headers = [*CORS, *SECURITY, ("Vary", "Accept, Accept-Encoding, Authorization")]


class RequestHeaders(NamedTuple):
    """What a request says besides its query.

    `accept`, `if_none_match` and `accept_encoding` are the header fields of these names; `timeout`
    is the number of seconds from the `Timeout` or `Prefer: wait=` header. `snapshot` is the
    snapshot named in the URL, `readable` the restricted graphs that the token may read.
    `query_string` is the raw query string when it holds only the query. All are empty when absent.
    """

    accept: str = ""
    if_none_match: str = ""
    accept_encoding: str = ""
    timeout: str = ""
    snapshot: str = ""
    readable: tuple[str, ...] = ()
    query_string: str = ""
    client: Client = ANONYMOUS


class QueryRequest(NamedTuple):
    """A query as requested over HTTP.

    `offer` is the negotiated media type, `timeout` is in seconds (None: the server's limit).
    `snapshot` is the snapshot named in the URL; empty means the current one. `readable` are the
    restricted graphs that the query may read; if there are any, the response is private.
    `query_string` is the raw query string when it holds only the query, else empty.
    """

    query: Query
    info: QueryInfo
    offer: Offer
    timeout: float | None
    snapshot: str = ""
    readable: tuple[str, ...] = ()
    query_string: str = ""
    client: Client = ANONYMOUS

    def tag(self, snapshot: str) -> str:
        """The digest that identifies the answer: snapshot, media type, query with its dataset, and
        the restricted graphs that it may read."""
        parts = repr((snapshot, self.offer.media_type, self.query.to_wire(), self.readable))
        digest = hashlib.blake2b(parts.encode("utf-8", "backslashreplace"), digest_size=16)
        return digest.hexdigest()


class HttpResponse(NamedTuple):
    """A complete response: status line, headers, and a body of known length.

    `snapshot` is the snapshot it was made from if the same request would get the same bytes from
    it again, else empty.
    """

    status: str
    headers: Headers
    body: bytes | IO[bytes] = b""
    snapshot: str = ""

    def send(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Send the response by WSGI."""
        start(self.status, self.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            self.close()
            return (b"",)
        if isinstance(self.body, bytes):
            return (self.body,)
        blocks: Iterable[bytes] = environ.get("wsgi.file_wrapper", _Blocks)(self.body, BLOCK)
        return blocks

    def close(self) -> None:
        """Close a body that is a file."""
        if not isinstance(self.body, bytes):
            self.body.close()


@lru_cache(maxsize=1)
def date_header(_second: int) -> bytes:
    """The Date header of a second."""
    return f"Date: {formatdate(usegmt=True)}\r\n".encode()


def problem_response(problem: ProblemDetails, base: str) -> HttpResponse:
    """A problem as a response that scripts of any origin may read."""
    body = problem.body(base)
    own = [("Content-Type", problem_details.MEDIA_TYPE), ("Content-Length", str(len(body)))]
    uncached = [("Cache-Control", "no-store")]
    return HttpResponse(
        problem.status_line, [*own, *uncached, *SHARED, *problem.header_list()], body
    )


class _Blocks:
    """Replaces `wsgi.file_wrapper` for servers that have none."""

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
