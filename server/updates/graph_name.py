"""Which graph a request of the Graph Store Protocol names (§4): by `?graph=`, by `?default`, or by
its own address.
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
    """The IRI of the graph; empty for the default graph, None where the address names it.

    `more` are other parameters that are taken. Raises HttpProblem (400) where no graph is named,
    or two.
    """
    given = wsgi_request.query_parameters(environ)
    names = given.get("graph", [])
    if given.keys() - {"graph", "default"} - more or len(names) + ("default" in given) > 1:
        raise HttpProblem(400, "a graph is named once, by “graph” or by “default”")
    if "default" in given:
        return ""
    if not names and is_store_itself(environ):
        raise HttpProblem(400, "which graph?", hint="Add ?default or ?graph= and its IRI.")
    return parse_iri(names[0]).value if names else None


def is_store_itself(environ: WSGIEnvironment) -> bool:
    """Whether the address is that of the store itself."""
    return str(environ["PATH_INFO"]).rstrip("/") == PATH


def parse_iri(iri: str) -> ox.NamedNode:
    """An IRI as a term, or HttpProblem (400)."""
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise HttpProblem(400, f"“{iri}” is no absolute IRI: {error}") from error


def request_path(environ: WSGIEnvironment) -> str:
    """The path of a request as the client wrote it."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    return urlsplit(str(raw)).path
