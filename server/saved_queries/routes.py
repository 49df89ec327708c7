"""`POST /queries` saves a query; `/q/{short}` and `/q/{short}.csv` run it."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Base

from graph.core.errors import QueryThrottled
from graph.core.privacy import mask_personal_data
from graph.queries import inspect
from server.auth.graph_access import GraphAccess
from server.cache import ResponseCache
from server.core.context import AppContext
from server.http import negotiation
from server.http.messages import HttpResponse, RequestHeaders
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.pages.editor import routes as editor
from server.saved_queries.store import SavedQuery, SavedQueryStore

MAX_QUERY = 20_000  # bytes
_MAX_TITLE = 200  # characters
_MAX_PER_HOUR = 30  # queries that one client may save in one web process
_HOUR = 3600.0
_MAX_URL = 6000  # characters; some clients and proxies refuse longer ones
_STATE = ("default-graph-uri", "named-graph-uri", "view")
"""What a URL says beside the query's name: one query may be shared as a table and as a chart."""
_FORMS = {"results": ("csv", "tsv", "json", "xml"), "graph": ("ttl", "jsonld", "nt", "rdf")}
_JSON = Offer("application/json", "json")
RunQuery = Callable[[str, RequestHeaders], HttpResponse | None]


def blueprint(context: AppContext, run: RunQuery, cache: ResponseCache) -> Blueprint:
    """The URLs of saved queries; `run` answers a query given as a query string."""
    part = Blueprint("saved", __name__)
    store = SavedQueryStore(context.instance)
    rate_limit = RateLimit()
    access = GraphAccess(context.instance)

    @part.post("/queries")
    def save() -> Response:
        rate_limit.check(context.client_keys.identify(request.environ).key)
        text, mn, en = (request.form.get(n, "") for n in ("query", "title_mn", "title_en"))
        check_query(text, mn, en)
        return _saved_response(context, store.save(text, mn.strip(), en.strip()))

    @part.get("/q/<short>")
    def answer(short: str) -> Base:
        name, _, form = short.partition(".")
        saved = store.find(name.lower())
        if saved is None:
            raise HttpProblem(
                404,
                f"there is no saved query “{name}”",
                detail_mn=f"“{name}” нэртэй хадгалсан асуулга алга",
            )
        return _answer(context, access, saved, form, run, cache)

    return part


def check_query(text: str, *titles: str) -> None:
    """Refuse queries and titles that must not be stored.

    Raises HttpProblem, and what `inspect` raises.
    """
    if not inspect(text, MAX_QUERY).form:
        raise HttpProblem(
            400,
            "“query” must be a SELECT, ASK, CONSTRUCT or DESCRIBE query",
            detail_mn="“query” нь SELECT, ASK, CONSTRUCT, DESCRIBE асуулга байна",
        )
    if max(map(len, titles)) > _MAX_TITLE:
        raise HttpProblem(
            413,
            f"a title may have at most {_MAX_TITLE} characters",
            detail_mn=f"нэр {_MAX_TITLE} хүртэл тэмдэгттэй байна",
        )
    if any(mask_personal_data(given) != given for given in (text, *titles)):
        raise HttpProblem(
            400,
            "the query or title contains what looks like a register number or a phone number",
            hint="Such a query can be run, but not saved.",
            detail_mn="асуулга, нэрд регистрийн эсвэл утасны дугаар мэт зүйл байна",
            hint_mn="Ийм асуулгыг ажиллуулж болно, хадгалж болохгүй.",
        )


def _saved_response(context: AppContext, saved: SavedQuery) -> Response:
    """The short URL, as a page for clients that accept HTML, else as JSON."""
    path = f"/q/{saved.short}{_question(_state())}"
    location = {"Location": path}
    root = context.urls.reachable("", request.host_url)
    accept = request.headers.get("Accept", "")
    if negotiation.best(accept, [_JSON, HTML]) is HTML:
        page = render_template(
            "saved.html",
            saved=saved,
            root=root,
            state=_question(_state()),
            forms=_FORMS[inspect(saved.text, MAX_QUERY).kind],
        )
        return Response(page, 201, location)
    facts = {"short": saved.short, "address": f"{root}{path[1:]}"}
    return Response(json.dumps(facts), 201, location, content_type="application/json")


def _state() -> list[tuple[str, str]]:
    """What the request says of the dataset and the view."""
    return [(name, value) for name in _STATE for value in request.values.getlist(name) if value]


def _question(parameters: list[tuple[str, str]]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


def _answer(
    context: AppContext,
    access: GraphAccess,
    saved: SavedQuery,
    form: str,
    run: RunQuery,
    cache: ResponseCache,
) -> Base:
    """The query's result in the requested format, or the editor with the query."""
    headers = RequestHeaders(
        accept=request.headers.get("Accept", ""),
        if_none_match=request.environ.get("HTTP_IF_NONE_MATCH", ""),
        accept_encoding="identity",  # server.http.response_headers encodes the response
        readable=access.readable(request.environ),
        client=context.client_keys.identify(request.environ),
    )
    state = _state()
    dataset = [(name, value) for name, value in state if name in _STATE[:2]]
    chosen = form or request.args.get("format", "")
    asked = [("query", saved.text), *dataset, *([("format", chosen)] if chosen else [])]
    result = run(urlencode(asked), headers)
    if result is None:
        url = context.urls.sparql(saved.text, state)
        short = len(url) <= _MAX_URL
        return redirect(url, 303) if short else editor.results_page(context, cache, saved.text)
    body = result.body if isinstance(result.body, bytes) else iter(lambda: _block(result), b"")
    response = Response(body, result.status, result.headers)
    response.call_on_close(result.close)
    return response


def _block(result: HttpResponse) -> bytes:
    assert not isinstance(result.body, bytes)
    return result.body.read(1 << 16)


class RateLimit:
    """How many queries a client may save in an hour, by its opaque key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends = 0.0
        self._counts: Counter[str] = Counter()

    def check(self, client: str) -> None:
        """Count one query. Raises QueryThrottled when the limit is exceeded."""
        with self._lock:
            now = time.monotonic()
            if now >= self._ends:  # one window for all, so old keys need no cleaning up
                self._ends = now + _HOUR
                self._counts.clear()
            self._counts[client] += 1
            if self._counts[client] > _MAX_PER_HOUR:
                raise QueryThrottled(
                    f"at most {_MAX_PER_HOUR} queries an hour may be saved",
                    message_mn=f"нэг цагт {_MAX_PER_HOUR}-аас олон асуулга хадгалж болохгүй",
                    retry=int(self._ends - now) + 1,
                )
