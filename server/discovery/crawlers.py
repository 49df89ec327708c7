"""What crawlers look at first: robots.txt and the sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from graph.catalogue.listing import Listing, Selection
from graph.catalogue.page import pages
from server.catalogue import answers
from server.core.context import AppContext
from server.http.problem_details import HttpProblem

_ROBOTS = """\
# Harvest as often as you like; the addresses for each kind of harvester are in
# docs/being-harvested.md. Answers have validators: a visit without a change costs a 304.
User-agent: *
Allow: /

Sitemap: {sitemap}
"""
_PAGES = 40  # of the catalogue in one sitemap: at most 20,000 addresses; a sitemap may have 50,000
_XML = "application/xml; charset=utf-8"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def blueprint(context: AppContext) -> Blueprint:
    """`/robots.txt`, `/sitemap.xml` and the sitemaps that it lists."""
    part = Blueprint("crawlers", __name__)

    @part.get("/robots.txt")
    def robots() -> Response:
        text = _ROBOTS.format(sitemap=context.urls.absolute("sitemap.xml"))
        return Response(text, content_type="text/plain; charset=utf-8")

    @part.get("/sitemap.xml")
    def sitemaps() -> Response:
        listing = answers.current_listing(context.instance)
        count = -(-pages(listing, Selection()) // _PAGES)
        urls = (context.urls.absolute(f"sitemap/{n}.xml") for n in range(1, count + 1))
        return _document("sitemapindex", "sitemap", ((url, listing.at) for url in urls), listing)

    @part.get("/sitemap/<int:number>.xml")
    def sitemap(number: int) -> Response:
        listing = answers.current_listing(context.instance)
        if not 1 <= number <= -(-pages(listing, Selection()) // _PAGES):
            raise HttpProblem(
                404, f"there is no sitemap {number}", detail_mn=f"{number} дугаар sitemap алга"
            )
        return _document("urlset", "url", _entries(context, listing, number), listing)

    return part


def _entries(context: AppContext, listing: Listing, number: int) -> Iterator[tuple[str, str]]:
    """Address and date of the pages of datasets, whoever minted their IRIs."""
    for page in range((number - 1) * _PAGES + 1, number * _PAGES + 1):
        for entry in listing.page(Selection(), page):
            yield context.urls.absolute(context.urls.described(entry.iri)), entry.modified


def _document(
    root: str, element: str, entries: Iterator[tuple[str, str]], listing: Listing
) -> Response:
    lines = [f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n']
    for url, at in entries:
        dated = f"<lastmod>{at}</lastmod>" if at else ""
        lines.append(f"<{element}><loc>{escape(url)}</loc>{dated}</{element}>\n")
    response = Response("".join([*lines, f"</{root}>\n"]), content_type=_XML)
    response.set_etag(f"{listing.number}-{request.path.strip('/').replace('/', '-')}")
    response.make_conditional(request)
    return response
