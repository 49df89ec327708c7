"""Whole pages, kept by what they depend on: the same request gets the same bytes without a view.

A page depends on its address, the language and the form that the client accepts, and on the state
of the instance (`server.log.page_state`): the snapshot, the log, the day. A view says that its
pages are made of nothing else by `keep`; all others, and everything that is asked with a token,
are passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flask import request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from server.cache.lru import Lru
from server.cache.single_flight import SingleFlight
from server.http import content_coding
from server.http.language import COOKIE, LANGUAGES
from server.http.problem_details import HttpProblem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask, Response

Headers = list[tuple[str, str]]
SHARE = 4  # of the budget of the responses to queries
_KEEP = "ulzii.keep"
_LONGEST_WAIT = 120.0  # seconds for the same page that another request is making
_NOT_KEPT_WITH = ("HTTP_AUTHORIZATION", "HTTP_RANGE")
_OF_BODY = {"content-type", "content-length", "content-encoding", "content-language"}


class KeptPage(NamedTuple):
    """A page in one content coding, with the headers that it was first sent with."""

    headers: Headers
    body: bytes
    etag: str


class _NotKept(NamedTuple):
    """A response that is sent once."""

    status: str
    headers: Headers
    body: Iterable[bytes]


class HtmlCache:
    """The pages of an application; at most `budget` bytes of them.

    `state`: what all pages depend on besides their address, None while nothing is published.
    `on_hit` is called with the reason for each page that no view made.
    """

    def __init__(
        self,
        pages: WSGIApplication,
        state: Callable[[], Hashable | None],
        budget: int,
        on_hit: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._pages = pages
        self._state = state
        self._on_hit = on_hit
        self._kept: Lru[Hashable, KeptPage] = Lru(budget)
        self._flights: SingleFlight[KeptPage | _NotKept] = SingleFlight()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request for a page that is kept; pass on all others."""
        key = self._key(environ)
        if key is None:
            return self._pages(environ, start)
        matching = environ.pop("HTTP_IF_NONE_MATCH", "")
        page = self._kept.get(key)
        if page is not None:
            self._on_hit("kept")
            return _send(page, matching, start)
        return self._make(key, environ, matching, start)

    def _make(
        self, key: Hashable, environ: WSGIEnvironment, matching: str, start: StartResponse
    ) -> Iterable[bytes]:
        own: list[KeptPage | _NotKept] = []

        def run(_: float) -> KeptPage | _NotKept:
            own.append(self._run(key, environ))
            return own[0]

        made = self._flights.share(key, _LONGEST_WAIT, run)
        if isinstance(made, KeptPage):
            return _send(made, matching, start)
        if not own:  # what another request got is not for this one
            return self._pages(_with(environ, matching), start)
        start(made.status, made.headers)
        return made.body

    def _run(self, key: Hashable, environ: WSGIEnvironment) -> KeptPage | _NotKept:
        """The page, which is kept where its view said so."""
        said: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *_: object) -> Callable[[bytes], object]:
            said.append((status, headers))
            return lambda _: None

        body = self._pages(environ, start)
        status, headers = said[-1]
        etag = next((value for name, value in headers if name.lower() == "etag"), "")
        if not environ.get(_KEEP) or not etag:
            return _NotKept(status, headers, body)
        page = KeptPage(headers, b"".join(body), etag)
        self._kept.put(key, page, len(page.body) + 4 * len(repr(key)))
        return page

    def _key(self, environ: WSGIEnvironment) -> Hashable | None:
        """What a page depends on; None for a request that may not be answered by a kept page."""
        if environ["REQUEST_METHOD"] != "GET" or any(n in environ for n in _NOT_KEPT_WITH):
            return None
        accept = environ.get("HTTP_ACCEPT", "")
        if "text/html" not in accept and not environ["PATH_INFO"].endswith(".html"):
            return None
        try:
            codings = content_coding.acceptable_codings(environ.get("HTTP_ACCEPT_ENCODING", ""))
        except HttpProblem:
            return None
        state = self._state()
        if state is None:
            return None
        address = environ.get("RAW_URI") or (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        host = (environ.get("wsgi.url_scheme", ""), environ.get("HTTP_HOST", ""))
        return state, address, host, accept, codings[0], *_language(environ)


def init_app(app: Flask, kept: Iterable[str]) -> None:
    """Keep the pages of blueprints (by name), and give them validators.

    To be called after the handlers that change bodies, since Flask runs the last one first.
    """
    names = frozenset(kept)

    @app.after_request
    def mark(response: Response) -> Response:
        is_page = response.mimetype == "text/html" and response.status_code == 200
        if is_page and request.blueprint in names and not response.cache_control.no_store:
            response.add_etag()
            if not response.cache_control:
                response.headers["Cache-Control"] = "no-cache"  # ask each time whether it changed
            request.environ[_KEEP] = True
        return response


def _send(page: KeptPage, matching: str, start: StartResponse) -> Iterable[bytes]:
    if matching and _matches(page.etag, matching):
        start("304 Not Modified", [one for one in page.headers if one[0].lower() not in _OF_BODY])
        return (b"",)
    start("200 OK", [*page.headers])
    return (page.body,)


def _matches(etag: str, matching: str) -> bool:
    """Whether If-None-Match names a validator; the comparison is weak (RFC 9110 §13.1.2)."""
    listed = {one.strip().removeprefix("W/") for one in matching.split(",")}
    return "*" in listed or etag in listed


def _with(environ: WSGIEnvironment, matching: str) -> WSGIEnvironment:
    if matching:
        environ["HTTP_IF_NONE_MATCH"] = matching
    return environ


def _language(environ: WSGIEnvironment) -> tuple[str, str | None]:
    """What a page's language follows from besides its address (`server.http.language`)."""
    accepted = _accepted(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return _chosen(environ.get("HTTP_COOKIE", "")), accepted


@lru_cache(maxsize=512)
def _chosen(cookies: str) -> str:
    found = parse_cookie(cookies).get(COOKIE, "") if cookies else ""
    return found if found in LANGUAGES else ""


@lru_cache(maxsize=512)
def _accepted(header: str) -> str | None:
    return parse_accept_header(header, LanguageAccept).best_match(LANGUAGES)
