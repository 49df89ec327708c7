"""`/catalog`, its sub-catalogues, and the same under `/snapshot/{n}/`, in all RDF syntaxes.

A page of a snapshot never changes and may be cached for good; the pointer page is that of the
current snapshot. An extension beats Accept. RDF is never redirected: some harvesters refuse that.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Base

from graph.catalogue.membership import LISTS, SOURCES, thing_of
from graph.catalogue.syntax import SYNTAXES, Syntax
from graph.core.iris import segment
from server.catalogue.answers import CatalogueRequest, find_listing, find_page
from server.catalogue.page_cache import PageCache
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import CSV, HTML, Offer
from server.http.problem_details import HttpProblem
from server.http.segments_response import SegmentsResponse
from server.resources import dereference

_OFFERS = [*(Offer(s.media_type, s.extension, text=True) for s in SYNTAXES.values()), HTML, CSV]
_RULES = ("/catalog", f"/catalog.<any({','.join(SYNTAXES)}):extension>")
_LISTS = f"/<any({','.join([*LISTS, SOURCES])}):kind>/<key>"


def blueprint(context: AppContext) -> Blueprint:
    """The catalogue's addresses."""
    part = Blueprint("catalogue", __name__)
    cache = PageCache(context)

    def show(number: int | None = None, kind: str = "", key: str = "", extension: str = "") -> Base:
        name = f"{kind}/{segment(key)}" if kind else ""
        syntax = _syntax(extension)
        if syntax is None:  # a person or a table: the catalogue is a thing like others there
            iri = thing_of(name) or context.instance.names.source(key)
            return redirect(context.urls.href(iri), 303) if name else dereference.show(context)
        asked = CatalogueRequest(
            find_listing(context.instance, number),
            name,
            syntax,
            frozen=number is not None,
            page=_single("page"),
            modified_since=_single("modified_since"),
        )
        response = _page(context, cache, asked)
        if not extension:
            response.vary.add("Accept")
        return response

    for start in ("", "/snapshot/<int:number>"):
        for lists in ("", _LISTS):
            for rule in _RULES:
                part.add_url_rule(f"{start}{lists}{rule}", view_func=show)
    return part


def _single(name: str) -> str | None:
    """A parameter. Raises HttpProblem (400) where it is given twice: either could be meant."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise HttpProblem(
            400,
            f"the parameter “{name}” is given more than once",
            detail_mn=f"“{name}” параметрийг нэгээс олон удаа өгчээ",
        )
    return values[0] if values else None


def _syntax(extension: str) -> Syntax | None:
    """The syntax by the extension, `?format=` or Accept; None for a page and CSV. Raises 406."""
    name = extension or request.args.get("format", "")
    if name:
        offer = next((o for o in _OFFERS if name in (o.name, o.media_type)), None)
    else:
        offer = negotiation.best(request.headers.get("Accept", ""), _OFFERS)
    if offer is None:
        available = ", ".join(o.media_type for o in _OFFERS)
        raise HttpProblem(
            406,
            "the catalogue is not available in this format",
            hint=available,
            detail_mn="каталог ийм хэлбэрээр алга",
        )
    return SYNTAXES.get(offer.name)


def _page(context: AppContext, cache: PageCache, asked: CatalogueRequest) -> Response:
    answer = find_page(context, asked, cache)
    response = SegmentsResponse(answer.page.segments(), headers=answer.headers)
    response.make_conditional(request)
    return response
