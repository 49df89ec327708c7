"""`/catalog`, its sub-catalogues, and the same under `/snapshot/{n}/`, in five syntaxes.

A page of a snapshot never changes and may be cached for good; the pointer page is that of the
current snapshot. An extension beats Accept. RDF is never redirected: some harvesters refuse that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Base

from graph import snapshots
from graph.catalogue import keeping, listing
from graph.catalogue.listing import Listing, Selection
from graph.catalogue.membership import LISTS, SOURCES, thing_of
from graph.catalogue.page import Addresses, PageRequest, pages
from graph.catalogue.syntax import SYNTAXES, Syntax
from graph.core.instance import Instance
from graph.core.iris import segment
from graph.snapshots import visibility
from server.cache import permalinks
from server.catalogue.page_cache import PageCache
from server.catalogue.parameters import page_number, since
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import CSV, HTML, Offer
from server.http.problem_details import HttpProblem
from server.resources import dereference

_POINTER_AGE = 300  # seconds: how long a cache may show the last catalogue after a publication
_OFFERS = [*(Offer(s.media_type, s.extension, text=True) for s in SYNTAXES.values()), HTML, CSV]
_RULES = ("/catalog", f"/catalog.<any({','.join(SYNTAXES)}):extension>")
_LISTS = f"/<any({','.join([*LISTS, SOURCES])}):kind>/<key>"


@dataclass(frozen=True, slots=True)
class CatalogueRequest:
    """A list as requested: by its name (empty: the whole), in a syntax, perhaps of a snapshot."""

    listing: Listing
    name: str
    syntax: Syntax
    frozen: bool


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
        frozen = number is not None
        found = (
            current_listing(context.instance)
            if number is None
            else _of_snapshot(context.instance, number)
        )
        asked = CatalogueRequest(found, name, syntax, frozen)
        response = _page(context, cache, asked)
        if not extension:
            response.vary.add("Accept")
        return response

    for start in ("", "/snapshot/<int:number>"):
        for lists in ("", _LISTS):
            for rule in _RULES:
                part.add_url_rule(f"{start}{lists}{rule}", view_func=show)
    return part


def _syntax(extension: str) -> Syntax | None:
    """The syntax by the extension, `?format=` or Accept; None for a page and CSV. Raises 406."""
    name = extension or request.args.get("format", "")
    if name:
        offer = next((o for o in _OFFERS if name in (o.name, o.media_type)), None)
    else:
        offer = negotiation.best(request.headers.get("Accept", ""), _OFFERS)
    if offer is None:
        available = ", ".join(o.media_type for o in _OFFERS)
        raise HttpProblem(406, "the catalogue is not available in this format", hint=available)
    return SYNTAXES.get(offer.name)


def current_listing(instance: Instance) -> Listing:
    """The current list. Raises HttpProblem (503): failing is safe, a partial list is not."""
    now = snapshots.current(instance)
    found = listing.find(instance, now.number) if now else None
    if found is None:
        raise HttpProblem(
            503, "there is no catalogue yet", hint="The operator makes it with `ulzii rebuild`."
        )
    return found


def _of_snapshot(instance: Instance, number: int) -> Listing:
    """The list of a snapshot.

    Raises HttpProblem: 404 if there never was such a snapshot, 410 if its list is removed.
    QueryRefused where it has datasets of a source that is restricted now.
    """
    found = listing.find(instance, number) if permalinks.was_published(instance, number) else None
    if found is None:
        permalinks.snapshot_name(instance, number)  # says whether it is gone or never was
        raise HttpProblem(410, f"the catalogue of snapshot {number} is no longer kept")
    visibility.restricted_in(instance, str(number)).hidden_from(())
    return found


def _page(context: AppContext, cache: PageCache, asked: CatalogueRequest) -> Response:
    number, moment = page_number(request.args.get("page")), request.args.get("modified_since")
    selection = Selection(asked.name, since(moment))
    if asked.name and asked.listing.titles(asked.name) is None:
        raise HttpProblem(404, f"there is no catalogue of {asked.name}")
    last = pages(asked.listing, selection)
    if number > last:
        raise HttpProblem(404, f"there is no page {number}", hint=f"The last page is {last}.")
    frozen = asked.frozen or number > 1
    wanted = PageRequest(selection, number, asked.syntax, frozen)
    addresses = _addresses(context, asked, moment)
    page = cache.get(asked.listing, wanted, addresses)
    response = Response(page.blocks(), content_type=asked.syntax.content_type)
    response.content_length = page.length
    response.set_etag(page.tag)
    if asked.listing.at:
        response.last_modified = datetime.fromisoformat(asked.listing.at)
    response.headers["Cache-Control"] = _policy(context.instance, frozen=asked.frozen)
    response.headers["Ulzii-Snapshot"] = str(asked.listing.number)
    response.make_conditional(request)
    return response


def _policy(instance: Instance, *, frozen: bool) -> str:
    if not frozen:
        return f"public, max-age={_POINTER_AGE}"
    age = max(keeping.KEPT, instance.retention.seconds)
    return f"public, max-age={age}, immutable"


def _addresses(context: AppContext, asked: CatalogueRequest, moment: str | None) -> Addresses:
    """The URLs of the pages: the pointer page's own, all others in the snapshot."""
    path = f"{asked.name}/catalog.{asked.syntax.extension}".lstrip("/")
    filtered = f"modified_since={quote(moment)}" if moment is not None else ""

    def url(number: int) -> str:
        frozen = f"snapshot/{asked.listing.number}/" if number else ""
        query = "&".join(filter(None, [filtered, f"page={number}" if number else ""]))
        return context.urls.absolute(frozen + path) + (f"?{query}" if query else "")

    return Addresses(url, context.urls.absolute(""))
