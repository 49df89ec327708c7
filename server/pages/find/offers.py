"""The formats of search and lists: an extension or `?format=` beats Accept."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from server.http import negotiation
from server.http.negotiation import Offer
from server.http.problem_details import HttpProblem

JSON = Offer("application/json", "json", text=True)


def chosen(form: str, offers: Sequence[Offer], *, is_filter: bool = False) -> Offer:
    """The format that the request asks for; `form` is the extension in its address, or empty.

    `is_filter`: `?format=` filters a list by the formats of files, and says nothing of the answer.
    Raises HttpProblem (406).
    """
    name = form or ("" if is_filter else request.args.get("format", ""))
    if name:
        offer = next((one for one in offers if name in (one.name, one.media_type)), None)
    else:
        offer = negotiation.best(request.headers.get("Accept", ""), [*offers])
    if offer is None:
        raise HttpProblem(
            406,
            "the list is not available in this format",
            hint=f"Available: {', '.join(one.name for one in offers)}.",
            detail_mn="жагсаалт ийм хэлбэрээр алга",
        )
    return offer
