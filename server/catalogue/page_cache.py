"""Pages of the catalogue that this process put together lately."""

from __future__ import annotations

from graph.catalogue.listing import Listing
from graph.catalogue.page import Addresses, Page, PageRequest, assemble
from server.cache.lru import Lru
from server.core.context import AppContext
from server.http import content_coding

_SHARE = 8  # of the cache's budget, each: pages as they are, and encoded


class PageCache:
    """Pages of one process, also in content codings, at most shares of the budget of its response
    cache.

    Of pages whose fragments lie in packs only the places are kept: they keep the packs open, so
    they are forgotten once a newer catalogue is asked for.
    """

    def __init__(self, context: AppContext) -> None:
        self._instance = context.instance
        self._newest = 0
        self._pages: Lru[tuple[int, PageRequest], Page] = Lru(context.settings.cache // _SHARE)
        self._encoded: Lru[str, Page] = Lru(context.settings.cache // _SHARE)

    def get(self, listing: Listing, request: PageRequest, addresses: Addresses) -> Page:
        """A page of a list."""
        if listing.number > self._newest:
            self._newest = listing.number
            self._pages.clear()
        key = (listing.number, request)
        found = self._pages.get(key)
        if found is None:
            found = assemble(listing, self._instance, request, addresses)
            self._pages.put(key, found, found.held)
        return found

    def encoded(self, page: Page, coding: str) -> Page:
        """A page in a content coding: compressing it takes twenty times as long as sending it."""
        tag = f"{page.tag}-{coding}"
        found = self._encoded.get(tag)
        if found is None:
            found = Page(tag, content_coding.encode(b"".join(page.segments()), coding))
            self._encoded.put(tag, found, found.held)
        return found
