"""The files of archived code: `/code/mapping/SOURCE/sha256-…/files`, and each as text.

An auditor reads the rule there that made a statement, as it was when it made it; `?rule=` finds the
lines that name it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from graph.archive import Archive
from graph.ledger import Event
from server.captures import described
from server.core.charging import charged
from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.trace.readers import TraceReaders

_MOST_LINES = 50  # that name a rule
_MOST_FILES = 150  # on a page
_LONGEST = 200  # characters of such a line, and of a rule


class NamedLine(NamedTuple):
    """A line of a file that names a rule; `what` is what the file says that is done there."""

    path: str
    number: int
    text: str
    what: str


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
        event = found(kind, name, digest)
        rule = request.args.get("rule", "")[:_LONGEST]
        lines = [*_naming(readers.archive, event["files"], rule)] if rule else []
        listed = sorted(event["files"].items())
        number, last = _page(len(listed))
        page = render_template(
            "code_files.html",
            event=event,
            files=listed[(number - 1) * _MOST_FILES : number * _MOST_FILES],
            number=number,
            last=last,
            page_href=lambda n: "?" + urlencode({"rule": rule, "page": n} if rule else {"page": n}),
            iri=context.instance.names.code(kind, name, digest),
            rule=rule,
            lines=lines,
        )
        return _of_nobody(Response(page, 200 if lines or not rule else 404))

    @part.get("/code/<kind>/<name>/sha256-<digest>/files/<path:path>")
    @charged(context)
    def file(kind: str, name: str, digest: str, path: str) -> Response:
        blob = found(kind, name, digest)["files"].get(path)
        if blob is None:
            raise _unknown()
        response = Response(readers.archive.read(blob), content_type="text/plain; charset=utf-8")
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.set_etag(blob)
        return _of_nobody(response)

    return part


def _page(files: int) -> tuple[int, int]:
    """The page that is asked for, and the last one. Raises HttpProblem (404) beyond it."""
    last = max(1, -(-files // _MOST_FILES))
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= last:
        raise HttpProblem(404, f"there is no page {number}", detail_mn=f"{number}-р хуудас алга")
    return number, last


def _naming(archive: Archive, files: dict[str, str], rule: str) -> Iterator[NamedLine]:
    """The first lines in which a rule stands as a word: quoted in code, as a name in Turtle."""
    word = re.compile(rf"(?<![\w-]){re.escape(rule)}(?![\w-])")
    left = _MOST_LINES
    for path, blob in sorted(files.items()):
        text = archive.read(blob).decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if left and word.search(line):
                left -= 1
                what = described.at(path, text, number)
                yield NamedLine(path, number, line.strip()[:_LONGEST], what)


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
    response.vary.add("Authorization")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
