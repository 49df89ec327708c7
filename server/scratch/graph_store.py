"""The SPARQL 1.1 Graph Store HTTP Protocol at `/graph-store`.

A graph is named by `?graph=`, `?default`, or by the URL of the request (§4).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from server.http import wsgi_request
from server.http.messages import HttpResponse
from server.http.problem_details import HttpProblem
from server.scratch import writing
from server.scratch.engine import InMemoryPool
from server.updates import graph_name, rdf_body
from server.updates.graph_name import PATH

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
GraphTerm = ox.NamedNode | ox.DefaultGraph


class ScratchGraphStore:
    """Reads and writes the graphs of one store."""

    def __init__(self, engine: InMemoryPool) -> None:
        self.engine = engine
        self.store = engine.store
        self._methods: dict[str, Callable[[WSGIEnvironment], HttpResponse]] = {
            "GET": self._get,
            "HEAD": self._get,
            "PUT": self._put,
            "POST": self._post,
            "DELETE": self._delete,
            "OPTIONS": lambda _: HttpResponse("204 No Content", [("Allow", METHODS)]),
        }

    def respond(self, environ: WSGIEnvironment) -> HttpResponse:
        """The response to one request.

        Raises HttpProblem.
        """
        method = environ["REQUEST_METHOD"]
        if method not in self._methods:
            raise HttpProblem(405, f"the method {method} is not allowed here", Allow=METHODS)
        return self._methods[method](environ)

    def _get(self, environ: WSGIEnvironment) -> HttpResponse:
        graph, offer = _graph(environ), writing.negotiate(environ)
        self._require(graph)
        quads = self.store.quads_for_pattern(None, None, None, graph)
        body = writing.serialize_graph((quad.triple for quad in quads), offer)
        own = [("Content-Type", offer.content_type), ("Content-Length", str(len(body)))]
        return HttpResponse(
            "200 OK", [*own, ("Vary", "Accept"), ("Cache-Control", "no-store")], body
        )

    def _put(self, environ: WSGIEnvironment) -> HttpResponse:
        graph = _graph(environ)
        # Parsed before the graph is cleared: an invalid body must not empty it.
        statements = rdf_body.triples(environ, _base(graph, environ))
        new = not self._exists(graph)
        self.store.clear_graph(graph)
        return self._add(graph, statements, new)

    def _post(self, environ: WSGIEnvironment) -> HttpResponse:
        if environ["PATH_INFO"].rstrip("/") == PATH and not environ.get("QUERY_STRING"):
            root = wsgi_request.root_url(environ)
            graph: GraphTerm = ox.NamedNode(f"{root}{PATH}/{uuid.uuid4()}")
        else:
            graph = _graph(environ)
        statements = rdf_body.triples(environ, _base(graph, environ))
        return self._add(graph, statements, not self._exists(graph))

    def _add(self, graph: GraphTerm, statements: list[ox.Triple], new: bool) -> HttpResponse:
        if isinstance(graph, ox.NamedNode):
            self.store.add_graph(graph)
        self.store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in statements)
        self.engine.mark_changed()
        if new and isinstance(graph, ox.NamedNode):
            return HttpResponse("201 Created", [("Location", graph.value), ("Content-Length", "0")])
        return HttpResponse("204 No Content", [])

    def _delete(self, environ: WSGIEnvironment) -> HttpResponse:
        graph = _graph(environ)
        self._require(graph)
        self.store.remove_graph(graph)
        self.engine.mark_changed()
        return HttpResponse("204 No Content", [])

    def _exists(self, graph: GraphTerm) -> bool:
        return isinstance(graph, ox.DefaultGraph) or self.store.contains_named_graph(graph)

    def _require(self, graph: GraphTerm) -> None:
        if not self._exists(graph):
            raise HttpProblem(404, f"there is no graph {graph}")


def _graph(environ: WSGIEnvironment) -> GraphTerm:
    """The graph that a request names.

    Raises HttpProblem (400) if it names none, or more than one.
    """
    iri = graph_name.requested_graph(environ)
    if iri is None:
        iri = _url(environ)
    return graph_name.parse_iri(iri) if iri else ox.DefaultGraph()


def _url(environ: WSGIEnvironment) -> str:
    """The URL of a request as the client wrote it, without the query string."""
    return wsgi_request.root_url(environ) + graph_name.request_path(environ)


def _base(graph: GraphTerm, environ: WSGIEnvironment) -> str:
    """The base IRI of a body: the graph (§4.1), or the request's URL."""
    return graph.value if isinstance(graph, ox.NamedNode) else _url(environ)
