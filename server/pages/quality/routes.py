"""`/quality` and `/quality/{catalog|org|dataset}/….html`; the data are at the same IRIs."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from server.core.context import AppContext
from server.http.problem_details import HttpProblem
from server.pages.quality.overview import read
from server.quality.mending import MENDS, PROFILE
from shapes.quality.law import STATUSES
from shapes.quality.metrics import MAX_POINTS

_CATALOGUE = "catalog"


def blueprint(context: AppContext) -> Blueprint:
    """The addresses of quality."""
    part = Blueprint("quality", __name__)

    @part.get("/quality")
    def overview() -> str:
        return _page(context, _CATALOGUE)

    @part.get("/quality/<path:path>.html")
    def of_thing(path: str) -> str | Response:
        return _page(context, path)

    return part


def _page(context: AppContext, path: str) -> str:
    found = read(context, path, request.args.get("rating", ""), _number())
    if found is None and path != _CATALOGUE:
        raise HttpProblem(
            404,
            "the quality of this was not scored",
            hint="See /quality.",
            detail_mn="үүний чанарыг үнэлээгүй",
            hint_mn="/quality хуудсыг үзнэ үү.",
        )
    return render_template(
        "quality/page.html",
        page=found,
        mends=MENDS,
        profile=PROFILE,
        statuses=STATUSES,
        most=MAX_POINTS,
        is_catalogue=path == _CATALOGUE,
        dataset_href=_dataset_href,
    )


def _dataset_href(page: int) -> str:
    """The address of another page of datasets."""
    rating = request.args.get("rating", "")
    return "?" + urlencode({"page": page, **({"rating": rating} if rating else {})}) + "#datasets"


def _number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise HttpProblem(
            400,
            "“page” is the number of a page, from 1",
            detail_mn="“page” нь 1-ээс эхэлсэн хуудасны дугаар байна",
        )
    return int(text)
