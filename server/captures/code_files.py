"""The files of archived code: `/code/mapping/SOURCE/sha256-…/files`, and each as text or as a page.

An auditor reads the rule there that made a statement, as it was when it made it; `?rule=` finds the
lines that name it, and marks them in the file.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from graph.ledger import Event
from graph.trace import rule_texts
from server.captures import code_lines
from server.core.charging import charged
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.trace.readers import TraceReaders

_MOST_FILES = 150  # on a page
_MOST_SHOWN = 250  # lines of a file on a page: some 40 kB
_LONGEST = 200  # characters of the name of a rule
_TEXT = Offer("text/plain", "text", text=True)


def blueprint(context: AppContext) -> Blueprint:
    """The URLs of archived code."""
    part = Blueprint("code_files", __name__)
    readers = TraceReaders(context.instance)

    def found(kind: str, name: str, digest: str) -> Event:
        event = readers.tracer().code(kind, name, digest, readers.readable())
        if event is None:
            raise _unknown()
        return event

    @part.get("/code/<kind>/<name>/sha256-<digest>/files")
    @charged(context)
    def files(kind: str, name: str, digest: str) -> Response:
        event, rule = found(kind, name, digest), _rule()
        lines = [*code_lines.naming(readers.archive, event["files"], rule)] if rule else []
        said = rule_texts.of(readers.archive, event, {rule}).get(rule)
        listed = sorted(event["files"].items())
        number, last = _page(len(listed), _MOST_FILES, first=0)
        page = render_template(
            "code_files.html",
            event=event,
            files=listed[(number - 1) * _MOST_FILES : number * _MOST_FILES],
            number=number,
            last=last,
            page_href=_page_href,
            iri=context.instance.names.code(kind, name, digest),
            rule=rule,
            said=said,
            lines=lines,
        )
        return _of_nobody(Response(page, 200 if lines or said or not rule else 404))

    @part.get("/code/<kind>/<name>/sha256-<digest>/files/<path:path>")
    @charged(context)
    def file(kind: str, name: str, digest: str, path: str) -> Response:
        event = found(kind, name, digest)
        blob = event["files"].get(path)
        if blob is None:
            raise _unknown()
        data = readers.archive.read(blob)
        if not _wants_page():
            return _of_nobody(_text(data, blob))
        rule = _rule()
        lines = code_lines.numbered(path, data.decode("utf-8", "replace"), rule)
        marked = next((one.number - 1 for one in lines if one.named), 0)
        number, last = _page(len(lines), _MOST_SHOWN, first=marked)
        page = render_template(
            "code_file.html",
            event=event,
            path=path,
            digest=blob,
            iri=context.instance.names.code(kind, name, digest),
            rule=rule,
            said=rule_texts.of(readers.archive, event, {rule}).get(rule),
            lines=lines[(number - 1) * _MOST_SHOWN : number * _MOST_SHOWN],
            total=len(lines),
            number=number,
            last=last,
            page_href=_page_href,
        )
        return _of_nobody(Response(page))

    return part


def _rule() -> str:
    return request.args.get("rule", "")[:_LONGEST]


def _wants_page() -> bool:
    """By `?format=`, else by Accept; programs that ask for nothing get the bytes."""
    if name := request.args.get("format", ""):
        return name in {HTML.name, HTML.media_type}
    return negotiation.best(request.headers.get("Accept", ""), (_TEXT, HTML)) == HTML


def _text(data: bytes, digest: str) -> Response:
    response = Response(data, content_type=_TEXT.content_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(digest)
    return response


def _page(many: int, most: int, *, first: int) -> tuple[int, int]:
    """The page that is asked for, else that of item `first` (from 0), and the last one.

    Raises HttpProblem (404) beyond it.
    """
    last = max(1, -(-many // most))
    number = request.args.get("page", first // most + 1, type=int)
    if not 1 <= number <= last:
        raise HttpProblem(404, f"there is no page {number}", detail_mn=f"{number}-р хуудас алга")
    return number, last


def _page_href(number: int) -> str:
    rule = _rule()
    return "?" + urlencode({"rule": rule, "page": number} if rule else {"page": number})


def _unknown() -> HttpProblem:
    return HttpProblem(
        404,
        "no published version was made by this code, or it has no such file",
        hint="Code of restricted sources needs a token that may read them.",
        detail_mn="ийм кодоор нийтэлсэн хувилбар, эсвэл ийм файл алга",
        hint_mn="Хязгаарлагдмал эх сурвалжийн кодод унших эрхтэй токен хэрэгтэй.",
    )


def _of_nobody(response: Response) -> Response:
    """It depends on the token, and an address always means the same bytes."""
    response.vary.update(("Accept", "Authorization"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
