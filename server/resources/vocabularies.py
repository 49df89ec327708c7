"""URLs under `/def/`: versions of a vocabulary module, and the JSON-LD context.

`/def/{module}/{version}` redirects to the module if that version is the published one. Other
versions have no URL of their own.
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
    """The URLs of the JSON-LD context and of versions of modules."""
    part = Blueprint("definitions", __name__)
    body = (files("vocab") / "context.jsonld").read_bytes()
    path = "/" + json.loads(body)["id"].removeprefix(ROOT)

    @part.get(path)
    @part.get(f"{path}.jsonld")
    def jsonld_context() -> Response:
        response = Response(body, content_type=_TYPE)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "public, max-age=86400"
        response.add_etag()
        response.make_conditional(request)
        return response

    @part.get("/def/<module>/<version>")
    def module_version(module: str, version: str) -> Base:
        return redirect(_module_url(context, module, version), 303)

    return part


def _module_url(context: AppContext, module: str, version: str) -> str:
    """The URL of the module that a version belongs to, in the requested format.

    Raises HttpProblem 404 if it is not the published version.
    """
    number, extension = dereference.split_extension(version)
    # “1.0.ttl” is version 1.0 as Turtle, unless a version has that very name.
    for name, form in ((version, ""), (number, extension)):
        versions = context.urls.iris(f"/def/{module}/{name}")
        for row in internal_queries.select(context.pool, "resources/version_of", versions):
            path = context.urls.href(row["whole"].value)
            query = request.query_string.decode()
            return (context.urls.document(path, form) if form else path) + (query and f"?{query}")
    hint = f"/def/{module} names the published version (owl:versionIRI)."
    raise HttpProblem(
        404, "this version is not available", hint=hint, detail_mn="ийм хувилбар алга"
    )
