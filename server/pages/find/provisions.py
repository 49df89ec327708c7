"""The provisions of a law, listed below it: a law is counted once, whatever it is divided into."""

from __future__ import annotations

from dataclasses import dataclass

from graph.lists import query
from graph.lists.facets import key_of
from graph.lists.index import ListIndex
from graph.lists.kinds import KINDS, PROVISION
from graph.lists.query import ListEntry, ListRequest
from graph.search.collation import natural_key
from server.http.urls import Urls

MOST = 30
"""Provisions that are shown below a law; the list of provisions has all."""


@dataclass(frozen=True, slots=True)
class Provisions:
    """How many provisions of a law are here, the address of their list, and the first of them as
    address and number."""

    number: int
    href: str
    shown: list[tuple[str, str]]


def provisions_of(index: ListIndex, law: str, urls: Urls) -> Provisions | None:
    """The provisions of a law that are here; None where there are none."""
    kind, key = KINDS[PROVISION], key_of("law", f"<{law}>", urls.base)
    if index.value(kind, "law", key) is None:
        return None
    found = query.page(index, ListRequest(kind, filters=(("law", key),), size=MOST))
    numbered = sorted((_number(one), one.document.iri) for one in found.entries)
    numbered.sort(key=lambda pair: natural_key(pair[0]))
    shown = [(urls.described(iri), number) for number, iri in numbered]
    return Provisions(found.total, f"/provisions?law={key}", shown)


def _number(entry: ListEntry) -> str:
    """The number of a provision, else what its address ends with."""
    return next(iter(entry.document.codes), entry.document.iri.rpartition("/")[2])
