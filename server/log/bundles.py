"""`/bundle?statement=…`: the evidence of a statement as a file to download and check offline."""

from __future__ import annotations

from flask import Blueprint, Response, request

from graph.core.errors import ConfigError
from graph.evidence_bundles import build
from graph.evidence_bundles.model import BundleRequest
from server.core.charging import charged
from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.log.access import LogAccess

_NAME = "evidence.zip"


def blueprint(context: AppContext) -> Blueprint:
    """The download of evidence bundles."""
    part = Blueprint("evidence_bundles", __name__)
    access = LogAccess(context.instance)

    @part.get("/bundle")
    @charged(context)
    def bundle() -> Response:
        given, version = request.args, request.args.get("version", "0")
        if not given.get("statement", "") or not (version.isascii() and version.isdigit()):
            raise HttpProblem(
                400,
                "give `statement`, and `version` as a number",
                hint=_HINT,
                detail_mn="`statement`, мөн `version`-ийг тоогоор өгнө үү",
                hint_mn=_HINT_MN,
            )
        absent_from = given.get("absent-from", "")
        wanted = BundleRequest(
            given["statement"],
            source=absent_from or given.get("source", ""),
            version=int(version),
            absent=bool(absent_from),
            readable=access.readable(),
        )
        try:
            data = build.build(context.instance, wanted)
        except ConfigError as error:
            raise HttpProblem(
                404,
                error.message,
                hint=error.hint,
                detail_mn="нийтэлсэн ийм мэдүүлэг алга, эсвэл асуусан нь нэг мэдүүлэг биш",
                hint_mn=_HINT_MN,
            ) from error
        return _sent(data)

    return part


_HINT = (
    "'SUBJECT PREDICATE OBJECT' or the IRI of a statement; `source`, `version`, or `absent-from`"
    " for the proof that a source's version does not say it."
)
_HINT_MN = (
    "'SUBJECT PREDICATE OBJECT' эсвэл мэдүүлгийн IRI; `source`, `version`; хувилбар мэдүүлээгүйг "
    "нотлох бол `absent-from`."
)


def _sent(data: bytes) -> Response:
    response = Response(data, content_type=build.MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_NAME}"'
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Authorization")
    response.add_etag()
    response.make_conditional(request)
    return response
