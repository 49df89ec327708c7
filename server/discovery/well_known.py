"""Well-known URLs (RFC 8615): `/.well-known/void`."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from server.core.context import AppContext
from server.discovery.void_description import VoidDescription
from server.http import negotiation
from server.http.negotiation import HTML
from server.http.problem_details import HttpProblem
from server.http.service_links import VOID
from server.sparql.service_description import description_response


def blueprint(context: AppContext) -> Blueprint:
    """`/.well-known/void` (VoID §7.2): the description, or for browsers the dataset's page."""
    part = Blueprint("well_known", __name__)
    description = VoidDescription(context)

    @part.get(VOID)
    def void() -> Response:
        accept, name = request.headers.get("Accept", ""), request.args.get("format", "")
        offer = negotiation.for_description(accept, name)
        if offer is None:
            raise HttpProblem(
                406,
                "the VoID description is not available in this format",
                detail_mn="VoID тодорхойлолт ийм хэлбэрээр алга",
            )
        if offer != HTML:
            return description_response(description.of(offer.name), offer)
        path = context.urls.href(context.instance.names.void())
        response = redirect(
            context.urls.redirected(path, offer.name, request.args.items(multi=True)), 303
        )
        response.vary.add("Accept")
        return response

    return part
