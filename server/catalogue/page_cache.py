"""Pages of some datasets that this process put together lately."""

from __future__ import annotations

from graph.catalogue.listing import Listing
from graph.catalogue.page import Addresses, Page, PageRequest, assemble
from server.cache.lru import Lru
from server.core.context import AppContext

_SHARE = 4  # of the cache's budget


class PageCache:
    """Pages of one process that lie in memory, at most a share of the budget of its response
    cache."""

    def __init__(self, context: AppContext) -> None:
        self._instance = context.instance
        self._pages: Lru[tuple[int, PageRequest], Page] = Lru(context.settings.cache // _SHARE)

    def get(self, listing: Listing, request: PageRequest, addresses: Addresses) -> Page:
        """A page of a list."""
        key = (listing.number, request)
        found = self._pages.get(key)
        if found is None:
            found = assemble(listing, self._instance, request, addresses)
            if found.fragments is None:  # others cost little, and would keep their packs open
                self._pages.put(key, found, found.held)
        return found
