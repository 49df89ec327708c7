"""The Flask application, and the SPARQL endpoint in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Flask, Response, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    RequestedRangeNotSatisfiable,
)

from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.queries import Pool
from server.auth.graph_access import GraphAccess
from server.cache import ResponseCache, html_cache
from server.cache.html_cache import HtmlCache
from server.captures import code_files
from server.captures import routes as captures
from server.catalogue import dumps
from server.catalogue import routes as catalogue
from server.catalogue.direct import DirectPages
from server.core import metrics, query_log
from server.core.context import AppContext
from server.core.query_log import QueryLog
from server.core.settings import Settings
from server.discovery import api_catalog, crawlers, health, openapi, well_known
from server.history import routes as past
from server.http import (
    language,
    negotiation,
    problem_details,
    response_headers,
    security_headers,
    service_links,
)
from server.http.client_key import ClientKeys
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem, ProblemDetails
from server.http.urls import Urls
from server.log import bundles, pages, tiled, trust, verification
from server.log.page_state import page_state
from server.pages.about import evidence
from server.pages.about import routes as about
from server.pages.editor import routes as editor
from server.pages.editor import terms
from server.pages.errors.problem import problem_page
from server.pages.find import routes as find
from server.pages.find import sources
from server.pages.layout import navigation, writing
from server.pages.quality import routes as quality
from server.pages.start import routes as start
from server.resources import dereference, problem_pages, reports, vocabularies
from server.saved_queries import routes
from server.sparql import cancellation, endpoint, examples
from server.trace import routes as trace
from server.updates import graph_store
from server.updates.sparql_update import SparqlUpdates
from server.updates.writer import UpdateWriter

_JSON = Offer(problem_details.MEDIA_TYPE, "json")


_PARTS = (
    start,
    find,
    sources,
    quality,
    problem_pages,
    about,
    evidence,
    health,
    terms,
    cancellation,
    vocabularies,
    well_known,
    examples,
    openapi,
    crawlers,
    api_catalog,
    dumps,
    catalogue,
    reports,
    tiled,
    pages,
    verification,
    bundles,
    trace,
    captures,
    code_files,
    past,
    dereference,
    metrics,
)
"""Modules whose `blueprint` needs nothing but the context."""


_KEPT = ("start", "find", "sources", "quality", "about", "things", "definitions", "reports")
"""Blueprints whose pages follow from their address and `server.log.page_state` alone."""


def create_app(instance: Instance, pool: Pool, settings: Settings | None = None) -> Flask:
    """The WSGI application of one instance and its pool of query workers."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    context = _create_context(instance, pool, settings or Settings())
    app.extensions[metrics.NAME] = context.metrics
    for module in (language, response_headers, security_headers):
        module.init_app(app)
    html_cache.init_app(app, _KEPT)
    navigation.init_app(app, instance)
    writing.init_app(app)
    shared = {"urls": context.urls, "service_links": service_links}
    app.context_processor(lambda: {**shared, "trust": partial(trust.read, instance)})
    writer = UpdateWriter(instance)
    sparql = _create_endpoint(app, context, writer)
    app.register_blueprint(graph_store.blueprint(context, writer))
    app.register_blueprint(routes.blueprint(context, sparql.get, sparql.cache))
    app.register_blueprint(editor.blueprint(context, sparql.cache))
    for part in _PARTS:
        app.register_blueprint(part.blueprint(context))
    _handle_errors(app, context)
    # In front of Flask, whose routing alone costs as much as a short query.
    app.wsgi_app = sparql  # type: ignore[method-assign,assignment]
    return app


def _create_context(instance: Instance, pool: Pool, settings: Settings) -> AppContext:
    """What the routes share. Metrics, and the query log if it is on, observe the pool's queries."""
    app_metrics = metrics.Metrics(pool)
    pool.observers.append(app_metrics)
    if settings.log:
        pool.observers.append(QueryLog(instance.root / query_log.FOLDER))
    return AppContext(
        instance=instance,
        pool=pool,
        settings=settings,
        urls=Urls(instance.base, settings.public_url or instance.public_url),
        client_keys=ClientKeys(settings.proxies),
        metrics=app_metrics,
    )


def _create_endpoint(app: Flask, context: AppContext, writer: UpdateWriter) -> endpoint.Endpoint:
    """The SPARQL endpoint, which passes all other requests on: pages for harvesters, and Flask."""
    pool, app_metrics = context.pool, context.metrics
    pages = HtmlCache(
        app.wsgi_app,
        partial(page_state, context.instance),
        context.settings.cache // html_cache.SHARE,
        app_metrics.count_cached,
    )
    return endpoint.Endpoint(
        pool,
        DirectPages(context, pages),
        ResponseCache(pool, context.settings.cache, app_metrics.count_cached),
        graph_access=GraphAccess(context.instance),
        updates=SparqlUpdates(writer),
        client_keys=context.client_keys,
        metrics=app_metrics,
    )


@dataclass(frozen=True, slots=True)
class ProblemAnswers:
    """Answers with problems: a page for clients that accept HTML, else JSON."""

    context: AppContext

    @property
    def base(self) -> str:
        """The base of the IRIs of problem types."""
        return self.context.instance.base

    def response(self, problem: ProblemDetails) -> Response:
        """The answer to the present request."""
        if negotiation.best(request.headers.get("Accept", ""), [_JSON, HTML]) is HTML:
            response = Response(problem_page(self.context, problem))
        else:
            response = Response(problem.body(self.base), content_type=problem_details.MEDIA_TYPE)
        response.status_code = problem.kind.status
        response.headers.extend(problem.header_list())
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def _handle_errors(app: Flask, context: AppContext) -> None:
    """Turn every error into a problem."""
    answers = app.extensions[problem_details.ANSWER] = ProblemAnswers(context)
    answer = answers.response

    @app.before_request
    def of_the_endpoint() -> Response | None:
        problem = request.environ.get(problem_details.PROBLEM)
        return answer(problem) if problem else None

    @app.errorhandler(UlziiError)
    def ours(error: UlziiError) -> Response:
        return answer(problem_details.from_error(error))

    @app.errorhandler(HttpProblem)
    def wrong_request(error: HttpProblem) -> Response:
        return answer(error.problem)

    @app.errorhandler(ParseException)
    def wrong_body(_: ParseException) -> Response:  # found by gunicorn while a view read it
        return answer(problem_details.from_status(400, "the chunks of the body are not valid"))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        response = answer(problem_details.from_status(error.code or 500, error.description or ""))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        if isinstance(error, RequestedRangeNotSatisfiable) and error.length is not None:
            response.headers["Content-Range"] = f"{error.units} */{error.length}"
        return response
