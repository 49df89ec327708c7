"""`/openapi.json`: the addresses that answer programs, in OpenAPI 3.1.

Writing is not in it (docs/writing.md), nor are the addresses of things: those are links to follow.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, jsonify

from graph.queries import FORMATS
from graph.queries.model.formats import of_kind
from graph.queries.model.query import QueryLimits
from server.core.context import AppContext
from server.http import problem_details
from server.http.service_links import EXAMPLES, VOID

ADDRESS = "/openapi.json"
Json = dict[str, Any]

# Parameters of a query: name, repeatable, schema, what it is.
_PARAMETERS: tuple[tuple[str, bool, Json, str], ...] = (
    ("query", False, {"type": "string"}, "A SPARQL query. Without one the service is described."),
    ("default-graph-uri", True, {"type": "string", "format": "uri"}, "Graphs of the dataset."),
    ("named-graph-uri", True, {"type": "string", "format": "uri"}, "Named graphs of the dataset."),
    ("format", False, {"type": "string"}, "A format's name or media type; beats Accept."),
    ("timeout", False, {"type": "number", "minimum": 0}, "Seconds, capped by the server's limit."),
    ("bom", False, {"type": "boolean"}, "Begin CSV and TSV with a byte order mark."),
    ("send", False, {"type": "integer", "minimum": 0}, "Rows that QLever's JSON holds of all."),
)
_FORMAT = {
    "name": "format",
    "in": "query",
    "description": "A format's name or media type; beats Accept.",
    "schema": {"type": "string"},
}


def blueprint(context: AppContext) -> Blueprint:
    """The description, made once."""
    part = Blueprint("openapi", __name__)
    told = document(context.pool.limits)

    @part.get(ADDRESS)
    def openapi() -> Response:
        response = jsonify(told)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return part


def document(limits: QueryLimits) -> Json:
    """All of it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ulzii",
            "description": "Mongolia's open government data as one knowledge graph.",
            "version": version("ulzii"),
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/sparql": {"get": _by_address(limits), "post": _by_body(limits)},
            VOID: {"get": _described("What every graph holds, in numbers (VoID)")},
            EXAMPLES: {"get": _described("Example queries (SHACL)")},
            "/healthz": {
                "get": {
                    "summary": "Whether it is alive, and what it serves",
                    "responses": {"200": _answer("It is.", "application/json")},
                }
            },
        },
    }


def _by_address(limits: QueryLimits) -> Json:
    parameters = [
        {
            "name": name,
            "in": "query",
            "description": told,
            "schema": {"type": "array", "items": schema} if repeatable else schema,
        }
        for name, repeatable, schema, told in _PARAMETERS
    ]
    return {"summary": "Ask in SPARQL", "parameters": parameters, "responses": _answers(limits)}


def _by_body(limits: QueryLimits) -> Json:
    form = {
        name: {"type": "array", "items": schema} if repeatable else schema
        for name, repeatable, schema, _ in _PARAMETERS
    }
    content = {
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": form, "required": ["query"]}
        },
        "application/sparql-query": {"schema": {"type": "string"}},
    }
    body = {"required": True, "content": content}
    return {"summary": "Ask in SPARQL", "requestBody": body, "responses": _answers(limits)}


def _answers(limits: QueryLimits) -> Json:
    told = f"A whole answer of at most {limits.result:,} bytes, within {limits.timeout:g} seconds."
    kinds = {str(kind.status) for kind in problem_details.KINDS.values() if kind.status >= 400}
    refused = {
        status: _answer("Why there is no answer", problem_details.MEDIA_TYPE) for status in kinds
    }
    return {"200": _answer(told, *(f.media_type for f in FORMATS)), **dict(sorted(refused.items()))}


def _described(summary: str) -> Json:
    answer = _answer(summary, *(f.media_type for f in of_kind("graph")))
    return {"summary": summary, "parameters": [_FORMAT], "responses": {"200": answer}}


def _answer(told: str, *media_types: str) -> Json:
    return {"description": told, "content": {name: {} for name in media_types}}
