"""`/quality` and `/quality/{catalog|org|dataset}/….html`; the data are at the same IRIs."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request

from server.core.context import AppContext
from server.cubes.export import BYTE_ORDER_MARK
from server.http.negotiation import CSV
from server.http.problem_details import HttpProblem
from server.pages.quality import lacking
from server.pages.quality.overview import read
from server.quality.mending import MENDS, PROFILE, mend_of
from server.sparql.labels import labels
from shapes.quality.law import STATUSES
from shapes.quality.metrics import MAX_POINTS

_CATALOGUE = lacking.CATALOGUE


def blueprint(context: AppContext) -> Blueprint:
    """The addresses of quality."""
    part = Blueprint("quality", __name__)

    @part.get("/quality")
    def overview() -> str:
        return _page(context, _CATALOGUE)

    @part.get("/quality/lacking")
    def without() -> str:
        return _lacking(context)

    @part.get("/quality/lacking.csv")
    def without_csv() -> Response:
        found = lacking.read(context, *_wanted())
        mark = BYTE_ORDER_MARK if request.args.get("bom") == "true" else ""
        body = mark + "".join(lacking.as_csv(context, found, g.language))
        response = Response(body, content_type=CSV.content_type)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.vary.update(("Accept-Language", "Cookie"))
        return response

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
        mend_of=mend_of,
        profile=PROFILE,
        statuses=STATUSES,
        most=MAX_POINTS,
        is_catalogue=path == _CATALOGUE,
        dataset_href=_dataset_href,
    )


def _wanted() -> tuple[str, str]:
    """The metric, and the path of what it is of."""
    return request.args.get("metric", ""), request.args.get("of", "") or _CATALOGUE


def _lacking(context: AppContext) -> str:
    metric, of = _wanted()
    found, number = lacking.read(context, metric, of), _number()
    shown, asked = found.page(number), {"metric": metric, "of": of}
    return render_template(
        "quality/lacking.html",
        found=found,
        shown=shown,
        number=number,
        mend=MENDS[metric],
        names=labels(context, [found.subject, *shown]),
        csv_href="/quality/lacking.csv?" + urlencode({**asked, "bom": "true"}),
        href=lambda page: "?" + urlencode({**asked, "page": page}),
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
