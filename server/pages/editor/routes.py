"""The pages at `/sparql`: query editor and results; and the service's description.

The page works without JavaScript. `static/editor.js` adds convenience and takes results from the
same page.
"""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Response, render_template, request

from graph.core.errors import UlziiError
from graph.queries import Query
from graph.queries.syntax.prefixes import WELL_KNOWN
from server.cache import ResponseCache
from server.core.context import AppContext
from server.http import negotiation, problem_details
from server.http.messages import QueryRequest
from server.http.negotiation import HTML
from server.http.problem_details import HttpProblem, ProblemDetails
from server.http.service_links import LINKS, TERMS
from server.pages.editor.drawing import drawing_of
from server.pages.editor.results import ResultsView, results_view, term_kind
from server.sparql import qlever, service_description
from server.sparql.examples import examples
from server.sparql.labels import labels
from server.sparql.service_description import ServiceDescription

STATIC = Path(__file__).parents[2] / "static"
RICH_EDITOR = "dist/codemirror.js"
"""CodeMirror with our completion, in the wheel and where `server/editor/hatch_build.py` was run."""
_MAX_URL = 6000  # characters; some clients and proxies refuse longer ones
_DATASET = ("default-graph-uri", "named-graph-uri")


def blueprint(context: AppContext, cache: ResponseCache) -> Blueprint:
    """The pages of `/sparql`; `server.sparql.endpoint` handles all other requests, and shares its
    cache of answers."""
    part = Blueprint("sparql", __name__)
    described = ServiceDescription(context)

    @part.route("/sparql", methods=["GET", "POST", "QUERY"])
    def sparql() -> Response:
        if qlever.COMMAND in request.args:
            return qlever.statistics(context, request.args[qlever.COMMAND])
        query = request.values.get("query")
        if query is None:
            query = request.get_data(as_text=True)
        if not query:
            return editor_or_description(context, described)
        return results_page(context, cache, query)

    return part


def editor_or_description(context: AppContext, described: ServiceDescription) -> Response:
    """The editor for clients that accept HTML, else the service's description."""
    accept, name = request.headers.get("Accept", ""), request.args.get("format", "")
    offer = negotiation.for_description(accept, name)
    if offer is None:
        raise HttpProblem(
            406,
            "the service description is not available in this format",
            detail_mn="үйлчилгээний тодорхойлолт ийм хэлбэрээр алга",
        )
    if offer == HTML:
        return _page(context, examples(context.instance.base)[0].query, None)
    endpoint = context.urls.reachable("sparql", request.host_url)
    return service_description.description_response(described.of(endpoint, offer.name), offer)


def results_page(context: AppContext, cache: ResponseCache, query: str) -> Response:
    """The page with a query's result, or with the error."""
    default, named = (tuple(request.values.getlist(name)) for name in _DATASET)
    try:
        info = context.pool.inspect(query)
        form = "json" if info.kind == "results" else "ttl"
        offer = negotiation.for_query(info.kind, "", form)
        assert offer is not None, "a format that each query has"
        asked = QueryRequest(
            query=Query(query, form, default_graphs=default, named_graphs=named, notices=True),
            info=info,
            offer=offer,
            timeout=None,
            client=context.client_keys.identify(request.environ),
        )
        with cache.answer(asked) as answer:
            shown = results_view(answer)
    except UlziiError as error:
        return _page(context, query, None, problem_details.from_error(error))
    return _page(context, query, shown)


def _page(
    context: AppContext,
    query: str,
    shown: ResultsView | None,
    problem: ProblemDetails | None = None,
) -> Response:
    dataset = [(name, value) for name in _DATASET for value in request.values.getlist(name)]
    url = context.urls.sparql(query, dataset)
    named = labels(context, shown.iris()) if shown and shown.rows else {}
    html = render_template(
        "sparql.html",
        query=query,
        dataset=dataset,
        url=url if len(url) <= _MAX_URL else "",
        shown=shown,
        labels=named,
        drawing=drawing_of(shown, request.values.get("view", ""), named) if shown else None,
        problem=problem,
        examples=examples(context.instance.base),
        prefixes=json.dumps(WELL_KNOWN),
        rich_editor=RICH_EDITOR if (STATIC / RICH_EDITOR).exists() else "",
        terms=TERMS,
        limits=context.pool.limits,
        term_kind=term_kind,
    )
    response = Response(html, status=problem.kind.status if problem else 200)
    response.headers["Link"] = LINKS
    response.headers.extend(problem.header_list() if problem else [])
    return response
