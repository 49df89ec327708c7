"""Pages of the whole catalogue, answered before Flask: its routing costs more than sending one.

The event loop's threads ask for them without WSGI (`server.front.thread_handoff`).

Only what a harvest asks for page after page is answered here. All else is passed on: errors,
conditional requests, other lists. The same bytes and headers come out of both
(`server.catalogue.routes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from graph.catalogue.syntax import SYNTAXES
from graph.core.errors import UlziiError
from server.catalogue.answers import CatalogueRequest, PageAnswer, find_listing, find_page
from server.catalogue.page_cache import PageCache
from server.core.context import AppContext
from server.http import content_coding
from server.http.messages import CORS
from server.http.problem_details import HttpProblem
from server.http.security_headers import SECURITY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = re.compile(rf"/(?:snapshot/([1-9][0-9]{{0,17}})/)?catalog\.({'|'.join(SYNTAXES)})")
_QUERY = re.compile(r"(?:page=([0-9]+))?", re.ASCII)
_CONDITION = re.compile(r"HTTP_(?:IF_|RANGE)")
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
        if wrap and _is_unconditional(environ):
            codings = environ.get("HTTP_ACCEPT_ENCODING", "")
            answer = self.find(environ["PATH_INFO"], environ.get("QUERY_STRING", ""), codings)
            if answer is not None:
                start("200 OK", answer.headers)
                body: Iterable[bytes] = wrap(answer.page.segments())
                return body
        return self._others(environ, start)

    def find(self, path: str, query_string: str, codings: str) -> PageAnswer | None:
        """The page at an address, and all headers of its response.

        `codings` is the request's Accept-Encoding. None where Flask must answer, also with a
        problem.
        """
        address, page = _PATH.fullmatch(path), _QUERY.fullmatch(query_string)
        if not address or not page:
            return None
        try:
            number = int(address[1]) if address[1] else None
            listing = find_listing(self._context.instance, number)
            syntax = SYNTAXES[address[2]]
            asked = CatalogueRequest(listing, "", syntax, number is not None, page[1])
            acceptable = content_coding.acceptable_codings(codings)
            found = find_page(self._context, asked, self._cache, acceptable)
        except (HttpProblem, UlziiError):  # occurs again there, and becomes a problem
            return None
        return found._replace(headers=[*found.headers, *_SHARED])


def _is_unconditional(environ: WSGIEnvironment) -> bool:
    """Whether it is a GET of the whole page."""
    return environ["REQUEST_METHOD"] == "GET" and not any(map(_CONDITION.match, environ))
