"""The SPARQL endpoint: SPARQL 1.1 Protocol §2 for queries, as a bare WSGI application.

It stands before Flask because most requests end here, and Flask alone would cost as much as the
query. A request that wants a page goes on to `pages`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from graph.errors import QueryNotAcceptable, UlziiError
from graph.queries import Answer, Pool, Query, Shape, inspect
from graph.queries.formats import of_kind
from graph.queries.query import BLOCK
from server import negotiation, problems, requests
from server.negotiation import Offer
from server.problems import HttpProblem, Problem
from server.requests import FORM, QUERY, Parameters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/sparql"
_SAFE = frozenset({"GET", "HEAD"})
METHODS = "GET, HEAD, POST, QUERY, OPTIONS"
_SHARED = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Retry-After, Content-Length, Ulzii-Snapshot"),
    ("Vary", "Accept"),
]
_PREFLIGHT = [
    ("Allow", METHODS),
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
    ("Accept-Query", f'"{QUERY}", "{FORM}"'),
]


@dataclass(frozen=True, slots=True)
class Request:
    """A query as it was asked for over HTTP."""

    query: Query
    shape: Shape
    offer: Offer
    timeout: float | None

    def etag(self, snapshot: str) -> str:
        """The strong validator of one representation; empty where two runs may differ."""
        if not self.shape.stable:
            return ""
        parts = repr((snapshot, self.offer.media_type, self.query.fields()))
        digest = hashlib.blake2b(parts.encode("utf-8", "backslashreplace"), digest_size=16)
        return f'"{digest.hexdigest()}"'


def parse(parameters: Parameters, accept: str, limit: int) -> Request | None:
    """Read a query's parameters; None where the answer is to be a page.

    Raises HttpProblem and QueryError.
    """
    text = _only(parameters, "query")
    shape = inspect(text, limit)
    name = _only(parameters, "format", "")
    offer = negotiation.for_query(shape.kind, accept, name)
    if offer is None:
        raise _not_acceptable(shape, name or accept)
    if offer is negotiation.HTML:
        return None
    query = Query(
        text,
        offer.name,
        default_graphs=tuple(parameters.get("default-graph-uri", ())),
        named_graphs=tuple(parameters.get("named-graph-uri", ())),
    )
    return Request(query, shape, offer, _timeout(_only(parameters, "timeout", "")))


def _only(parameters: Parameters, name: str, default: str | None = None) -> str:
    values = parameters.get(name, [])
    if len(values) > 1 or (not values and default is None):
        raise HttpProblem(400, f"“{name}” is wanted exactly once; it is here {len(values)} times")
    return values[0] if values else str(default)


def _timeout(text: str) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        raise HttpProblem(400, f"“timeout” is a number of seconds, not “{text}”") from None


def _not_acceptable(shape: Shape, wanted: str) -> QueryNotAcceptable:
    offered = ", ".join(f"{f.name} ({f.media_type})" for f in of_kind(shape.kind))
    return QueryNotAcceptable(
        f"the result of {shape.form or 'this query'} is not written as “{wanted}”",
        hint=f"Offered: {offered}.",
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: status line, headers, and a body of known length."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes | IO[bytes] = b""


class Endpoint:
    """`/sparql` of one pool, in front of an application that makes the pages."""

    def __init__(self, pool: Pool, pages: WSGIApplication) -> None:
        self.pool = pool
        self.pages = pages
        self._methods: dict[str, Callable[[WSGIEnvironment], Parameters]] = {
            "GET": requests.in_address,
            "HEAD": requests.in_address,
            "POST": self._from_body,
            "QUERY": self._from_body,
        }

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request for `/sparql`, pass on all others."""
        if environ["PATH_INFO"] != PATH:
            return self.pages(environ, start)
        reply = self._honest(lambda: self._of_environ(environ))
        if reply is None:
            return self.pages(environ, start)
        start(reply.status, reply.headers)
        if isinstance(reply.body, bytes):
            return (b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body,)
        blocks: Iterable[bytes] = environ.get("wsgi.file_wrapper", _Blocks)(reply.body, BLOCK)
        return blocks

    def get(self, address: str, accept: str, known: str) -> Reply | None:
        """The answer to a GET with this query string, Accept and If-None-Match; None where it is
        to be a page."""
        return self._honest(
            lambda: self._of_parameters(requests.parameters(address), accept, known)
        )

    def _honest(self, answer: Callable[[], Reply | None]) -> Reply | None:
        """Errors become problems."""
        try:
            return answer()
        except HttpProblem as error:
            return self._problem(error.problem)
        except UlziiError as error:
            return self._problem(problems.of_error(error))

    def _of_environ(self, environ: WSGIEnvironment) -> Reply | None:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return Reply("204 No Content", _SHARED + _PREFLIGHT)
        if method not in self._methods:
            raise HttpProblem(405, f"{method} is not offered here", Allow=METHODS)
        return self._of_parameters(
            self._methods[method](environ),
            environ.get("HTTP_ACCEPT", ""),
            environ.get("HTTP_IF_NONE_MATCH", "") if method in _SAFE else "",
            page=method in _SAFE,
        )

    def _of_parameters(
        self, parameters: Parameters, accept: str, known: str, *, page: bool = True
    ) -> Reply | None:
        """`known` is If-None-Match; `page` says that no query at all asks for a page."""
        if "update" in parameters:
            raise HttpProblem(400, "this endpoint answers queries; it takes no updates")
        if page and not parameters.keys() - {"format", "lang"}:
            return None
        request = parse(parameters, accept, self.pool.limits.text)
        return None if request is None else self._run(request, known)

    def _run(self, request: Request, known: str) -> Reply:
        if known and _matches(known, etag := request.etag(self.pool.snapshot())):
            return Reply("304 Not Modified", [*_SHARED, ("ETag", etag)])
        answer = self.pool.run(request.query, timeout=request.timeout, shape=request.shape)
        return Reply("200 OK", _headers(request, answer), answer.body)

    def _problem(self, problem: Problem) -> Reply:
        body = problem.body(self.pool.instance.base)
        own = [("Content-Type", problems.MEDIA_TYPE), ("Content-Length", str(len(body)))]
        return Reply(problem.status_line, [*_SHARED, *own, *problem.header_list()], body)

    def _from_body(self, environ: WSGIEnvironment) -> Parameters:
        """Parameters of POST (§2.1.2, §2.1.3) and QUERY."""
        media_type = requests.media_type(environ)
        sent = requests.text(requests.body(environ, 3 * self.pool.limits.text + 4096))
        if media_type == FORM:
            return requests.parameters(sent)
        if media_type == QUERY:
            return {**requests.in_address(environ), "query": [sent]}
        raise HttpProblem(
            415, f"a query is sent as {QUERY} or {FORM}, not as “{media_type}”", Accept=QUERY
        )


def _headers(request: Request, answer: Answer) -> list[tuple[str, str]]:
    etag = request.etag(answer.snapshot)
    return [
        ("Content-Type", request.offer.content_type),
        ("Content-Length", str(answer.length)),
        ("Ulzii-Snapshot", answer.snapshot),
        ("Cache-Control", "no-cache" if etag else "no-store"),
        *([("ETag", etag)] if etag else []),
        *_SHARED,
    ]


def _matches(header: str, etag: str) -> bool:
    """If-None-Match by weak comparison (RFC 9110 §13.1.2)."""
    given = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return bool(etag) and ("*" in given or etag in given)


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
        raise StopIteration
