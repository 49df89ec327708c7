"""`/search`, and the lists of datasets, organisations, places, services, laws, terms, findings.

An extension or `?format=` beats Accept: `/datasets.csv?theme=AGRI`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from flask import Blueprint, Response, render_template, request

from graph import snapshots
from graph.core.errors import EngineFailure
from graph.lists import index as lists
from graph.lists import query, suggest
from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS
from graph.lists.query import ListPage
from server.core.context import AppContext
from server.http import language
from server.http.negotiation import CSV, HTML, Offer
from server.http.problem_details import HttpProblem
from server.pages.find import addresses, data
from server.pages.find.addresses import LISTS, SEARCH, ListAddress
from server.pages.find.by_place import SearchByPlace, by_place, hit_links
from server.pages.find.offers import JSON, chosen
from server.pages.find.place_map import PlaceMap, place_map
from server.pages.find.views import ListView, amount, kind_links, view

_TURTLE = Offer("text/turtle", "ttl", text=True)
_OFFERS = [HTML, JSON, CSV, _TURTLE]
_FORMS = ("csv", "json", "ttl")


def blueprint(context: AppContext) -> Blueprint:
    """The addresses of search and lists."""
    part = Blueprint("find", __name__)

    @lru_cache(maxsize=4)  # a snapshot never changes
    def mapped(_: str, of: str) -> PlaceMap | None:
        return place_map(context, open_lists(context), of)

    def show(path: str, form: str = "") -> Response:
        index = open_lists(context)
        address, is_filter = _with_format(index, addresses.read(path, request.args, sizes=True))
        offer = chosen(form, _OFFERS, is_filter=is_filter)
        if offer == HTML:
            address = replace(address, size=query.PAGE)
        address = _where_hits_are(index, address)
        page = query.page(index, address.request(language.current()))
        if address.page > page.last:
            raise addresses.no_page(address.page, page.last)
        of_places = path == "/places" and offer == HTML
        drawn = mapped(_snapshot(context), language.current()) if of_places else None
        response = _written(context, index, offer, address, page, drawn)
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    for path in (SEARCH, *LISTS):
        part.add_url_rule(path, path[1:], show, defaults={"path": path})
        rule = f"{path}.<any({','.join(_FORMS)}):form>"
        part.add_url_rule(rule, f"{path[1:]}_data", show, defaults={"path": path})
    return part


def _snapshot(context: AppContext) -> str:
    now = snapshots.current(context.instance)
    return now.name if now else ""


def _with_format(index: ListIndex, address: ListAddress) -> tuple[ListAddress, bool]:
    """The address, and whether its `?format=` is a filter: a format that files of datasets have.

    Any other value names the format of the answer, and filters nothing.
    """
    name = dict(address.filters).get("format", "")
    if not name or index.value(address.kind, "format", name) is not None:
        return address, bool(name)
    filters = tuple(one for one in address.filters if one[0] != "format")
    return replace(address, filters=filters), False


def _where_hits_are(index: ListIndex, address: ListAddress) -> ListAddress:
    """The search; one that names no kind and hits no dataset is of the first kind that it hits."""
    if address.path != SEARCH or request.args.get("kind") or address.filters or not address.words:
        return address
    if query.count(index, lists.Condition(address.kind, address.words)):
        return address
    hits = (name for name, number in query.kinds(index, address.words).items() if number)
    return replace(address, kind=KINDS[next(hits, address.kind.name)])


def open_lists(context: AppContext) -> ListIndex:
    """The lists of the current snapshot.

    Raises HttpProblem (503) where nothing is published, or an earlier version published it.
    """
    now = snapshots.current(context.instance)
    if now is None:
        raise HttpProblem(
            503,
            "nothing has been loaded yet",
            hint="The operator loads sources with `ulzii load`.",
            detail_mn="одоогоор юу ч ачаалаагүй байна",
            hint_mn="Системийн эрхлэгч эх сурвалжийг `ulzii load` командаар ачаална.",
        )
    try:
        return lists.of(now)
    except EngineFailure as error:
        raise HttpProblem(
            503,
            error.message,
            hint=error.hint,
            detail_mn=error.message_mn,
            hint_mn=error.hint_mn,
        ) from error


def _written(
    context: AppContext,
    index: ListIndex,
    offer: Offer,
    address: ListAddress,
    page: ListPage,
    drawn: PlaceMap | None,
) -> Response:
    if offer == HTML:
        return Response(_html(context, index, address, page, drawn))
    if offer == CSV:
        return Response(data.as_csv(page), content_type=CSV.content_type)
    if offer == JSON:
        body = data.as_json(address, page, context.urls)
        return Response(body, content_type=JSON.content_type)
    return Response(data.as_turtle(address, page, context.urls), content_type=_TURTLE.content_type)


def _html(
    context: AppContext,
    index: ListIndex,
    address: ListAddress,
    page: ListPage,
    drawn: PlaceMap | None,
) -> str:
    shown = view(index, address, page, context.urls)
    more: dict[str, object] = {"list": shown, "amount": amount, "forms": _FORMS}
    if address.path == SEARCH:
        counts = query.kinds(index, address.words) if address.words else {}
        more["kinds"] = kind_links(address, counts) if counts else []
        if not page.total or (address.text and not address.words):
            is_nowhere = not address.filters and not any(counts.values())
            more["by_place"] = by_place(context, index, address) if is_nowhere else None
            return _nothing(index, shown, more)
        return render_template("find/search.html", **more)
    if not page.total and not shown.is_unfiltered:
        return _nothing(index, shown, more)
    is_whole = shown.is_unfiltered and address.page == 1
    return render_template("find/list.html", map=drawn if is_whole else None, **more)


def _nothing(index: ListIndex, shown: ListView, more: dict[str, object]) -> str:
    """No hits: what may be meant, what there is, fewer words, the search without filters."""
    address = shown.address
    is_any = address.path == SEARCH and not address.filters
    kinds = list(KINDS.values()) if is_any else [address.kind]
    meant = suggest.corrected(index, address.text) if address.words else ""
    others = suggest.instead(index, kinds, address.text) if address.words else []
    apart = more.get("by_place")
    told = [text for text, _ in apart.others] if isinstance(apart, SearchByPlace) else []
    texts = [one.text for one in others if one.text not in {meant, *told}]
    unfiltered = 0
    if address.filters and address.words:
        unfiltered = query.count(index, lists.Condition(address.kind, address.words))
    return render_template(
        "find/nothing.html",
        meant=meant,
        meant_links=hit_links(index, address, meant) if meant else [],
        suggestions=[(text, hit_links(index, address, text)) for text in texts],
        unfiltered=amount(unfiltered) if unfiltered else "",
        is_any=is_any,
        total=sum(map(index.total, kinds)),
        **more,
    )
