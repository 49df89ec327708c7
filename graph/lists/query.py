"""A page of a list: which documents, how many, and how many have each value of each facet.

Up to MOST hits are all counted, ranked and sorted. Of more hits for words the first MOST are ranked
and listed; lists by facets alone stay complete. Counts of facets are then not made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from graph.lists.columns import RELEVANCE
from graph.lists.datasets import code_found
from graph.lists.document import Document
from graph.lists.facets import Facet, facets_of
from graph.lists.index import MOST, Condition, FacetValue, ListIndex
from graph.lists.kinds import DATASET, KINDS, Kind
from graph.search.excerpt import ExcerptPart, excerpt
from graph.search.query_parser import MatchDegree, SearchExpression

SORTS = ("relevance", "title", "new")
PAGE = 20  # documents on a page
# The words as written or in other forms in a title come before words in a text; other spellings of
# words come last.
_TIERS = (
    (MatchDegree.EXACT, "title"),
    (MatchDegree.FORM, "title"),
    (MatchDegree.EXACT, ""),
    (MatchDegree.FORM, ""),
    (MatchDegree.SPELLING, "title"),
    (MatchDegree.SPELLING, ""),
)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What is listed: `filters` are pairs of facet and key, `unfolded` a facet to show whole.

    `sort` is one of SORTS; `language` is that of titles and sorting; pages begin with 1.
    """

    kind: Kind
    words: SearchExpression | None = None
    filters: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    page: int = 1
    language: str = "mn"
    unfolded: str = ""
    size: int = PAGE

    @property
    def order(self) -> str:
        """The order that is used: by relevance only where words are searched."""
        if self.sort == "new" or (self.sort == "relevance" and self.words):
            return self.sort
        return "relevance" if self.words and not self.sort else "title"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A document in a list, with the values of its facets, and where the words stand in it:
    `is_code`: in the name of a code of its tables."""

    document: Document
    values: Sequence[FacetValue]
    snippet: Sequence[ExcerptPart] = ()
    snippet_language: str = ""
    is_code: bool = False

    def of(self, facet: str) -> list[FacetValue]:
        """Its values of a facet; those that are stated or inferred."""
        return [value for value in self.values if value.facet == facet and value.term]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page. `total` is the number of hits; with `is_over` there are more, and `last` is the last
    page of those that are listed. `unknown` are filters by values that nothing has."""

    request: ListRequest
    total: int
    is_over: bool
    last: int
    entries: Sequence[ListEntry]
    facets: Sequence[Facet]
    unknown: Sequence[tuple[str, str]] = ()


def page(index: ListIndex, request: ListRequest) -> ListPage:
    """A page of a list; no entries where it is after the last one."""
    selected = [index.value(request.kind, *pair) for pair in request.filters]
    known = [value for value in selected if value is not None]
    if len(known) < len(selected):
        unknown = [p for p, v in zip(request.filters, selected, strict=True) if v is None]
        return ListPage(request, 0, False, 1, [], _facets(request, known, {}, index), unknown)
    condition = Condition(request.kind, request.words, tuple(v.id for v in known))
    if request.words is None and len(known) < 2:
        return _stored(index, request, condition, known)
    ids = _hits(index, condition)
    if len(ids) > MOST:
        return _over(index, request, condition, known)
    return _whole(index, request, condition, known, ids)


def count(index: ListIndex, condition: Condition) -> int:
    """The number of hits; MOST + 1 where there are more than MOST."""
    if condition.words is None and not condition.values:
        return index.total(condition.kind)
    if condition.words is not None and not condition.values:
        return len(_hits(index, condition))
    return index.count(index.match(condition))


def _hits(
    index: ListIndex,
    condition: Condition,
    degree: MatchDegree = MatchDegree.SPELLING,
    column: str = "",
) -> list[int]:
    """The first documents that match, up to MOST + 1.

    Words are searched in documents of all kinds first: few have them mostly, and to leave some of
    these out costs less than to compare them with all documents of a kind.
    """
    match = partial(index.match, condition, degree, column=column)
    if condition.words is None or condition.values:
        return index.ids(match())
    every = index.ids(match(any_kind=True))
    mine = index.columns.of_kind(every, condition.kind.number)
    if len(every) <= MOST or len(mine) > MOST:
        return mine
    return index.ids(match())


