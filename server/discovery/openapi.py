"""`/openapi.json`: the HTTP interface for programs, in OpenAPI 3.1.

It does not describe writing (docs/writing.md), nor the URLs of resources, which are links to
follow.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, jsonify

from graph.queries import FORMATS
from graph.queries.model.formats import of_kind
from graph.queries.model.query import QueryLimits
from server.core.context import AppContext
from server.discovery.audit_paths import PATHS
from server.discovery.list_paths import list_paths
from server.http import problem_details, problem_types
from server.http.service_links import EXAMPLES, VOID

ADDRESS = "/openapi.json"
Json = dict[str, Any]

# Parameters of a query: name, repeatable, schema, description.
_PARAMETERS: tuple[tuple[str, bool, Json, str], ...] = (
    (
        "query",
        False,
        {"type": "string"},
        "A SPARQL query. Without it: the service description.",
    ),
    (
        "default-graph-uri",
        True,
        {"type": "string", "format": "uri"},
        "Graphs that form the default graph.",
    ),
    ("named-graph-uri", True, {"type": "string", "format": "uri"}, "Named graphs of the dataset."),
    ("format", False, {"type": "string"}, "The name or media type of a format; overrides Accept."),
    (
        "timeout",
        False,
        {"type": "number", "minimum": 0},
        "Seconds; at most the server's limit.",
    ),
    (
        "bom",
        False,
        {"type": "boolean"},
        "Write CSV and TSV for spreadsheets: with a byte order mark, and an apostrophe before "
        "cells that a spreadsheet would run as formulas.",
    ),
    ("send", False, {"type": "integer", "minimum": 0}, "Maximum number of rows in QLever's JSON."),
)
_FORMAT = {
    "name": "format",
    "in": "query",
    "description": "The name or media type of a format; overrides Accept.",
    "schema": {"type": "string"},
}


def blueprint(context: AppContext) -> Blueprint:
    """`/openapi.json`."""
    part = Blueprint("openapi", __name__)
    description = document(context.pool.limits)

    @part.get(ADDRESS)
    def openapi() -> Response:
        response = jsonify(description)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return part


def document(limits: QueryLimits) -> Json:
    """The OpenAPI document for a pool's limits."""
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
            **{one.path: one.to_json() for one in (*PATHS, *list_paths())},
            "/healthz": {
                "get": {
                    "summary": "Whether queries are answered, and which snapshot is served",
                    "responses": {"200": _response("Queries are answered.", "application/json")},
                }
            },
        },
    }


def _by_address(limits: QueryLimits) -> Json:
    parameters = [
        {
            "name": name,
            "in": "query",
            "description": text,
            "schema": {"type": "array", "items": schema} if repeatable else schema,
        }
        for name, repeatable, schema, text in _PARAMETERS
    ]
    return {
        "summary": "Run a SPARQL query",
        "parameters": parameters,
        "responses": _responses(limits),
    }


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
    return {"summary": "Run a SPARQL query", "requestBody": body, "responses": _responses(limits)}


def _responses(limits: QueryLimits) -> Json:
    text = f"The result: at most {limits.result:,} bytes, in {limits.timeout:g} seconds."
    kinds = {str(kind.status) for kind in problem_types.KINDS.values() if kind.status >= 400}
    problems = {
        status: _response("Why there is no result", problem_details.MEDIA_TYPE) for status in kinds
    }
    return {
        "200": _response(text, *(f.media_type for f in FORMATS)),
        **dict(sorted(problems.items())),
    }


def _described(summary: str) -> Json:
    response = _response(summary, *(f.media_type for f in of_kind("graph")))
    return {"summary": summary, "parameters": [_FORMAT], "responses": {"200": response}}


def _response(description: str, *media_types: str) -> Json:
    return {"description": description, "content": {name: {} for name in media_types}}
