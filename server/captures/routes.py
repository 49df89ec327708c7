"""`/capture/sha256-…`: what is known of an archived file, and a record of it (`?record=row%3D7`).

The file itself is at `/capture/sha256-…/file`, where its source says it is public.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as Base

from graph.archive import Archive
from graph.trace import access
from graph.trace.captures import HeldCapture, most_open
from graph.trace.records import capture_text, masking, reading
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.view import RecordView
from loaders.tables.showing import read_record
from server.auth import bearer
from server.core.charging import charged
from server.core.context import AppContext
from server.http import negotiation
from server.http.language import text
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.http.response_headers import make_resumable
from server.resources import dereference
from server.trace.page import note_text
from server.trace.readers import TraceReaders

_NAME = re.compile(r"sha256-([0-9a-f]{64})")
_JSON = Offer("application/json", "json")
_PIECE = 1 << 18  # bytes
_LONGEST_LOCATOR = 2_000  # characters
_OF_RESPONSE = ("name", "url", "final", "status", "media_type", "etag", "last_modified", "date")


def blueprint(context: AppContext) -> Blueprint:
    """The URLs of captures."""
    part = Blueprint("captures", __name__)
    readers = TraceReaders(context.instance)

    @part.get("/capture/<name>")
    @charged(context)
    def show(name: str) -> Base:
        match = _NAME.fullmatch(name)
        offer = _offer() if match else None
        if match is None or offer is None:  # its document in RDF
            return dereference.show(context)
        return _show(context, readers, match[1], offer)

    @part.get("/capture/<name>/file")
    def file(name: str) -> Response:
        match = _NAME.fullmatch(name)
        found = _found(readers, match[1]) if match else []
        if not match or not found:
            raise _unknown()
        if most_open(found) != access.PUBLIC:
            raise bearer.insufficient_scope(
                "this file is not public", "Its hash and metadata are at /capture/sha256-…"
            )
        return _download(readers.archive, match[1], found)

    return part


def _offer() -> Offer | None:
    """HTML or JSON; None where the client wants RDF."""
    name = request.args.get("format", "")
    if name:
        return next((one for one in (HTML, _JSON) if name in {one.name, one.media_type}), None)
    offers = [HTML, _JSON, *(o for o in negotiation.OFFERS["graph"] if o.name != "json")]
    best = negotiation.best(request.headers.get("Accept", ""), offers)
    return best if best in (HTML, _JSON) else None


def _found(readers: TraceReaders, digest: str) -> list[HeldCapture]:
    return readers.captures().find(digest, readers.readable())


def _unknown() -> HttpProblem:
    return HttpProblem(
        404,
        "no published version was made from a file with this SHA-256",
        hint="Files of restricted sources need a token that may read them.",
        detail_mn="ийм SHA-256-тай файлаас нийтэлсэн хувилбар алга",
        hint_mn="Хязгаарлагдмал эх сурвалжийн файлд унших эрхтэй токен хэрэгтэй.",
    )


def _no_record(digest: str, locator: str) -> HttpProblem:
    return HttpProblem(
        404,
        f"the file has no record “{locator}”",
        hint=f"What is known of the file is at /capture/sha256-{digest}",
        detail_mn=f"файлд “{locator}” гэсэн бичлэг алга",
        hint_mn=f"Файлын тухай юу мэдэгдэж байгаа нь /capture/sha256-{digest} хаягт бий",
    )


def _show(context: AppContext, readers: TraceReaders, digest: str, offer: Offer) -> Response:
    found = _found(readers, digest)
    if not found:
        raise _unknown()
    locator = request.args.get("record", "")[:_LONGEST_LOCATOR]
    view = _view(readers, digest, found, locator) if locator else None
    if view and not view.is_found:
        raise _no_record(digest, locator)
    if offer == _JSON:
        facts = _facts(context, digest, found, locator, view)
        response = Response(json.dumps(facts, ensure_ascii=False), content_type="application/json")
    else:
        response = Response(_page(context, digest, found, locator, view))
    response.vary.update(("Accept", "Authorization"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _view(readers: TraceReaders, digest: str, found: list[HeldCapture], locator: str) -> RecordView:
    if most_open(found) == access.PRIVATE:
        return RecordView(note=text("trace_access_private"))
    one = next((each for each in found if each.response), None)
    if one is None:
        return RecordView(note=text("trace_made_here"))
    base = readers.instance.names.harvested(one.version.source)
    is_public = most_open(found) == access.PUBLIC
    capture = capture_text.of_response(one.response, base, one.described, is_public=is_public)
    return masking.masked(_read(readers, capture, locator))


def _read(readers: TraceReaders, capture: CaptureText, locator: str) -> RecordView:
    return reading.read(readers.archive, readers.instance.cache, capture, locator, read_record)


def _facts(
    context: AppContext,
    digest: str,
    found: list[HeldCapture],
    locator: str,
    view: RecordView | None,
) -> dict[str, Any]:
    names = context.instance.names
    facts = {
        "id": names.capture(digest, locator),
        "sha256": digest,
        "captures": most_open(found),
        "heldBy": [
            {
                "version": names.version(one.version.source, one.version.number),
                "fetch": names.event(one.fetch["index"]),
                "at": one.fetch["at"],
                **{key: one.response[key] for key in _OF_RESPONSE if key in one.response},
            }
            for one in found
        ],
    }
    return facts | ({"record": view.to_json()} if view else {})


def _page(
    context: AppContext,
    digest: str,
    found: list[HeldCapture],
    locator: str,
    view: RecordView | None,
) -> str:
    return render_template(
        "capture.html",
        digest=digest,
        found=found,
        locator=locator,
        view=view,
        access=most_open(found),
        names=context.instance.names,
        note_text=note_text,
    )


def _download(archive: Archive, digest: str, found: list[HeldCapture]) -> Response:
    """The bytes, as an attachment that no browser runs: they are a stranger's."""
    response_entry = next((one.response for one in found if one.response), {})
    with archive.seekable(digest) as blob:
        length = blob.length
    response = Response(_pieces(archive, digest), content_type="application/octet-stream")
    if media_type := response_entry.get("media_type"):
        response.content_type = media_type
    name = re.sub(r"[^\w.-]+", "_", response_entry.get("name", "report.json"), flags=re.ASCII)
    response.headers["Content-Disposition"] = f'attachment; filename="{name[-100:] or digest}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Length"] = str(length)
    response.vary.add("Authorization")
    response.set_etag(digest)
    make_resumable(response, length)
    return response


def _pieces(archive: Archive, digest: str) -> Iterator[bytes]:
    with archive.open(digest) as blob:
        while piece := blob.read(_PIECE):
            yield piece
