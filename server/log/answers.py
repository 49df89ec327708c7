"""How the pages of the log are sent: as a page or as JSON."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem

JSON = Offer("application/json", "json", text=True)
_FORMS = {"html": HTML, "json": JSON}


def offer() -> Offer:
    """Page or JSON, by `?format=`, else by Accept. Raises HttpProblem (406)."""
    form = request.args.get("format", "")
    offers = [HTML, JSON]
    found = (
        _FORMS.get(form) if form else negotiation.best(request.headers.get("Accept", ""), offers)
    )
    if found is None:
        raise HttpProblem(
            406,
            "the log is a page or JSON",
            hint="Available: html, json.",
            detail_mn="бүртгэл нь хуудас эсвэл JSON хэлбэртэй",
        )
    return found


def sent(body: str, form: Offer) -> Response:
    """An answer that depends on the token and on the log: to be asked for again."""
    response = Response(body, content_type=form.content_type)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept", "Authorization"))
    response.add_etag()
    response.make_conditional(request)
    return response


def as_json(value: Any) -> Response:
    """The same as JSON."""
    return sent(json.dumps(value, ensure_ascii=False), JSON)
