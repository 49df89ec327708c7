"""What is answered to a request for a page of the catalogue: the page, and its headers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from graph import snapshots
from graph.catalogue import keeping, listing
from graph.catalogue.listing import Listing, Selection
from graph.catalogue.page import Addresses, Page, PageRequest, pages
from graph.catalogue.syntax import Syntax
from graph.core.instance import Instance
from graph.ledger.checkpoints import CHECKPOINT
from graph.snapshots import visibility
from server.cache import permalinks
from server.catalogue.page_cache import PageCache
from server.catalogue.parameters import page_number, since
from server.core.context import AppContext
from server.http.content_coding import IDENTITY, MAX_ENCODED, choose_coding
from server.http.messages import Headers
from server.http.problem_details import HttpProblem

_POINTER_AGE = 300  # seconds: how long a cache may show the last catalogue after a publication


@dataclass(frozen=True, slots=True)
class CatalogueRequest:
    """A page as requested: of a list by its name (empty: the whole), in a syntax, perhaps of a
    snapshot; its parameters as they were sent."""

    listing: Listing
    name: str
    syntax: Syntax
    frozen: bool
    page: str | None = None
    modified_since: str | None = None


class PageAnswer(NamedTuple):
    """A page, and the headers that say what it is."""

    page: Page
    headers: Headers


def find_listing(instance: Instance, number: int | None) -> Listing:
    """The list of a snapshot; of the current one where no number is given. Raises as below."""
    return current_listing(instance) if number is None else _of_snapshot(instance, number)


def current_listing(instance: Instance) -> Listing:
    """The current list. Raises HttpProblem (503): failing is safe, a partial list is not."""
    now = snapshots.current(instance)
    if now is None:
        raise HttpProblem(
            503,
            "nothing is published yet",
            hint="The operator loads sources.",
            detail_mn="одоогоор юу ч нийтлээгүй байна",
            hint_mn="Системийн эрхлэгч эх сурвалжийг ачаална.",
        )
    found = listing.find(instance, now.number)
    if found is None:
        raise HttpProblem(
            503,
            "the catalogue was made by an earlier version of Ulzii",
            hint="The next publication makes it anew, and so does `ulzii rebuild`.",
            detail_mn="каталогийг Өлзийн өмнөх хувилбар үүсгэжээ",
            hint_mn="Дараагийн нийтлэлт, эсвэл `ulzii rebuild` шинээр үүсгэнэ.",
        )
    return found


def _of_snapshot(instance: Instance, number: int) -> Listing:
    """The list of a snapshot.

    Raises HttpProblem: 404 if there never was such a snapshot, 410 if its list is removed.
    QueryRefused where it has datasets of a source that is restricted now.
    """
    marks = (_mark(instance.ledger / CHECKPOINT), _mark(instance.snapshots / snapshots.POINTER))
    return _found(instance, number, marks)


def _mark(path: Path) -> tuple[int, int] | None:
    """What is another one once a file is written anew."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns


@lru_cache(maxsize=2)  # each keeps packs open
def _found(instance: Instance, number: int, _marks: object) -> Listing:
    """The same, once until something is logged or published: a harvest asks for many pages."""
    found = listing.find(instance, number) if permalinks.was_published(instance, number) else None
    if found is None:
        permalinks.snapshot_name(instance, number)  # says whether it is gone or never was
        if (now := snapshots.current(instance)) and number == now.number:
            return current_listing(instance)
        raise HttpProblem(
            410,
            f"the catalogue of snapshot {number} is no longer kept",
            detail_mn=f"{number}-р агшны каталог хадгалагдахаа больсон",
        )
    visibility.restricted_in(instance, str(number)).hidden_from(())
    return found


def find_page(
    context: AppContext,
    asked: CatalogueRequest,
    cache: PageCache,
    codings: tuple[str, ...] = (IDENTITY,),
) -> PageAnswer:
    """The page that is asked for, in the best of these content codings.

    Raises HttpProblem: 400 for parameters that are wrong, 404 where there is no such list or page.
    """
    number = page_number(asked.page)
    selection = Selection(asked.name, since(asked.modified_since))
    if asked.name and asked.listing.titles(asked.name) is None:
        raise HttpProblem(
            404,
            f"there is no catalogue of {asked.name}",
            detail_mn=f"{asked.name} гэсэн каталог алга",
        )
    last = pages(asked.listing, selection)
    if number > last:
        raise HttpProblem(
            404,
            f"there is no page {number}",
            hint=f"The last page is {last}.",
            detail_mn=f"{number} дугаар хуудас алга",
            hint_mn=f"Сүүлийн хуудас нь {last}.",
        )
    wanted = PageRequest(selection, number, asked.syntax, frozen=asked.frozen or number > 1)
    page = cache.get(asked.listing, wanted, _addresses(context, asked))
    coding = choose_coding(codings, page.length)
    if coding == IDENTITY or page.length > MAX_ENCODED:
        return PageAnswer(page, _headers(context.instance, asked, page))
    encoded = cache.encoded(page, coding)
    headers = _headers(context.instance, asked, encoded)
    return PageAnswer(encoded, [*headers, ("Content-Encoding", coding)])


def _headers(instance: Instance, asked: CatalogueRequest, page: Page) -> Headers:
    headers = [
        ("Content-Type", asked.syntax.content_type),
        ("Content-Length", str(page.length)),
        ("ETag", f'"{page.tag}"'),
        ("Cache-Control", _policy(instance, frozen=asked.frozen)),
        ("Ulzii-Snapshot", str(asked.listing.number)),
    ]
    since_then = asked.listing.last_modified
    return [*headers, ("Last-Modified", since_then)] if since_then else headers


def _policy(instance: Instance, *, frozen: bool) -> str:
    if not frozen:
        return f"public, max-age={_POINTER_AGE}"
    age = max(keeping.KEPT, instance.retention.seconds)
    return f"public, max-age={age}, immutable"


def _addresses(context: AppContext, asked: CatalogueRequest) -> Addresses:
    """The URLs of the pages: the pointer page's own, all others in the snapshot."""
    path = f"{asked.name}/catalog.{asked.syntax.extension}".lstrip("/")
    moment = asked.modified_since
    filtered = f"modified_since={quote(moment)}" if moment is not None else ""

    def url(number: int) -> str:
        frozen = f"snapshot/{asked.listing.number}/" if number else ""
        query = "&".join(filter(None, [filtered, f"page={number}" if number else ""]))
        return context.urls.absolute(frozen + path) + (f"?{query}" if query else "")

    return Addresses(url, context.urls.absolute(""))
