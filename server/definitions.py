"""`/def/context/{version}`: the JSON-LD context, which a document names to be read with it."""

from __future__ import annotations

import json
from importlib.resources import files

from flask import Blueprint, Response, request

from graph.iris import ROOT
from server.context import Context

_TYPE = "application/ld+json"


def blueprint(_: Context) -> Blueprint:
    """The context of this version at its own address, and with the extension `.jsonld`."""
    part = Blueprint("definitions", __name__)
    told = (files("vocab") / "context.jsonld").read_bytes()
    path = "/" + json.loads(told)["id"].removeprefix(ROOT)

    @part.get(path)
    @part.get(f"{path}.jsonld")
    def context() -> Response:
        response = Response(told, content_type=_TYPE)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "public, max-age=86400"
        response.add_etag()
        response.make_conditional(request)
        return response

    return part
