"""Filters, order and pages of the list of sources, which are few: counted when they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from graph.lists.query import PAGE
from graph.reports.checks import SourceChecks
from graph.search.collation import sort_key
from server.http.language import choose, text
from server.pages.find import addresses
from server.pages.find.views import FacetLink
from server.pages.layout.writing import number_text

PATH = "/sources"
_MOST = 1_000  # sources on a page of data


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A public source: its names, how it stands, and how many datasets it has in the catalogue."""

    id: str
    iri: str
    title: Mapping[str, str]
    version: int
    checks: SourceChecks
    datasets: int | None


def _state(one: ListedSource) -> str:
    if one.checks.failures:
        return "failing"
    return "fetched" if one.checks.checked else "never"


FACETS: dict[str, Callable[[ListedSource], str]] = {
    "state": _state,
    "data": lambda one: "datasets" if one.datasets else "other",
    "year": lambda one: one.checks.changed[:4] or "none",
}
"""What each facet says of a source: the key of a value, of which `source_{facet}_{key}` is the
text; years are their own."""
_SORTS: dict[str, Callable[[ListedSource], str]] = {
    "title": lambda one: sort_key(choose(dict(one.title)) or one.id),
    "new": lambda one: one.checks.changed,
}


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page of the list: `found` are all that match, `shown` those on the page (from 1)."""

    found: Sequence[ListedSource]
    shown: Sequence[ListedSource]
    number: int
    last: int
    facets: Sequence[tuple[str, Sequence[FacetLink]]]
    sorts: Sequence[tuple[str, str]]
    chosen: Sequence[tuple[str, Markup, str]]
    state: Mapping[str, str]

    @property
    def first(self) -> int:
        """The number of the first source on the page."""
        return self.found.index(self.shown[0]) + 1 if self.shown else 0

    def page_href(self, number: int) -> str:
        """The address of another page."""
        return addresses.address(PATH, {**self.state, "page": str(number) if number > 1 else ""})

    def document(self, form: str) -> str:
        """The address of the same sources as data."""
        return addresses.address(f"{PATH}.{form}", self.state)


def page(rows: Sequence[ListedSource], asked: MultiDict[str, str], *, is_data: bool) -> SourcePage:
    """What an address asks for. Data have all sources on a page, or as many as `size` says.

    Raises HttpProblem (400) for values that cannot be meant.
    """
    order = addresses.chosen(asked, "sort", _SORTS) or "title"
    filters = {name: addresses.one(asked, name) for name in FACETS}
    state = {**filters, "sort": "" if order == "title" else order}
    found = [one for one in rows if all(_has(one, *pair) for pair in filters.items())]
    found.sort(key=_SORTS[order], reverse=order == "new")
    size = min(addresses.number(asked, "size") or _MOST, _MOST) if is_data else PAGE
    number, last = addresses.number(asked, "page") or 1, max(1, -(-len(found) // size))
    return SourcePage(
        found=found,
        shown=found[(number - 1) * size : number * size],
        number=number,
        last=last,
        facets=[(text(f"source_{name}"), _links(name, found, state)) for name in FACETS],
        sorts=[
            ("sort_title", "" if order == "title" else _href(state, sort="")),
            ("sort_new", "" if order == "new" else _href(state, sort="new")),
        ],
        chosen=[
            (f"source_{name}", _label(name, key), _href(state, **{name: ""}))
            for name, key in filters.items()
            if key
        ],
        state=state,
    )


def _has(one: ListedSource, facet: str, key: str) -> bool:
    return not key or FACETS[facet](one) == key


def _links(facet: str, found: Sequence[ListedSource], state: Mapping[str, str]) -> list[FacetLink]:
    counted = Counter(map(FACETS[facet], found))
    return [
        (
            _label(facet, key),
            number_text(number),
            _href(state, **{facet: "" if state[facet] == key else key}),
            state[facet] == key,
        )
        for key, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _label(facet: str, key: str) -> Markup:
    if key == "none":
        return Markup('<span class="missing">{}</span>').format(text("not_stated"))
    if facet == "year":
        return escape(key)
    known = key in _KEYS[facet]
    return escape(text(f"source_{facet}_{key}") if known else key)


_KEYS = {"state": ("failing", "fetched", "never"), "data": ("datasets", "other")}


def _href(state: Mapping[str, str], /, **changes: str) -> str:
    return addresses.address(PATH, {**state, **changes})
