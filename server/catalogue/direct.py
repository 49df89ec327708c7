"""Pages of the whole catalogue, answered before Flask: its routing costs more than sending one.

Only what a harvest asks for page after page is answered here. All else is passed on: errors,
conditional requests, content codings, other lists. The same bytes and headers come out of both
(`server.catalogue.routes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph.catalogue.syntax import SYNTAXES
from graph.core.errors import UlziiError
from server.catalogue.answers import CatalogueRequest, find_listing, find_page
from server.catalogue.page_cache import PageCache
from server.core.context import AppContext
from server.http import content_coding
from server.http.content_coding import IDENTITY
from server.http.messages import CORS
from server.http.problem_details import HttpProblem
from server.http.security_headers import SECURITY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = re.compile(rf"/(?:snapshot/([1-9][0-9]{{0,17}})/)?catalog\.({'|'.join(SYNTAXES)})")
_QUERY = re.compile(r"(?:page=([0-9]+))?", re.ASCII)
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
_SHARED = [*CORS, *SECURITY, ("Vary", "Accept-Encoding")]


class DirectPages:
    """Pages for harvesters, in front of the application."""

    def __init__(self, context: AppContext, others: WSGIApplication) -> None:
        self._context = context
        self._others = others
        self._cache = PageCache(context)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request for a page; pass on all others."""
        wrap = environ.get("wsgi.file_wrapper")
        path, query = _PATH.fullmatch(environ["PATH_INFO"]), environ.get("QUERY_STRING", "")
        if path and wrap and (page := _QUERY.fullmatch(query)) and _is_plain(environ):
            try:
                listing = find_listing(self._context.instance, int(path[1]) if path[1] else None)
                asked = CatalogueRequest(listing, "", SYNTAXES[path[2]], bool(path[1]), page[1])
                answer = find_page(self._context, asked, self._cache)
            except (HttpProblem, UlziiError):  # occurs again there, and becomes a problem
                return self._others(environ, start)
            start("200 OK", [*answer.headers, *_SHARED])
            body: Iterable[bytes] = wrap(answer.page.segments())
            return body
        return self._others(environ, start)


def _is_plain(environ: WSGIEnvironment) -> bool:
    """Whether the bytes are wanted as they are."""
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _CONDITIONS):
        return False
    try:
        codings = content_coding.acceptable_codings(environ.get("HTTP_ACCEPT_ENCODING", ""))
    except HttpProblem:
        return False
    return codings[0] == IDENTITY
