"""The SPARQL endpoint (SPARQL 1.1 Protocol §2) as a plain WSGI application.

It wraps the Flask application, because most requests are queries and Flask alone would cost as
much as running one. Requests that accept a page are passed on to `pages`.
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
from server.http.messages import (
    SHARED,
    HttpResponse,
    QueryRequest,
    RequestHeaders,
    problem_response,
)
from server.http.negotiation import HTML, Offer
from server.http.problem_details import PROBLEM, HttpProblem
from server.http.wsgi_request import FORM, QUERY, UPDATE, Parameters
from server.sparql import qlever
from server.sparql.parameters import format_parameter, parse_query_request, timeout_header
from server.updates import sparql_update
from server.updates.sparql_update import SparqlUpdates

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")
PATH = "/sparql"
_SAFE = frozenset({"GET", "HEAD"})
_PROBLEM_OFFERS = [Offer(problem_details.MEDIA_TYPE, "json"), HTML]
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
    error: HttpProblem | UlziiError, parameters: Parameters, headers: RequestHeaders
) -> HttpResponse:
    """The error as a QLever document if the client requested that format, else raised again."""
    offer = negotiation.for_query("results", headers.accept, format_parameter(parameters))
    if offer is None or offer.name != QLEVER.name:
        raise error
    return qlever.error_document(problem_details.from_exception(error), parameters)


def _reads_pages(accept: str) -> bool:
    """Whether who asks rather has the page of a problem than problem details."""
    return negotiation.best(accept, _PROBLEM_OFFERS) is HTML


def limits_header(limits: QueryLimits, service_rows: int = 0) -> str:
    """The limits of a query as an RFC 9651 dictionary: seconds, bytes, rows.

    `service_rows` are those that one call of SERVICE may bring; 0 if it is disabled.
    """
    optional = {"rows": limits.rows, "budget": limits.budget, "service-rows": service_rows}
    return (
        f"timeout={limits.timeout:g}, result={limits.result}, memory={limits.memory}, "
        f"query={limits.text}, values={limits.values}"
    ) + "".join(f", {name}={number:g}" for name, number in optional.items() if number)


class Endpoint:
    """`/sparql` over one pool, in front of the application that renders pages."""

    def __init__(
        self,
        pool: Pool,
        pages: WSGIApplication,
        cache: ResponseCache | None = None,
        graph_access: GraphAccess | None = None,
        updates: SparqlUpdates | None = None,
        client_keys: ClientKeys | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.pool = pool
        self.graph_access = graph_access
        self.updates = updates
        self.pages = pages
        self.client_keys = client_keys or ClientKeys()
        self.metrics = metrics or Metrics(pool)
        self.cache = cache or ResponseCache(pool, on_hit=self.metrics.count_cached)
        services = pool.federation and pool.federation.limits.max_solutions
        self._limits = ("Ulzii-Limits", limits_header(pool.limits, services or 0))
        self._methods: dict[str, Callable[[WSGIEnvironment], Parameters]] = {
            "GET": wsgi_request.query_parameters,
            "HEAD": wsgi_request.query_parameters,
            "POST": self._from_body,
            "QUERY": self._from_body,
        }

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request for `/sparql`, also of an old snapshot; pass on all others."""
        number, path = permalinks.split_path(environ["PATH_INFO"])
        if path != PATH:
            return self.pages(environ, start)
        accept = environ.get("HTTP_ACCEPT", "")
        try:
            response = self._from_environ(environ, number)
        except (HttpProblem, UlziiError) as error:
            problem = problem_details.from_exception(error)
            if _reads_pages(accept):
                environ[PROBLEM] = problem
                return self.pages(environ, start)
            response = problem_response(problem, self.pool.instance.base)
        if response is None:
            return self.pages(environ, start)
        response.headers.append(self._limits)
        return response.send(environ, start)

    def snapshot(self) -> str:
        """The current snapshot's name; empty before the first publication."""
        try:
            return self.pool.snapshot()
        except UlziiError:  # a query reports it; the event loop asks in every round
            return ""

    def get(self, query_string: str, headers: RequestHeaders) -> HttpResponse | None:
        """The response to a GET; None if it is to be a page."""
        return self._get(query_string, headers, self.cache.respond)

    def lookup(self, query_string: str, headers: RequestHeaders) -> HttpResponse | CacheMiss | None:
        """As `get`, but a CacheMiss instead of running a query that is not cached."""
        return self._get(query_string, headers, self.cache.lookup)

    def _get(
        self,
        query_string: str,
        headers: RequestHeaders,
        respond: Callable[[QueryRequest, RequestHeaders], T],
    ) -> T | HttpResponse | None:
        found: T | HttpResponse | None
        try:
            found = self._from_parameters(wsgi_request.parse_form(query_string), headers, respond)
        except (HttpProblem, UlziiError) as error:
            if _reads_pages(headers.accept):
                return None  # the page of the problem
            found = problem_response(problem_details.from_exception(error), self.pool.instance.base)
        if isinstance(found, HttpResponse):
            found.headers.append(self._limits)
        return found

    def complete(self, miss: CacheMiss, answer: Callable[[], QueryAnswer]) -> HttpResponse:
        """The response to a cache miss, from a worker's answer; errors in `answer` become
        problems."""
        return self.to_problem(lambda: self.cache.complete(miss, answer()))

    def to_problem(self, respond: Callable[[], T]) -> T | HttpResponse:
        """The result of `respond`, or the problem it raised; responses get the limits header."""
        response: T | HttpResponse
        try:
            response = respond()
        except (HttpProblem, UlziiError) as error:
            problem = problem_details.from_exception(error)
            response = problem_response(problem, self.pool.instance.base)
        if isinstance(response, HttpResponse):
            response.headers.append(self._limits)
        return response

    def _from_environ(self, environ: WSGIEnvironment, number: int) -> HttpResponse | None:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return HttpResponse("204 No Content", SHARED + _PREFLIGHT)
        if method not in self._methods:
            raise HttpProblem(
                405,
                f"the method {method} is not allowed here",
                Allow=METHODS,
                detail_mn=f"энэ хаягт {method} арга зөвшөөрөгдөөгүй",
            )
        headers = self._headers(environ, number)
        page = method in _SAFE and not number
        parameters = self._methods[method](environ)
        updates = self.updates if method == "POST" and not number else None
        if "update" in parameters and updates:
            try:
                return updates.run(parameters, environ)
            except (HttpProblem, UlziiError) as error:
                return _qlever_error(error, parameters, headers)
        return self._from_parameters(parameters, headers, self.cache.respond, page=page)

    def _headers(self, environ: WSGIEnvironment, number: int) -> RequestHeaders:
        method = environ["REQUEST_METHOD"]
        if_none_match = environ.get("HTTP_IF_NONE_MATCH", "") if method in _CONDITIONAL else ""
        query_string = environ.get("QUERY_STRING", "") if method in _SAFE else ""
        return RequestHeaders(
            accept=environ.get("HTTP_ACCEPT", ""),
            if_none_match=if_none_match,
            accept_encoding=environ.get("HTTP_ACCEPT_ENCODING", ""),
            timeout=timeout_header(environ),
            snapshot=permalinks.snapshot_name(self.pool.instance, number) if number else "",
            readable=self.graph_access.readable(environ) if self.graph_access else (),
            query_string=permalinks.lone_query(query_string),
            client=self.client_keys.identify(environ, environ.get("HTTP_QUERY_ID", "")),
        )

    def _from_parameters(
        self,
        parameters: Parameters,
        headers: RequestHeaders,
        respond: Callable[[QueryRequest, RequestHeaders], T],
        *,
        page: bool = True,
    ) -> T | HttpResponse | None:
        """The response to a query; None if it is to be a page.

        `page`: whether a request without a query gets a page.
        """
        try:
            return self._parse_and_respond(parameters, headers, respond, page)
        except (HttpProblem, UlziiError) as error:
            return _qlever_error(error, parameters, headers)

    def _parse_and_respond(
        self,
        parameters: Parameters,
        headers: RequestHeaders,
        respond: Callable[[QueryRequest, RequestHeaders], T],
        page: bool,
    ) -> T | None:
        if "update" in parameters:
            raise HttpProblem(400, "send an update by POST to /sparql, not to an old snapshot")
        if page and not parameters.keys() - {"format", "lang", qlever.COMMAND}:
            return None
        request = parse_query_request(parameters, headers, self.pool.inspect)
        if request is None and headers.snapshot:  # there are no pages of old snapshots
            data = {**parameters, "format": []}
            request = parse_query_request(data, headers._replace(accept=""), self.pool.inspect)
        return None if request is None else respond(request, headers)

    def _longest_body(self) -> int:
        """Bytes of a body without a token; with its head it waits whole in the event loop."""
        limits = self.pool.limits
        # Each byte of a query may be percent-encoded as three; 4096 leaves room for parameters.
        # Of long data a third is, at most, or it is sent as it is.
        return max(3 * limits.text + 4096, limits.values * 3 // 2 - 8192)

    def _from_body(self, environ: WSGIEnvironment) -> Parameters:
        """Parameters of POST (§2.1.2, §2.1.3) and QUERY."""
        media_type = wsgi_request.media_type(environ)
        writes = self.updates and "HTTP_AUTHORIZATION" in environ
        limit = sparql_update.MAX_FORM if writes else self._longest_body()
        text = wsgi_request.decode_utf8(wsgi_request.read_body(environ, limit))
        if media_type == FORM:
            return wsgi_request.parse_form(text)
        if media_type == QUERY:
            return {**wsgi_request.query_parameters(environ), "query": [text]}
        if media_type == UPDATE and self.updates:
            return {**wsgi_request.query_parameters(environ), "update": [text]}
        raise HttpProblem(
            415,
            f"send a query as {QUERY} or {FORM}, not as “{media_type}”",
            Accept=f"{QUERY}, {FORM}",
        )
