"""What people see at `/sparql`: the editor, results as a page, and the service's description.

The page works without scripts; `static/editor.js` adds comfort and gets its results from the same
page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from graph.core.errors import UlziiError
from graph.queries import Query, QueryAnswer
from graph.queries.model.formats import FormatKind
from graph.queries.syntax.prefixes import WELL_KNOWN
from server.core.context import AppContext
from server.http import negotiation, problem_details
from server.http.negotiation import HTML
from server.http.problem_details import HttpProblem, ProblemDetails
from server.http.service_links import LINKS
from server.sparql import qlever, service_description
from server.sparql.examples import examples
from server.sparql.labels import labels
from server.sparql.service_description import ServiceDescription
from vocab.terms import Term

_MOST = 2 << 20  # bytes of a result that is shown
_ROWS = 500
_ADDRESS = 6000  # characters of an address that everything on the way takes
_DATASET = ("default-graph-uri", "named-graph-uri")
_NUMBERS = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{n}" for n in ("integer", "decimal", "double", "float")
)


@dataclass(slots=True)
class ResultsView:
    """A result as a page shows it; `rows` are the first ones."""

    variables: list[str] = field(default_factory=list)
    rows: list[list[Term | None]] = field(default_factory=list)
    total: int = 0
    boolean: bool | None = None
    text: str = ""
    kind: FormatKind = "results"
    too_large: bool = False
    seconds: float = 0.0

    def iris(self) -> Iterator[str]:
        """The IRIs in the rows."""
        for row in self.rows:
            yield from (term.value for term in row if isinstance(term, ox.NamedNode))


def blueprint(context: AppContext) -> Blueprint:
    """The pages of `/sparql`; `server.sparql.endpoint` answers all other requests."""
    part = Blueprint("sparql", __name__)
    described = ServiceDescription(context)

    @part.route("/sparql", methods=["GET", "POST", "QUERY"])
    def sparql() -> Response:
        if qlever.COMMAND in request.args:
            return qlever.statistics(context, request.args[qlever.COMMAND])
        query = request.values.get("query")
        if query is None:
            query = request.get_data(as_text=True)
        return results_page(context, query) if query else editor_or_description(context, described)

    return part


def editor_or_description(context: AppContext, described: ServiceDescription) -> Response:
    """The form for those who read pages, else the service's description."""
    accept, name = request.headers.get("Accept", ""), request.args.get("format", "")
    offer = negotiation.for_description(accept, name)
    if offer is None:
        raise HttpProblem(406, "the service is not described in this format")
    if offer == HTML:
        return _page(context, examples(context.instance.base)[0].query, None)
    return service_description.description_response(
        described.of(request.base_url, offer.name), offer
    )


def results_page(context: AppContext, query: str) -> Response:
    """The page of a query's result, or of what is wrong with it."""
    default, named = (tuple(request.values.getlist(name)) for name in _DATASET)
    began = time.monotonic()
    try:
        kind = context.pool.inspect(query).kind
        form = "json" if kind == "results" else "ttl"
        asked = Query(query, form, None, default, named)
        client = context.client_keys.identify(request.environ)
        with context.pool.run(
            asked, client=client.key, connection_fd=client.connection_fd
        ) as answer:
            shown = results_view(answer)
    except UlziiError as error:
        return _page(context, query, None, problem_details.from_error(error))
    shown.seconds = time.monotonic() - began
    return _page(context, query, shown)


def results_view(answer: QueryAnswer) -> ResultsView:
    """As much of an answer as a page can hold."""
    kind = answer.format.kind
    if answer.length > _MOST:
        return ResultsView(kind=kind, too_large=True)
    if kind == "graph":
        return ResultsView(kind=kind, text=answer.read().decode())
    found = ox.parse_query_results(answer.read(), ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return ResultsView(boolean=bool(found))
    assert isinstance(found, ox.QuerySolutions)
    rows = [list(row) for row in found]
    names = [variable.value for variable in found.variables]
    return ResultsView(names, rows[:_ROWS], len(rows))


def _page(
    context: AppContext,
    query: str,
    shown: ResultsView | None,
    problem: ProblemDetails | None = None,
) -> Response:
    dataset = [(name, value) for name in _DATASET for value in request.values.getlist(name)]
    address = context.urls.sparql(query, dataset)
    written = render_template(
        "sparql.html",
        query=query,
        dataset=dataset,
        address=address if len(address) <= _ADDRESS else "",
        shown=shown,
        labels=labels(context, shown.iris()) if shown and shown.rows else {},
        problem=problem,
        examples=examples(context.instance.base),
        prefixes=json.dumps(WELL_KNOWN),
        limits=context.pool.limits,
        term_kind=term_kind,
    )
    response = Response(written, status=problem.kind.status if problem else 200)
    response.headers["Link"] = LINKS
    response.headers.extend(problem.header_list() if problem else [])
    return response


def term_kind(term: Term | None) -> str:
    """How a term is shown: `iri`, `literal`, `number`, `other` (a blank node, a triple term), or
    empty where there is none."""
    if isinstance(term, ox.Literal):
        return "number" if term.datatype.value in _NUMBERS else "literal"
    return "" if term is None else "iri" if isinstance(term, ox.NamedNode) else "other"
