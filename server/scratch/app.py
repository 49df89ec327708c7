"""A scratch instance as a WSGI application.

Queries are handled by the same `Endpoint` as those of a published instance; updates and the graph
store are handled here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from graph.core.errors import UlziiError
from graph.queries import Pool
from server.cache import ResponseCache
from server.http import problem_details, wsgi_request
from server.http.messages import HttpResponse
from server.http.problem_details import HttpProblem, ProblemDetails
from server.http.security_headers import SECURITY
from server.http.wsgi_request import FORM, QUERY, UPDATE, Parameters
from server.scratch import description, local, writing
from server.scratch.engine import InMemoryPool
from server.scratch.graph_store import ScratchGraphStore
from server.scratch.silent import without_silent_services
from server.sparql.endpoint import PATH, Endpoint
from server.updates import graph_name
from server.updates.rdf_body import MAX_BODY
from server.updates.using_clauses import UPDATE_LIMIT, UsingClauses, rewrite

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class ScratchApplication:
    """`/sparql` and `/graph-store` over one store; handles one request at a time."""

    def __init__(self, engine: InMemoryPool) -> None:
        self.engine = engine
        self.graphs = ScratchGraphStore(engine)
        # The endpoint needs of its pool only answers, limits and the snapshot's name.
        pool = cast(Pool, engine)
        self.queries = Endpoint(pool, self._pages, ResponseCache(pool, budget=0))

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        with self.engine.lock:
            application: WSGIApplication = self._sparql(environ)
            return application(environ, start)

    def _sparql(self, environ: WSGIEnvironment) -> WSGIApplication:
        """The application that answers: the endpoint, or a response made here."""
        try:
            local.require_local(environ)
            response = self._respond(environ)
        except (HttpProblem, UlziiError) as error:
            response = self._problem(problem_details.from_exception(error))
        return self.queries if response is None else _ResponseApplication(response)

    def _respond(self, environ: WSGIEnvironment) -> HttpResponse | None:
        """The response to a request; None for queries, which the endpoint handles."""
        path = environ["PATH_INFO"]
        if path == graph_name.PATH or path.startswith(graph_name.PATH + "/"):
            return self.graphs.respond(environ)
        if path != PATH:
            raise HttpProblem(404, f"only {PATH} and {graph_name.PATH} exist here")
        update = _update(environ)
        if update is not None:
            return self._run(update)
        _remove_silent_services(environ)
        environ["HTTP_ACCEPT"] = _without_html(environ.get("HTTP_ACCEPT", ""))
        return None

    def _run(self, parameters: Parameters) -> HttpResponse:
        """An update (SPARQL 1.1 Protocol §2.2)."""
        texts = parameters.get("update", [])
        if len(texts) != 1 or "query" in parameters:
            raise HttpProblem(
                400, "the parameter “update” must appear exactly once, without “query”"
            )
        using = UsingClauses(
            tuple(parameters.get("using-graph-uri", ())),
            tuple(parameters.get("using-named-graph-uri", ())),
        )
        text = without_silent_services(texts[0])
        self.engine.update(rewrite(text, using, UPDATE_LIMIT))
        return HttpResponse("204 No Content", [])

    def _pages(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """In place of the endpoint's pages: the service description if there is no query."""
        try:
            if "query=" in environ.get("QUERY_STRING", ""):
                raise HttpProblem(406, "a scratch instance has no pages")
            response = self._describe(environ)
        except HttpProblem as error:
            response = self._problem(error.problem)
        return _ResponseApplication(response)(environ, start)

    def _describe(self, environ: WSGIEnvironment) -> HttpResponse:
        offer = writing.negotiate(environ)
        body = description.write(self.engine.store, wsgi_request.root_url(environ) + PATH, offer)
        own = [("Content-Type", offer.content_type), ("Content-Length", str(len(body)))]
        return HttpResponse("200 OK", [*own, ("Vary", "Accept")], body)

    def _problem(self, problem: ProblemDetails) -> HttpResponse:
        body = problem.body(self.engine.instance.base)
        own = [("Content-Type", problem_details.MEDIA_TYPE), ("Content-Length", str(len(body)))]
        return HttpResponse(problem.status_line, [*own, *problem.header_list()], body)


class _ResponseApplication:
    """A WSGI application that sends one response."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start(self.response.status, [*self.response.headers, *SECURITY])
        assert isinstance(self.response.body, bytes)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else self.response.body]


def _update(environ: WSGIEnvironment) -> Parameters | None:
    """The parameters of an update by POST, direct or as a form; None if it is not an update."""
    if environ["REQUEST_METHOD"] != "POST":
        return None
    kind = wsgi_request.media_type(environ)
    if kind not in {UPDATE, FORM}:
        return None
    sent = wsgi_request.decode_utf8(wsgi_request.read_body(environ, MAX_BODY))
    if kind == UPDATE:
        return {**wsgi_request.query_parameters(environ), "update": [sent]}
    parameters = wsgi_request.parse_form(sent)
    return parameters if "update" in parameters else None


def _remove_silent_services(environ: WSGIEnvironment) -> None:
    """Remove SERVICE SILENT from the query, in the URL or the body."""
    environ["QUERY_STRING"] = _silent_form(environ.get("QUERY_STRING", ""))
    kind = wsgi_request.media_type(environ)
    if kind in _SILENT:
        sent = wsgi_request.decode_utf8(wsgi_request.read_body(environ, MAX_BODY))
        wsgi_request.replace_body(environ, _SILENT[kind](sent).encode())


def _silent_form(form: str) -> str:
    parameters = wsgi_request.parse_form(form)
    silent = {n: [without_silent_services(v) for v in values] for n, values in parameters.items()}
    return form if silent == parameters else urlencode(silent, doseq=True)


_SILENT = {FORM: _silent_form, QUERY: without_silent_services}


def _without_html(accept: str) -> str:
    """An Accept header without text/html, unless it accepts nothing else."""
    rest = [part for part in accept.split(",") if not part.strip().lower().startswith("text/html")]
    return ",".join(rest) or accept
