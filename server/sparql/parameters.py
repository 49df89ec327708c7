"""Parameters of the SPARQL protocol: from a request to a `QueryRequest`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from graph.core.errors import QueryError, QueryNotAcceptable
from graph.queries import Query, QueryInfo
from graph.queries.model.formats import QLEVER, FormatKind, find, of_query
from server.http import negotiation
from server.http.messages import QueryRequest, RequestHeaders
from server.http.problem_details import HttpProblem
from server.http.wsgi_request import Parameters
from server.sparql import cancellation, qlever

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_FLAGS = {"true": True, "1": True, "": True, "false": False, "0": False}
_SECONDS = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_UNITS = {"ms": 0.001, "s": 1.0}  # sent by QLever's clients
_KINDS: tuple[FormatKind, ...] = ("results", "graph")
_OF_LOCKS = re.compile(r"\s*(?:Second-\d|Infinite\b)", re.IGNORECASE)
_WAIT = re.compile(r"\bwait\s*=\s*(\d+)")


def parse_query_request(
    parameters: Parameters, headers: RequestHeaders, inspect: Callable[[str], QueryInfo]
) -> QueryRequest | None:
    """The query in a request's parameters; None if the response is to be a page.

    Raises HttpProblem and QueryError.
    """
    # Most requests are look-ups: nothing but the query, so nothing else is parsed.
    query_only = len(parameters) == 1 and not headers.client.query_id
    text, name = _single(parameters, "query"), "" if query_only else format_parameter(parameters)
    try:
        info = inspect(text)
    except QueryError:
        if negotiation.for_query("results", headers.accept, name) is negotiation.HTML:
            return None  # the page explains the error
        raise
    offer = negotiation.for_query(info.kind, headers.accept, name)
    if offer is None:
        raise _not_acceptable(info, name or headers.accept)
    if offer is negotiation.HTML:
        return None
    request = QueryRequest(
        query=Query(text, offer.name, notices=True),
        info=info,
        offer=offer,
        timeout=_seconds(headers.timeout) if query_only else None,
        snapshot=headers.snapshot,
        readable=headers.readable,
        query_string=headers.query_string,
        client=headers.client,
    )
    return request if query_only else _with_options(request, parameters, headers)


def _with_options(
    request: QueryRequest, parameters: Parameters, headers: RequestHeaders
) -> QueryRequest:
    query = request.query._replace(
        default_graphs=tuple(parameters.get("default-graph-uri", ())),
        named_graphs=tuple(parameters.get("named-graph-uri", ())),
        bom=_flag(parameters, "bom"),
        send=qlever.send_limit(parameters) if request.offer.name == QLEVER.name else None,
    )
    timeout = _seconds(_single(parameters, "timeout", headers.timeout))
    query_id = _single(parameters, "query-id", headers.client.query_id)
    cancellation.check_query_id(query_id)
    client = headers.client._replace(query_id=query_id)
    return request._replace(query=query, timeout=timeout, client=client)


def format_parameter(parameters: Parameters) -> str:
    """The format a request names, as a name or media type; empty if it names none.

    The first known one counts: SPARQLWrapper sends one format under two names.
    """
    values = parameters.get("format", ())
    if not values and "action" in parameters:
        values = qlever.action_formats(parameters)
    names = [name.strip() for value in values for name in value.split(",")]
    known = (name for name in names if any(find(kind, name) for kind in _KINDS))
    return next(known, names[0] if names else "")


def _single(parameters: Parameters, name: str, default: str | None = None) -> str:
    values = parameters.get(name, [])
    if len(values) > 1 or (not values and default is None):
        raise HttpProblem(
            400,
            f"the parameter “{name}” must appear exactly once (found {len(values)})",
            detail_mn=f"“{name}” параметр яг нэг удаа байх ёстой ({len(values)} байна)",
        )
    return values[0] if values else str(default)


def _flag(parameters: Parameters, name: str) -> bool:
    value = _single(parameters, name, "false").lower()
    if value not in _FLAGS:
        raise HttpProblem(
            400,
            f"the parameter “{name}” must be true or false, not “{value}”",
            detail_mn=f"“{name}” нь true эсвэл false байна, “{value}” биш",
        )
    return _FLAGS[value]


def _seconds(text: str) -> float | None:
    if not text:
        return None
    number, unit = next(
        ((text.removesuffix(u), u) for u in _UNITS if text.endswith(u)), (text, "s")
    )
    if not _SECONDS.fullmatch(number):
        raise HttpProblem(
            400,
            f"“timeout” must be a number of seconds, not “{text}”",
            detail_mn=f"“timeout” нь секундийн тоо байна, “{text}” биш",
        )
    return float(number) * _UNITS[unit]


def _not_acceptable(info: QueryInfo, requested: str) -> QueryNotAcceptable:
    offered = ", ".join(f"{f.name} ({f.media_type})" for f in of_query(info.kind))
    return QueryNotAcceptable(
        f"the result of {info.form or 'this query'} is not available as “{requested}”",
        hint=f"Available: {offered}.",
    )


def timeout_header(environ: WSGIEnvironment) -> str:
    """The seconds in the `Timeout` header, or in `Prefer: wait=` (RFC 7240 §4.3); else empty.

    What WebDAV says in `Timeout` (`Second-9, Infinite`, RFC 4918 §10.7) is about locks.
    """
    preferred = _WAIT.search(environ.get("HTTP_PREFER", ""))
    named = str(environ.get("HTTP_TIMEOUT", ""))
    return "" if _OF_LOCKS.match(named) else named or (preferred[1] if preferred else "")
