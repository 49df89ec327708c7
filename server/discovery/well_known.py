"""Well-known URLs (RFC 8615): `/.well-known/void`."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from graph.void import GRAPH
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import HTML
from server.http.problem_details import HttpProblem
from server.http.service_links import VOID


def blueprint(context: AppContext) -> Blueprint:
    """`/.well-known/void` (VoID §7.2): redirects to the VoID graph, or to the dataset's page."""
    part = Blueprint("well_known", __name__)

    @part.get(VOID)
    def void() -> Response:
        accept, name = request.headers.get("Accept", ""), request.args.get("format", "")
        offer = negotiation.for_description(accept, name)
        if offer is None:
            raise HttpProblem(406, "the VoID description is not available in this format")
        names = context.instance.names
        path = context.urls.href(names.void() if offer == HTML else names.graph(GRAPH))
        response = redirect(context.urls.document(path, offer.name), 303)
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return part