def _stored(
    index: ListIndex, request: ListRequest, condition: Condition, known: list[FacetValue]
) -> ListPage:
    """A list without words, with at most one filter: its length is stored."""
    total = int(known[0].count or 0) if known else index.total(request.kind)
    if not known:
        ids = index.in_order(request.kind, _order(request), *_span(request))
        return _page(index, request, total, ids, _facets(request, known, None, index))
    if total > MOST:
        ids = index.walk(condition, _order(request), *_span(request))
        return _page(index, request, total, ids, _facets(request, known, None, index))
    ids = index.ids(index.match(condition))
    return _whole(index, request, condition, known, ids)


def _over(
    index: ListIndex, request: ListRequest, condition: Condition, known: list[FacetValue]
) -> ListPage:
    """A list of more hits than are counted."""
    facets = _facets(request, known, None, index)
    if request.words is None:
        ids = index.walk(condition, _order(request), *_span(request))
        return _page(index, request, MOST, ids, facets, is_over=True)
    ranked: dict[int, None] = {}
    for degree, column in _TIERS:
        if len(ranked) < MOST:
            ranked.update(dict.fromkeys(_hits(index, condition, degree, column)))
    ids = list(ranked)[:MOST]
    if request.order != "relevance":
        ids = index.columns.in_order(ids, _order(request))
    skip, limit = _span(request)
    return _page(index, request, MOST, ids[skip : skip + limit], facets, is_over=True)


def _whole(
    index: ListIndex,
    request: ListRequest,
    condition: Condition,
    known: list[FacetValue],
    found: Sequence[int],
) -> ListPage:
    """A list of which all hits are counted and sorted."""
    is_ranked = request.order == RELEVANCE
    tiers = _tier_of(index, condition, found) if is_ranked else {}
    order = RELEVANCE if is_ranked else _order(request)
    ids = index.columns.in_order(found, order, tiers)
    skip, limit = _span(request)
    facets = _facets(request, known, index.columns.count_facets(found), index)
    return _page(index, request, len(ids), ids[skip : skip + limit], facets)


def _page(
    index: ListIndex,
    request: ListRequest,
    total: int,
    ids: Sequence[int],
    facets: Sequence[Facet],
    *,
    is_over: bool = False,
) -> ListPage:
    entries = [_entry(index, request, *found) for found in index.documents(ids)] if ids else []
    last = max(1, -(-total // request.size))
    return ListPage(request, total, is_over, last, entries, facets)


def _span(request: ListRequest) -> tuple[int, int]:
    return (request.page - 1) * request.size, request.size


def _order(request: ListRequest) -> str:
    return "new" if request.order == "new" else request.language


def _tier_of(index: ListIndex, condition: Condition, hits: Sequence[int]) -> dict[int, int]:
    """The tier of each hit, from the best one down."""
    found: dict[int, int] = {}
    left = set(hits)
    for tier, (degree, column) in enumerate(_TIERS):
        here = left.intersection(_hits(index, condition, degree, column)) if left else ()
        found.update(dict.fromkeys(here, tier))
        left.difference_update(here)
    return found


def _facets(
    request: ListRequest,
    known: Sequence[FacetValue],
    counts: Mapping[int, int] | None,
    index: ListIndex,
) -> list[Facet]:
    is_narrowed = request.words is not None or bool(known)
    return facets_of(index, request.kind, request.unfolded, known, counts, is_narrowed=is_narrowed)


def _entry(
    index: ListIndex, request: ListRequest, document: Document, values: Sequence[FacetValue]
) -> ListEntry:
    entry = ListEntry(document, values)
    if request.words is None:
        return entry
    if code := code_found(index.terms, document, request.words, request.language):
        parts = excerpt(code.value, request.words)
        return replace(entry, snippet=parts, snippet_language=code.language, is_code=True)
    texts = [t for t in document.texts if t.value]
    # a text in the reader's language first, if the words stand in it
    texts.sort(key=lambda text: text.language != request.language)
    for text in texts:
        parts = excerpt(text.value, request.words)
        if any(part.is_match for part in parts):
            return replace(entry, snippet=parts, snippet_language=text.language)
    return entry


def kinds(index: ListIndex, words: SearchExpression) -> dict[str, int]:
    """How many hits there are of each kind; MOST + 1 where there are more than MOST."""
    every = index.ids(index.match(Condition(KINDS[DATASET], words), any_kind=True))
    counted = index.columns.count_kinds(every)
    return {
        kind.name: counted[kind.number]
        if len(every) <= MOST or counted[kind.number] > MOST
        else index.count(index.match(Condition(kind, words)))
        for kind in KINDS.values()
    }
