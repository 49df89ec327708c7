"""The SPARQL 1.1 Graph Store HTTP Protocol on the published graphs; writing requires a token.

A graph is named by `?graph=` and its IRI, by `?default`, or by its URL: `/graph-store/notes` is
`{base}graph/notes`. Only graphs of editable sources can be written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from graph.queries import GraphDocument
from graph.queries.model.formats import of_kind
from graph.snapshots import graph_states, visibility
from loaders.editable import sources
from loaders.editable.change import Body
from loaders.editable.write import WriteRequest
from server.auth import bearer
from server.auth.graph_access import GraphAccess
from server.auth.tokens import AccessToken
from server.core.context import AppContext
from server.http import negotiation, wsgi_request
from server.http.messages import HttpResponse
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.http.wsgi_request import UPDATE
from server.updates import graph_name, rdf_body
from server.updates.graph_name import PATH
from server.updates.using_clauses import UPDATE_LIMIT, UsingClauses, rewrite
from server.updates.writer import UpdateWriter, write_response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

METHODS = "GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS"
_WRITING = ("PUT", "POST", "DELETE", "PATCH")
_OFFERS = [offer for offer in negotiation.OFFERS["graph"] if offer is not HTML]
_PREFLIGHT = {
    "Allow": METHODS,
    "Accept-Patch": UPDATE,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": (
        "Accept, Authorization, Content-Type, If-Match, If-None-Match"
    ),
}


def blueprint(context: AppContext, writer: UpdateWriter) -> Blueprint:
    """`/graph-store` and everything below it."""
    part = Blueprint("graph_store", __name__)
    reading, writing = _Reading(context), _Writing(writer)

    @part.route(PATH, methods=["GET"], provide_automatic_options=False)
    @part.route(f"{PATH}/<path:_>", methods=["GET"], provide_automatic_options=False)
    def get(_: str = "") -> Response:
        return reading.get(request.environ)

    @part.route(PATH, methods=_WRITING, provide_automatic_options=False)
    @part.route(f"{PATH}/<path:_>", methods=_WRITING, provide_automatic_options=False)
    def write(_: str = "") -> Response:
        response = writing.write(request.environ)
        assert isinstance(response.body, bytes)
        return Response(response.body, response.status, response.headers)

    @part.route(PATH, methods=["OPTIONS"])
    @part.route(f"{PATH}/<path:_>", methods=["OPTIONS"])
    def options(_: str = "") -> Response:
        return Response(status=204, headers=_PREFLIGHT)

    return part


def _graph(environ: WSGIEnvironment, base: str) -> str:
    """The IRI of the graph that a request names; empty for the default graph."""
    iri = graph_name.requested_graph(environ, frozenset({"format"}))
    if iri is not None:
        return iri
    tail = graph_name.request_path(environ).removeprefix(f"{PATH}/")
    return graph_name.parse_iri(f"{base}graph/{tail}").value


class _Reading:
    """GET and HEAD."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._access = GraphAccess(context.instance)

    def get(self, environ: WSGIEnvironment) -> Response:
        """All statements of a graph.

        Raises HttpProblem: 404 for a graph that does not exist or that the client may not read.
        """
        graph, offer = _graph(environ, self._context.instance.base), _offer(environ)
        readable = self._access.readable(environ)
        pool, instance = self._context.pool, self._context.instance
        name = pool.snapshot()
        hidden = visibility.restricted_in(instance, name).hidden_from(readable)
        client = self._context.client_keys.identify(environ)
        answer = pool.run(
            GraphDocument(graph, offer.name),
            snapshot=name,
            readable=readable,
            client=client.key,
            connection_fd=client.connection_fd,
        )
        # 404 for restricted graphs too, so that the response does not show that they exist.
        if (not answer.total and graph) or graph in hidden:
            answer.close()
            raise HttpProblem(404, f"there is no graph <{graph}>")
        response = Response(answer.blocks(), content_type=offer.content_type)
        response.call_on_close(answer.close)
        response.content_length = answer.length
        response.headers["Ulzii-Snapshot"] = name
        response.headers["Cache-Control"] = "private, no-cache" if readable else "no-cache"
        response.vary.update(("Accept", "Authorization"))
        state = graph_states.state_of(instance, name, graph)
        response.set_etag(f"{state}.{offer.name}")
        return response.make_conditional(environ)  # type: ignore[return-value]


