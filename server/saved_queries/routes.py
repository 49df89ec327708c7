"""`POST /queries` saves a query; `/q/{short}` and `/q/{short}.csv` answer it."""

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
from server.core.context import AppContext
from server.http import negotiation
from server.http.messages import HttpResponse, RequestHeaders
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.saved_queries.store import SavedQuery, SavedQueryStore
from server.sparql import workbench

MAX_QUERY = 20_000  # bytes of a query
_TITLE = 200  # characters
_A_TIME = 30  # queries that one client may save an hour, by one web process
_HOUR = 3600.0
_ADDRESS = 6000  # characters of an address that everything on the way takes
_JSON = Offer("application/json", "json")
Ask = Callable[[str, RequestHeaders], HttpResponse | None]


def blueprint(context: AppContext, ask: Ask) -> Blueprint:
    """The addresses of saved queries; `ask` answers a query given as form fields."""
    part = Blueprint("saved", __name__)
    shelf, pace, readers = (
        SavedQueryStore(context.instance),
        RateLimit(),
        GraphAccess(context.instance),
    )

    @part.post("/queries")
    def save() -> Response:
        pace.check(context.client_keys.identify(request.environ).key)
        text, mn, en = (request.form.get(n, "") for n in ("query", "title_mn", "title_en"))
        check_query(text, mn, en)
        return _told(shelf.save(text, mn.strip(), en.strip()))

    @part.get("/q/<short>")
    def answer(short: str) -> Base:
        name, _, form = short.partition(".")
        found = shelf.find(name.lower())
        if found is None:
            raise HttpProblem(404, f"no query is saved as “{name}”")
        return _answer(context, readers, found, form, ask)

    return part


def check_query(text: str, *titles: str) -> None:
    """Refuse what is not to be kept.

    Raises HttpProblem, and what the pre-flight of a query raises.
    """
    if not inspect(text, MAX_QUERY).form:
        raise HttpProblem(400, "“query” is wanted: SELECT, ASK, CONSTRUCT or DESCRIBE")
    if max(map(len, titles)) > _TITLE:
        raise HttpProblem(413, f"a title has at most {_TITLE} characters")
    if any(mask_personal_data(given) != given for given in (text, *titles)):
        raise HttpProblem(
            400,
            "it holds what looks like a citizen's register number or a phone number",
            hint="Such a query may be asked, but it is not kept.",
        )


def _told(saved: SavedQuery) -> Response:
    """The new address: as a page for those who read pages."""
    place = {"Location": f"/q/{saved.short}"}
    accept = request.headers.get("Accept", "")
    if negotiation.best(accept, [_JSON, HTML]) is HTML:
        page = render_template("saved.html", saved=saved, root=request.host_url)
        return Response(page, 201, place)
    facts = {"short": saved.short, "address": f"{request.host_url}q/{saved.short}"}
    return Response(json.dumps(facts), 201, place, content_type="application/json")


def _answer(
    context: AppContext, readers: GraphAccess, saved: SavedQuery, form: str, ask: Ask
) -> Base:
    """The query's answer in the format asked for, or the editor with it."""
    given = {"query": saved.text, "format": form or request.args.get("format", "")}
    headers = RequestHeaders(
        accept=request.headers.get("Accept", ""),
        if_none_match=request.environ.get("HTTP_IF_NONE_MATCH", ""),
        accept_encoding="identity",
        readable=readers.readable(request.environ),
        client=context.client_keys.identify(request.environ),
    )
    reply = ask(urlencode({name: value for name, value in given.items() if value}), headers)
    if reply is None:
        address = context.urls.sparql(saved.text)
        short = len(address) <= _ADDRESS
        return redirect(address, 303) if short else workbench.results_page(context, saved.text)
    body = reply.body if isinstance(reply.body, bytes) else iter(lambda: _block(reply), b"")
    response = Response(body, reply.status, reply.headers)
    response.call_on_close(reply.close)
    return response


def _block(reply: HttpResponse) -> bytes:
    assert not isinstance(reply.body, bytes)
    return reply.body.read(1 << 16)


class RateLimit:
    """How often a client, known by its opaque key, may save."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends = 0.0
        self._counts: Counter[str] = Counter()

    def check(self, client: str) -> None:
        """Count one; raises QueryThrottled where it is one too many."""
        with self._lock:
            now = time.monotonic()
            if now >= self._ends:
                self._ends = now + _HOUR
                self._counts.clear()
            self._counts[client] += 1
            if self._counts[client] > _A_TIME:
                raise QueryThrottled(
                    f"{_A_TIME} queries an hour may be saved", retry=int(self._ends - now) + 1
                )
