"""The SPARQL endpoint: SPARQL 1.1 Protocol §2 for queries, as a bare WSGI application.

It stands before Flask because most requests end here, and Flask alone would cost as much as the
query. A request that wants a page goes on to `pages`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from graph.core.errors import UlziiError
from graph.queries import Pool, QueryAnswer, QueryLimits
from graph.queries.model.formats import QLEVER
from server.auth.graph_access import GraphAccess
from server.cache import CacheMiss, ResponseCache, permalinks
from server.core.metrics import Metrics
from server.http import negotiation, problem_details, wsgi_request
from server.http.client_key import ClientKeys
from server.http.messages import SHARED, HttpResponse, QueryRequest, RequestHeaders, problem_reply
from server.http.problem_details import HttpProblem
from server.http.wsgi_request import FORM, QUERY, UPDATE, Parameters
from server.sparql import qlever
from server.sparql.parameters import format_of, parse, wait
from server.updates import sparql_update
from server.updates.sparql_update import SparqlUpdates

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")
PATH = "/sparql"
_SAFE = frozenset({"GET", "HEAD"})
_CONDITIONAL = _SAFE | {"QUERY"}
METHODS = "GET, HEAD, POST, QUERY, OPTIONS"
_ALLOWED = "Accept, Authorization, Content-Type, If-None-Match, Prefer, Query-Id, Timeout"
_PREFLIGHT = [
    ("Allow", METHODS),
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", _ALLOWED),
    ("Access-Control-Max-Age", "86400"),
    ("Accept-Query", f'"{QUERY}", "{FORM}"'),
]


def _qlever_error(
    error: HttpProblem | UlziiError, parameters: Parameters, asked: RequestHeaders
) -> HttpResponse:
    """An error as those read it who want QLever's JSON; raised again for all others."""
    offer = negotiation.for_query("results", asked.accept, format_of(parameters))
    if offer is None or offer.name != QLEVER.name:
        raise error
    return qlever.error_document(problem_details.of(error), parameters)


def announced(limits: QueryLimits) -> str:
    """Limits as a dictionary of RFC 9651: seconds, bytes, rows."""
    optional = {"rows": limits.rows, "budget": limits.budget}
    return (
        f"timeout={limits.timeout:g}, result={limits.result}, memory={limits.memory}, "
        f"query={limits.text}"
    ) + "".join(f", {name}={number:g}" for name, number in optional.items() if number)