def _offer(environ: WSGIEnvironment) -> Offer:
    accept = environ.get("HTTP_ACCEPT", "")
    names = wsgi_request.query_parameters(environ).get("format", [])
    chosen = (
        negotiation.for_description(accept, names[0])
        if names
        else negotiation.best(accept, _OFFERS)
    )
    if chosen is None or chosen is HTML:
        offered = ", ".join(f"{f.name} ({f.media_type})" for f in of_kind("graph"))
        requested = (names or [accept])[0]
        raise HttpProblem(
            406, f"a graph is not available as “{requested}”", hint=f"Available: {offered}."
        )
    return chosen


class _Writing:
    """PUT, POST, DELETE and PATCH."""

    def __init__(self, writer: UpdateWriter) -> None:
        self._writer = writer
        self._instance = writer.instance

    def write(self, environ: WSGIEnvironment) -> HttpResponse:
        """Carry out a write.

        Raises HttpProblem, and what a write raises.
        """
        token = self._writer.token(environ)
        if graph_name.is_store_itself(environ) and not environ.get("QUERY_STRING"):
            raise bearer.insufficient_scope("the request names no graph", _HINT)
        graph = _graph(environ, self._instance.base)
        source = self._source(graph, token)
        method = environ["REQUEST_METHOD"]
        body, text = _patch(environ, graph) if method == "PATCH" else (_body(environ, graph), "")
        write_request = WriteRequest(
            method=method,
            source=source,
            agent=token.name,
            url=graph,
            body=body,
            writable=token.write,
            readable=tuple(sorted(token.readable)),
            if_match=_states(environ.get("HTTP_IF_MATCH", "")),
            if_none_match=_states(environ.get("HTTP_IF_NONE_MATCH", "")),
            update=text,
        )
        return write_response(self._writer.run(write_request), environ, self._instance)

    def _source(self, graph: str, token: AccessToken) -> str:
        """The editable source that a graph belongs to.

        Raises HttpProblem (403) if there is none, or the token may not write it.
        """
        names = self._instance.names
        found = next((s for s in sources.editable(self._instance) if names.graph(s) == graph), None)
        if found is None or found not in token.write:
            raise bearer.insufficient_scope(
                f"this token may not write <{graph or 'the default graph'}>", _HINT
            )
        return found


_HINT = (
    "Only graphs of editable sources can be written. The operator creates a source with "
    "`ulzii sources add` and lets a token write it with `ulzii token add NAME --write SOURCE`."
)


def _body(environ: WSGIEnvironment, graph: str) -> Body:
    """The body of a request, with the media type that names its format."""
    if environ["REQUEST_METHOD"] == "DELETE":
        return Body(b"", "application/n-triples", graph)
    data = wsgi_request.read_body(environ, rdf_body.MAX_BODY)
    parts = rdf_body.body_parts(environ)
    documents = [(part.data, rdf_body.format_of(part).media_type) for part in parts]
    if rdf_body.is_form(environ):
        return Body(data, "multipart/form-data", graph, tuple(documents))
    return Body(data, documents[0][1], graph)


def _patch(environ: WSGIEnvironment, graph: str) -> tuple[Body, str]:
    """An update of one graph (§5.7): as it was sent, and as it is run."""
    if wsgi_request.media_type(environ) != UPDATE:
        raise HttpProblem(415, f"send a PATCH as {UPDATE}", Accept_Patch=UPDATE)
    data = wsgi_request.read_body(environ, UPDATE_LIMIT)
    text = rewrite(wsgi_request.decode_utf8(data), UsingClauses(), UPDATE_LIMIT)
    return Body(data, UPDATE, graph), text


def _states(header: str) -> tuple[str, ...]:
    """The states of graphs in a list of entity tags, without format and content coding."""
    # A tag is `{state}.{format}`, with the content coding appended if there was one.
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return tuple(tag.partition(".")[0] for tag in tags if tag)
