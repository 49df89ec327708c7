"""What people see at `/sparql`: a form, results as a page, and the service's description."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from graph.errors import UlziiError
from graph.queries import Answer, Query, inspect
from server import description, negotiation, problems, start
from server.context import Context
from server.description import Description
from server.negotiation import HTML
from server.problems import HttpProblem, Problem

_MOST = 2 << 20
_ROWS = 500


@dataclass(slots=True)
class Shown:
    """A result as a page shows it; `rows` are the first ones."""

    variables: list[str] = field(default_factory=list)
    rows: list[list[ox.NamedNode | ox.Literal | None]] = field(default_factory=list)
    total: int = 0
    boolean: bool | None = None
    text: str = ""
    too_large: bool = False


def blueprint(context: Context) -> Blueprint:
    """The pages of `/sparql`; `server.endpoint` answers all other requests."""
    part = Blueprint("sparql", __name__)
    described = Description(context)

    @part.route("/sparql", methods=["GET", "POST", "QUERY"])
    def sparql() -> Response:
        query = request.values.get("query")
        if query is None:
            query = request.get_data(as_text=True)
        return results(context, query) if query else about(context, described)

    return part


def about(context: Context, described: Description) -> Response:
    """The form for those who read pages, else the service's description."""
    offers = negotiation.OFFERS["graph"]
    accept, name = request.headers.get("Accept", ""), request.args.get("format", "")
    offer = (
        negotiation.for_query("graph", accept, name) if name else negotiation.best(accept, offers)
    )
    if offer is None:
        raise HttpProblem(406, "the service is not described in this format")
    if offer == HTML:
        return _form(context, start.examples(context.instance.base)[0].query, None)
    return description.response(described.of(request.base_url, offer.name), offer)


def results(context: Context, query: str) -> Response:
    """The page of a query's result, or of what is wrong with it."""
    default, named = (tuple(request.values.getlist(f"{k}-graph-uri")) for k in ("default", "named"))
    try:
        kind = inspect(query, context.pool.limits.text).kind
        form = "json" if kind == "results" else "ttl"
        with context.pool.run(Query(query, form, None, default, named)) as answer:
            return _form(context, query, show(answer))
    except UlziiError as error:
        return _form(context, query, None, problems.of_error(error))


def show(answer: Answer) -> Shown:
    """As much of an answer as a page can hold."""
    if answer.length > _MOST:
        return Shown(too_large=True)
    if answer.format.kind == "graph":
        return Shown(text=answer.read().decode())
    found = ox.parse_query_results(answer.read(), ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Shown(boolean=bool(found))
    assert isinstance(found, ox.QuerySolutions)
    rows = [list(row) for row in found]
    names = [variable.value for variable in found.variables]
    return Shown(names, rows[:_ROWS], len(rows))


def _form(
    context: Context, query: str, shown: Shown | None, problem: Problem | None = None
) -> Response:
    page = render_template(
        "sparql.html",
        query=query,
        shown=shown,
        problem=problem,
        limits=context.pool.limits,
        is_iri=lambda term: isinstance(term, ox.NamedNode),
    )
    response = Response(page, status=problem.kind.status if problem else 200)
    response.headers.extend(problem.header_list() if problem else [])
    return response
