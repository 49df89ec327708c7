"""A scratch instance as one WSGI application.

Queries go the way of the published endpoint; updates and the graph store stand beside it.
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
    """`/sparql` and `/graph-store` over one store, one request after another."""

    def __init__(self, engine: InMemoryPool) -> None:
        self.engine = engine
        self.graphs = ScratchGraphStore(engine)
        # The endpoint asks its pool for answers, limits and the snapshot's name; we have those.
        pool = cast(Pool, engine)
        self.queries = Endpoint(pool, self._pages, ResponseCache(pool, budget=0))

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        with self.engine.turn:
            application: WSGIApplication = self._sparql(environ)
            return application(environ, start)

    def _sparql(self, environ: WSGIEnvironment) -> WSGIApplication:
        """Whoever answers: the endpoint, or a reply of our own."""
        try:
            local.require_local(environ)
            reply = self._own(environ)
        except HttpProblem as error:
            reply = self._problem(error.problem)
        except UlziiError as error:
            reply = self._problem(problem_details.from_error(error))
        return self.queries if reply is None else _Whole(reply)

    def _own(self, environ: WSGIEnvironment) -> HttpResponse | None:
        """The reply to all but queries; None for those."""
        path = environ["PATH_INFO"]
        if path == graph_name.PATH or path.startswith(graph_name.PATH + "/"):
            return self.graphs.answer(environ)
        if path != PATH:
            raise HttpProblem(404, f"there is {PATH} and {graph_name.PATH} here")
        update = _update(environ)
        if update is not None:
            return self._run(update)
        _silence(environ)
        environ["HTTP_ACCEPT"] = _without_html(environ.get("HTTP_ACCEPT", ""))
        return None

    def _run(self, given: Parameters) -> HttpResponse:
        """An update (SPARQL 1.1 Protocol §2.2)."""
        texts = given.get("update", [])
        if len(texts) != 1 or "query" in given:
            raise HttpProblem(400, "“update” is wanted exactly once, without “query”")
        using = UsingClauses(
            tuple(given.get("using-graph-uri", ())), tuple(given.get("using-named-graph-uri", ()))
        )
        text = without_silent_services(texts[0])
        self.engine.update(rewrite(text, using, UPDATE_LIMIT))
        return HttpResponse("204 No Content", [])

    def _pages(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """What the endpoint would show as a page: without a query, the service's description."""
        try:
            if "query=" in environ.get("QUERY_STRING", ""):
                raise HttpProblem(406, "a scratch instance has no pages")
            reply = self._describe(environ)
        except HttpProblem as error:
            reply = self._problem(error.problem)
        return _Whole(reply)(environ, start)

    def _describe(self, environ: WSGIEnvironment) -> HttpResponse:
        offer = writing.negotiate(environ)
        body = description.write(self.engine.store, wsgi_request.root_url(environ) + PATH, offer)
        own = [("Content-Type", offer.content_type), ("Content-Length", str(len(body)))]
        return HttpResponse("200 OK", [*own, ("Vary", "Accept")], body)

    def _problem(self, problem: ProblemDetails) -> HttpResponse:
        body = problem.body(self.engine.instance.base)
        own = [("Content-Type", problem_details.MEDIA_TYPE), ("Content-Length", str(len(body)))]
        return HttpResponse(problem.status_line, [*own, *problem.header_list()], body)


class _Whole:
    """A reply as a WSGI application."""

    def __init__(self, reply: HttpResponse) -> None:
        self.reply = reply

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start(self.reply.status, self.reply.headers)
        assert isinstance(self.reply.body, bytes)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else self.reply.body]


def _update(environ: WSGIEnvironment) -> Parameters | None:
    """The parameters of an update by POST, direct or as a form; None where it is no update."""
    if environ["REQUEST_METHOD"] != "POST":
        return None
    kind = wsgi_request.media_type(environ)
    if kind not in {UPDATE, FORM}:
        return None
    sent = wsgi_request.decode_utf8(wsgi_request.read_body(environ, MAX_BODY))
    if kind == UPDATE:
        return {**wsgi_request.query_parameters(environ), "update": [sent]}
    given = wsgi_request.parse_form(sent)
    return given if "update" in given else None


def _silence(environ: WSGIEnvironment) -> None:
    """Take SERVICE SILENT out of a query, wherever it is."""
    environ["QUERY_STRING"] = _silent_form(environ.get("QUERY_STRING", ""))
    kind = wsgi_request.media_type(environ)
    if kind in _SILENT:
        sent = wsgi_request.decode_utf8(wsgi_request.read_body(environ, MAX_BODY))
        wsgi_request.replace_body(environ, _SILENT[kind](sent).encode())


def _silent_form(form: str) -> str:
    given = wsgi_request.parse_form(form)
    silent = {n: [without_silent_services(v) for v in values] for n, values in given.items()}
    return form if silent == given else urlencode(silent, doseq=True)


_SILENT = {FORM: _silent_form, QUERY: without_silent_services}


def _without_html(accept: str) -> str:
    """An Accept header that asks for no page, unless a page is all it asks for."""
    rest = [part for part in accept.split(",") if not part.strip().lower().startswith("text/html")]
    return ",".join(rest) or accept
