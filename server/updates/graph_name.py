"""The graph that a request of the Graph Store Protocol names (§4).

It is named by `?graph=`, by `?default`, or by the URL itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyoxigraph as ox

from server.http import wsgi_request
from server.http.problem_details import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/graph-store"


def requested_graph(environ: WSGIEnvironment, more: frozenset[str] = frozenset()) -> str | None:
    """The IRI of the requested graph; empty for the default graph, None if the URL names it.

    `more` are further parameters that are allowed. Raises HttpProblem (400) if no graph is named,
    or more than one.
    """
    parameters = wsgi_request.query_parameters(environ)
    names = parameters.get("graph", [])
    unknown = parameters.keys() - {"graph", "default"} - more
    if unknown or len(names) + ("default" in parameters) > 1:
        raise HttpProblem(400, "name one graph, with either “graph” or “default”")
    if "default" in parameters:
        return ""
    if not names and is_store_itself(environ):
        raise HttpProblem(
            400, "the request names no graph", hint="Add ?default, or ?graph= and its IRI."
        )
    return parse_iri(names[0]).value if names else None


def is_store_itself(environ: WSGIEnvironment) -> bool:
    """Whether the URL is that of the graph store itself."""
    return str(environ["PATH_INFO"]).rstrip("/") == PATH


def parse_iri(iri: str) -> ox.NamedNode:
    """An IRI as a term, or HttpProblem (400)."""
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise HttpProblem(400, f"“{iri}” is not an absolute IRI: {error}") from error


def request_path(environ: WSGIEnvironment) -> str:
    """The path of a request as the client wrote it."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    return urlsplit(str(raw)).path
