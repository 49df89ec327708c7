"""Every IRI below the base, and the fixed ones of the project, lead somewhere: 303 to a document
by Accept; the address of a document (`/id/place/065.ttl`) or `?format=` beats it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Base

from graph.queries import QueryAnswer, ResourceDocument
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import CSV, HTML, Offer
from server.http.problem_details import HttpProblem
from server.resources import page
from server.sparql import internal_queries, tables

_EXTENSIONS = {
    offer.name for offer in (*negotiation.OFFERS["graph"], CSV) if offer.name not in {"json", "xml"}
}


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """A thing, its local path as it is minted, and the format its address asks for, if any."""

    iri: str
    path: str
    format: str


def blueprint(context: AppContext) -> Blueprint:
    """The addresses of all things."""
    part = Blueprint("things", __name__)

    @part.get("/<path:_>")
    def show(_: str) -> Base:
        wanted = resolve(context, raw_path())
        offer = negotiation.for_document(request.headers.get("Accept", ""), wanted.format)
        if offer is None:
            raise HttpProblem(
                406, "there is no such format of a thing", hint=", ".join(_EXTENSIONS)
            )
        if not wanted.format:
            response = redirect(context.urls.document(wanted.path, offer.name), 303)
            response.vary.add("Accept")
            return response
        return document(context, wanted, offer)

    return part


def raw_path() -> str:
    """The path as it was requested, not decoded: `%2F` is part of a segment."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    return str(raw).partition("?")[0]


def resolve(context: AppContext, path: str) -> ResourceRequest:
    """What a path names: `/id/x.ttl` is a document of `/id/x`, unless only a thing with that dot
    in its name is known.

    Raises HttpProblem 404.
    """
    stem, extension = split_extension(path)
    asked = request.args.get("format", "")
    readings = [(path, asked)]
    if extension:
        readings.insert(0, (stem, asked or extension))
    for name, form in readings:
        if iri := _known(context, context.urls.iris(name)):
            return ResourceRequest(iri, context.urls.href(iri), form)
    raise HttpProblem(404, "no statement speaks of it", hint=context.urls.iris(path)[0])


def split_extension(path: str) -> tuple[str, str]:
    """A path without the extension of a document, and the extension; "" where it has none."""
    stem, _, extension = path.rpartition(".")
    return (stem, extension) if extension in _EXTENSIONS else (path, "")


def _known(context: AppContext, iris: list[str]) -> str | None:
    found = {
        str(row["thing"].value)
        for row in internal_queries.select(context.pool, "resources/known", iris)
    }
    return next((iri for iri in iris if iri in found), None)


def document(context: AppContext, wanted: ResourceRequest, offer: Offer) -> Response:
    """A thing's document in one format."""
    if offer == HTML:
        return Response(page.resource_page(context, wanted.iri, wanted.path))
    if offer == CSV:
        with statements(context, wanted.iri, "nt") as answer:
            return Response(tables.csv(answer), content_type=CSV.content_type)
    answer = statements(context, wanted.iri, offer.name)
    response = Response(
        answer.blocks(),
        content_type=offer.content_type,
        headers={
            "Content-Length": str(answer.length),
            "Access-Control-Allow-Origin": "*",
        },
    )
    response.call_on_close(answer.close)
    if answer.snapshot:
        response.headers["Ulzii-Snapshot"] = answer.snapshot
        response.set_etag(f"{answer.snapshot}-{offer.name}")
        response.make_conditional(request)
    return response


def statements(context: AppContext, iri: str, form: str, limit: int = 0) -> QueryAnswer:
    """The statements of a document; those of a named graph are what it holds."""
    if page.is_graph(context, iri):
        return internal_queries.construct(context.pool, "resources/graph", [iri], form)
    return context.pool.run(ResourceDocument(iri, form, limit))
