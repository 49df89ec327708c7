"""From the parameters of a request to the query it asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from graph.core.errors import QueryError, QueryNotAcceptable
from graph.queries import Query, QueryInfo
from graph.queries.model.formats import QLEVER, FormatKind, find, of_query
from server.http import negotiation
from server.http.messages import QueryRequest, RequestHeaders
from server.http.negotiation import Offer
from server.http.problem_details import HttpProblem
from server.http.wsgi_request import Parameters
from server.sparql import cancellation, qlever

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_FLAGS = {"true": True, "1": True, "": True, "false": False, "0": False}
_SECONDS = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_UNITS = {"ms": 0.001, "s": 1.0}  # QLever's clients name theirs
_KINDS: tuple[FormatKind, ...] = ("results", "graph")
_WAIT = re.compile(r"\bwait\s*=\s*(\d+)")


def parse(
    parameters: Parameters, asked: RequestHeaders, inspect: Callable[[str], QueryInfo]
) -> QueryRequest | None:
    """Read a query's parameters; None where the answer is to be a page.

    Raises HttpProblem and QueryError.
    """
    alone = len(parameters) == 1 and not asked.caller.name  # a look-up: nothing but its query
    text, name = _only(parameters, "query"), "" if alone else format_of(parameters)
    try:
        shape = inspect(text)
    except QueryError:
        if negotiation.for_query("results", asked.accept, name) is negotiation.HTML:
            return None  # the page says what is wrong
        raise
    offer = negotiation.for_query(shape.kind, asked.accept, name)
    if offer is None:
        raise _not_acceptable(shape, name or asked.accept)
    if offer is negotiation.HTML:
        return None
    if alone:
        places = (asked.snapshot, asked.readable, asked.address)
        timeout = _timeout(asked.wait)
        return QueryRequest(Query(text, offer.name), shape, offer, timeout, *places, asked.caller)
    return _with_options(parameters, asked, Query(text, offer.name), shape, offer)


def _with_options(
    parameters: Parameters, asked: RequestHeaders, query: Query, shape: QueryInfo, offer: Offer
) -> QueryRequest:
    query = query._replace(
        default_graphs=tuple(parameters.get("default-graph-uri", ())),
        named_graphs=tuple(parameters.get("named-graph-uri", ())),
        bom=_flag(parameters, "bom"),
        send=qlever.rows(parameters) if offer.name == QLEVER.name else None,
    )
    timeout = _timeout(_only(parameters, "timeout", asked.wait))
    name = cancellation.check(_only(parameters, "query-id", asked.caller.name))
    caller = asked.caller._replace(name=name) if name else asked.caller
    places = (asked.snapshot, asked.readable, asked.address)
    return QueryRequest(query, shape, offer, timeout, *places, caller)


def format_of(parameters: Parameters) -> str:
    """The first format of several that we have: SPARQLWrapper names one in two ways at once."""
    values = parameters.get("format", ())
    if not values and "action" in parameters:
        values = qlever.formats(parameters)
    given = [name.strip() for value in values for name in value.split(",")]
    known = (name for name in given if any(find(kind, name) for kind in _KINDS))
    return next(known, given[0] if given else "")


def _only(parameters: Parameters, name: str, default: str | None = None) -> str:
    values = parameters.get(name, [])
    if len(values) > 1 or (not values and default is None):
        raise HttpProblem(400, f"“{name}” is wanted exactly once; it is here {len(values)} times")
    return values[0] if values else str(default)


def _flag(parameters: Parameters, name: str) -> bool:
    value = _only(parameters, name, "false").lower()
    if value not in _FLAGS:
        raise HttpProblem(400, f"“{name}” is true or false, not “{value}”")
    return _FLAGS[value]


def _timeout(text: str) -> float | None:
    if not text:
        return None
    number, unit = next(
        ((text.removesuffix(u), u) for u in _UNITS if text.endswith(u)), (text, "s")
    )
    if not _SECONDS.fullmatch(number):
        raise HttpProblem(400, f"“timeout” is a number of seconds, not “{text}”")
    return float(number) * _UNITS[unit]


def _not_acceptable(shape: QueryInfo, wanted: str) -> QueryNotAcceptable:
    offered = ", ".join(f"{f.name} ({f.media_type})" for f in of_query(shape.kind))
    return QueryNotAcceptable(
        f"the result of {shape.form or 'this query'} is not written as “{wanted}”",
        hint=f"Offered: {offered}.",
    )


def wait(environ: WSGIEnvironment) -> str:
    """The seconds a client waits by header: `Timeout`, or `Prefer: wait=` (RFC 7240 §4.3)."""
    preferred = _WAIT.search(environ.get("HTTP_PREFER", ""))
    given = str(environ.get("HTTP_TIMEOUT") or (preferred[1] if preferred else ""))
    return given if _SECONDS.fullmatch(given) else ""
