"""`/.well-known/api-catalog` (RFC 9727): our APIs as a linkset (RFC 9264)."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from server.core.context import AppContext
from server.http.service_links import EXAMPLES, VOID

PATH = "/.well-known/api-catalog"
_TYPE = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'


def blueprint(context: AppContext) -> Blueprint:
    """The catalogue of APIs; HEAD names it by a Link header."""
    part = Blueprint("api_catalog", __name__)

    @part.get(PATH)
    def apis() -> Response:
        body = json.dumps({"linkset": _linkset(context)}, ensure_ascii=False)
        response = Response(body, content_type=_TYPE)
        response.headers["Link"] = f'<{context.urls.absolute(PATH)}>; rel="api-catalog"'
        return response

    return part


def _linkset(context: AppContext) -> list[dict[str, object]]:
    def link(path: str, media_type: str) -> dict[str, str]:
        return {"href": context.urls.absolute(path), "type": media_type}

    apis = ("sparql", "catalog")
    return [
        {
            "anchor": context.urls.absolute(PATH),
            "item": [{"href": context.urls.absolute(path)} for path in apis],
        },
        {
            "anchor": context.urls.absolute("sparql"),
            "service-desc": [
                link("openapi.json", "application/json"),
                link("sparql?format=ttl", "text/turtle"),
            ],
            "service-doc": [link("help", "text/html")],
            "service-meta": [link(f"{VOID}?format=ttl", "text/turtle")],
            "item": [link(f"{EXAMPLES}?format=ttl", "text/turtle")],
        },
        {
            "anchor": context.urls.absolute("catalog"),
            "item": [
                link("catalog.ttl", "text/turtle"),
                link("catalog.rdf", "application/rdf+xml"),
                link("catalog.jsonld", "application/ld+json"),
            ],
            "service-doc": [link("help", "text/html")],
            "service-meta": [link("sitemap.xml", "application/xml")],
        },
    ]
