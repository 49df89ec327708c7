"""A search of which no thing has every word: the place that it names, and its other words apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.core.errors import QuerySyntaxError
from graph.lists.index import MOST, Condition, ListIndex
from graph.lists.kinds import KINDS
from graph.lists.query import ListEntry, ListRequest, count, kinds, page
from graph.lists.suggest import meant
from graph.search.matching import degree
from graph.search.normalize import words
from graph.search.query_parser import MatchDegree, parse
from server.core.context import AppContext
from server.http import language
from server.pages.find.addresses import SEARCH, ListAddress
from server.pages.find.views import amount
from server.pages.layout.writing import Texts
from server.pages.things.place import PlaceTable, tables

_MOST = 3  # places of one name
_LOOKED_AT = 20  # hits among which they are looked for: names come first
_LONGEST = 6  # words of a search in which a place is looked for


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place, the names of its kind and of the unit above, and the datasets with its figures."""

    href: str
    title: Texts
    kind: Texts
    within: Texts
    tables: list[PlaceTable]


@dataclass(frozen=True, slots=True)
class SearchByPlace:
    """What a search was taken for: `named` are its words for the places, `rest` the others.

    `others` are searches for the rest, or where nothing has all of it for each word: its text, and
    kinds with the number of hits and the address of each.
    """

    named: str
    rest: str
    places: list[FoundPlace]
    others: list[tuple[str, list[tuple[str, str, str]]]]


def by_place(context: AppContext, index: ListIndex, address: ListAddress) -> SearchByPlace | None:
    """The search as one for a place and other words; None where it names no place by some words."""
    searched = words(address.text)
    if address.words is None or address.words.excluded or not 1 < len(searched) <= _LONGEST:
        return None
    found = _named(index, searched)
    if found is None:
        return None
    start, end, entries = found
    rest = [*searched[:start], *searched[end:]]
    named = " ".join(searched[start:end])
    places = [_place(context, one) for one in entries]
    return SearchByPlace(named, " ".join(rest), places, list(_others(index, address, rest)))


def _named(index: ListIndex, searched: list[str]) -> tuple[int, int, list[ListEntry]] | None:
    """The words that name places: any form before other spellings, the most words first."""
    for least in (MatchDegree.FORM, MatchDegree.SPELLING):
        for length in range(len(searched) - 1, 0, -1):
            for start in range(len(searched) - length + 1):
                end = start + length
                if found := _places(index, searched[start:end], least):
                    return start, end, found
    for start, word in enumerate(searched):
        for one in meant(index, word):
            if found := _places(index, [one], MatchDegree.SPELLING):
                return start, start + 1, found
    return None


def _places(index: ListIndex, named: list[str], least: MatchDegree) -> list[ListEntry]:
    """Places whose names have the first of these words, and which have all of them."""
    if named[0].isdigit():
        return []
    asked = ListRequest(
        KINDS["place"], parse(" ".join(named)), language=language.current(), size=_LOOKED_AT
    )
    found = [
        one
        for one in page(index, asked).entries
        if any(
            (how := degree(title, named[0])) is not None and how >= least
            for title in one.document.titles.values()
        )
    ]
    return found[:_MOST]


def _place(context: AppContext, entry: ListEntry) -> FoundPlace:
    document = entry.document
    kind, within = ([dict(v.labels) for v in entry.of(facet)] for facet in ("level", "within"))
    return FoundPlace(
        href=context.urls.described(document.iri),
        title=dict(document.titles),
        kind=next(iter(kind), {}),
        within=next(iter(within), {}),
        tables=tables(context, document.iri),
    )


def _others(
    index: ListIndex, address: ListAddress, rest: list[str]
) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Searches for the words that name no place, with hits by kind."""
    whole = hit_links(index, address, " ".join(rest))
    if whole or len(rest) == 1:
        yield " ".join(rest), whole
        return
    for word in rest:
        yield word, hit_links(index, address, word)


def hit_links(index: ListIndex, address: ListAddress, text: str) -> list[tuple[str, str, str]]:
    """The kinds that a search for a text hits: key of the kind's text, number, address.

    A search of a list, or with filters, stays in its kind. It has no filters: they are not counted.
    """
    try:
        expression = parse(text)
    except QuerySyntaxError:  # such as OR alone
        return []
    bare = {"q": text} | {facet: "" for facet, _ in address.filters}
    if address.path != SEARCH or address.filters:
        found = {address.kind.name: count(index, Condition(address.kind, expression))}
        hrefs = {address.kind.name: address.at(**bare)}
    else:
        found = kinds(index, expression)
        hrefs = {kind: address.at(**bare, kind=kind) for kind in found}
    return [
        (f"kind_{kind}", amount(min(number, MOST), is_over=number > MOST), hrefs[kind])
        for kind, number in found.items()
        if number
    ]
