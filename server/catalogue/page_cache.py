"""Pages that this process assembled lately, with the digest that is their validator."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from graph.catalogue.listing import Listing
from graph.catalogue.page import Addresses, PageRequest, document
from server.cache.lru import Lru
from server.core.context import AppContext

_SHARE = 4  # of the cache's budget


class Page(NamedTuple):
    """A page's bytes, and the digest of them."""

    body: bytes
    digest: str


class PageCache:
    """Pages of one process. The digest is that of the bytes, so equal pages have equal tags."""

    def __init__(self, context: AppContext) -> None:
        self._instance = context.instance
        self._pages: Lru[tuple[int, PageRequest], Page] = Lru(context.settings.cache // _SHARE)

    def get(self, listing: Listing, request: PageRequest, addresses: Addresses) -> Page:
        """A page of a list."""
        key = (listing.number, request)
        found = self._pages.get(key)
        if found is None:
            body = document(listing, self._instance, request, addresses)
            found = Page(body, hashlib.blake2b(body, digest_size=16).hexdigest())
            self._pages.put(key, found, len(body))
        return found
