"""What stands under `/def/` beside the things: versions of a module, and the JSON-LD context.

`/def/{module}/{version}` leads to the module where that version is the published one; any other
version is not kept under an address of its own.
"""

from __future__ import annotations

import json
from importlib.resources import files

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Base

from graph.core.iris import ROOT
from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.resources import dereference
from server.sparql import internal_queries

_TYPE = "application/ld+json"


def blueprint(context: AppContext) -> Blueprint:
    """The context of this version, and every module's version, at their own addresses."""
    part = Blueprint("definitions", __name__)
    told = (files("vocab") / "context.jsonld").read_bytes()
    path = "/" + json.loads(told)["id"].removeprefix(ROOT)

    @part.get(path)
    @part.get(f"{path}.jsonld")
    def jsonld_context() -> Response:
        response = Response(told, content_type=_TYPE)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "public, max-age=86400"
        response.add_etag()
        response.make_conditional(request)
        return response

    @part.get("/def/<module>/<version>")
    def module_version(module: str, version: str) -> Base:
        return redirect(_whole(context, module, version), 303)

    return part


def _whole(context: AppContext, module: str, version: str) -> str:
    """The address of the module a version is of, in the format that is asked for.

    Raises HttpProblem 404.
    """
    number, extension = dereference.split_extension(version)
    for name, form in ((version, ""), (number, extension)):
        versions = context.urls.iris(f"/def/{module}/{name}")
        for row in internal_queries.select(context.pool, "resources/version_of", versions):
            path = context.urls.href(row["whole"].value)
            query = request.query_string.decode()
            return (context.urls.document(path, form) if form else path) + (query and f"?{query}")
    hint = f"The published version is named at /def/{module} (owl:versionIRI)."
    raise HttpProblem(404, "this version is not kept", hint=hint)