class Endpoint:
    """`/sparql` of one pool, in front of an application that makes the pages."""

    def __init__(
        self,
        pool: Pool,
        pages: WSGIApplication,
        results: ResponseCache | None = None,
        readers: GraphAccess | None = None,
        updates: SparqlUpdates | None = None,
        callers: ClientKeys | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.pool = pool
        self.readers = readers
        self.updates = updates
        self.pages = pages
        self.callers = callers or ClientKeys()
        self.metrics = metrics or Metrics(pool)
        self.results = results or ResponseCache(pool, cached=self.metrics.cached)
        self._limits = ("Ulzii-Limits", announced(pool.limits))
        self._methods: dict[str, Callable[[WSGIEnvironment], Parameters]] = {
            "GET": wsgi_request.in_address,
            "HEAD": wsgi_request.in_address,
            "POST": self._from_body,
            "QUERY": self._from_body,
        }

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request for `/sparql`, of a snapshot too, and pass on all others."""
        number, path = permalinks.split(environ["PATH_INFO"])
        if path != PATH:
            return self.pages(environ, start)
        reply = self.honest(lambda: self._of_environ(environ, number))
        if reply is None:
            return self.pages(environ, start)
        return reply.send(environ, start)

    def snapshot(self) -> str:
        """The current snapshot's name; empty before the first publication."""
        try:
            return self.pool.snapshot()
        except UlziiError:
            return ""

    def get(self, address: str, asked: RequestHeaders) -> HttpResponse | None:
        """The answer to a GET with this query string; None where it is to be a page."""
        return self.honest(
            lambda: self._of_parameters(wsgi_request.parameters(address), asked, self.results.reply)
        )

    def read(self, address: str, asked: RequestHeaders) -> HttpResponse | CacheMiss | None:
        """As `get`, but where it takes a worker only what one is to be asked."""
        return self.honest(
            lambda: self._of_parameters(wsgi_request.parameters(address), asked, self.results.find)
        )

    def answered(self, wanted: CacheMiss, answer: Callable[[], QueryAnswer]) -> HttpResponse:
        """The reply to what was read, by what a worker gave."""
        return self.honest(lambda: self.results.answered(wanted, answer()))

    def honest(self, answer: Callable[[], T]) -> T | HttpResponse:
        """Errors become problems; every reply announces what a query may use."""
        reply: T | HttpResponse
        try:
            reply = answer()
        except (HttpProblem, UlziiError) as error:
            reply = problem_reply(problem_details.of(error), self.pool.instance.base)
        if isinstance(reply, HttpResponse):
            reply.headers.append(self._limits)
        return reply

    def _of_environ(self, environ: WSGIEnvironment, number: int) -> HttpResponse | None:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return HttpResponse("204 No Content", SHARED + _PREFLIGHT)
        if method not in self._methods:
            raise HttpProblem(405, f"{method} is not offered here", Allow=METHODS)
        known = environ.get("HTTP_IF_NONE_MATCH", "") if method in _CONDITIONAL else ""
        asked = RequestHeaders(
            environ.get("HTTP_ACCEPT", ""),
            known,
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            wait(environ),
            permalinks.find(self.pool.instance, number) if number else "",
            self.readers.readable(environ) if self.readers else (),
            permalinks.alone(environ.get("QUERY_STRING", "")) if method in _SAFE else "",
            self.callers.of(environ, environ.get("HTTP_QUERY_ID", "")),
        )
        page = method in _SAFE and not number
        given = self._methods[method](environ)
        updates = self.updates if method == "POST" and not number else None
        if "update" in given and updates:
            try:
                return updates.run(given, environ)
            except (HttpProblem, UlziiError) as error:
                return _qlever_error(error, given, asked)
        return self._of_parameters(given, asked, self.results.reply, page=page)

    def _of_parameters(
        self,
        parameters: Parameters,
        asked: RequestHeaders,
        answer: Callable[[QueryRequest, RequestHeaders], T],
        *,
        page: bool = True,
    ) -> T | HttpResponse | None:
        """`page` says that no query at all asks for a page."""
        try:
            return self._answered(parameters, asked, answer, page)
        except (HttpProblem, UlziiError) as error:
            return _qlever_error(error, parameters, asked)

    def _answered(
        self,
        parameters: Parameters,
        asked: RequestHeaders,
        answer: Callable[[QueryRequest, RequestHeaders], T],
        page: bool,
    ) -> T | None:
        if "update" in parameters:
            raise HttpProblem(400, "an update is sent by POST, to the current snapshot's address")
        if page and not parameters.keys() - {"format", "lang", qlever.COMMAND}:
            return None
        request = parse(parameters, asked, self.pool.inspect)
        if request is None and asked.snapshot:  # there are no pages of old snapshots
            data = {**parameters, "format": []}
            request = parse(data, asked._replace(accept=""), self.pool.inspect)
        return None if request is None else answer(request, asked)

    def _from_body(self, environ: WSGIEnvironment) -> Parameters:
        """Parameters of POST (§2.1.2, §2.1.3) and QUERY."""
        media_type = wsgi_request.media_type(environ)
        writes = self.updates and "HTTP_AUTHORIZATION" in environ
        longest = sparql_update.LONGEST if writes else 3 * self.pool.limits.text + 4096
        sent = wsgi_request.text(wsgi_request.body(environ, longest))
        if media_type == FORM:
            return wsgi_request.parameters(sent)
        if media_type == QUERY:
            return {**wsgi_request.in_address(environ), "query": [sent]}
        if media_type == UPDATE and self.updates:
            return {**wsgi_request.in_address(environ), "update": [sent]}
        raise HttpProblem(
            415,
            f"a query is sent as {QUERY} or {FORM}, not as “{media_type}”",
            Accept=f"{QUERY}, {FORM}",
        )
