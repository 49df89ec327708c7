"""What templates show of a list: labels in the reader's language, addresses of other states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from flask import g
from markupsafe import Markup, escape

from graph.lists.datasets import DESCRIPTION, HERE
from graph.lists.document import Text
from graph.lists.facets import Facet
from graph.lists.index import MOST, FacetValue, ListIndex
from graph.lists.kinds import DATASET, KINDS
from graph.lists.query import ListEntry, ListPage
from graph.search.collation import sort_key
from graph.search.excerpt import ExcerptPart
from server.http import language
from server.http.urls import Urls
from server.pages.find.addresses import PATHS, SEARCH, ListAddress
from server.pages.find.marks import mark, marked
from server.pages.find.provisions import Provisions, provisions_of
from server.pages.layout.writing import Texts, foreign, number_text, with_values

_VALUES = {
    ("data", HERE): "table_here",
    ("data", DESCRIPTION): "description_only",
    ("severity", "Violation"): "violation",
    ("severity", "Warning"): "warning",
    ("severity", "Info"): "info",
    ("type", "DataService"): "data_service",
    ("level", "Location"): "other_place",
}
"""Texts for values that the data has no names for."""


@dataclass(frozen=True, slots=True)
class DatasetItem:
    """A dataset as `m.dataset_item` shows it; `inferred` names the facets that are."""

    href: str
    title: Texts
    has_table: bool
    publisher: Texts
    frequency: Texts
    licence: Texts
    inferred: Sequence[str]
    score: float | None = None
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class ThingItem:
    """Any other thing: what it is, its codes, what it is about, the datasets it publishes, and of a
    law its provisions."""

    href: str
    kind: str
    title: Texts
    inferred: Sequence[str]
    codes: Sequence[str]
    about: Sequence[Text]
    tags: Sequence[Markup]
    severity: str
    datasets: int
    snippet: str = ""
    provisions: Provisions | None = None


FacetLink = tuple[Markup, str, str, bool]  # label, count, address, whether it is chosen


@dataclass(frozen=True, slots=True)
class ListView:
    """A list for its template. `first` and `end` number the things on the page."""

    address: ListAddress
    page: ListPage
    items: Sequence[DatasetItem | ThingItem]
    facets: Sequence[tuple[str, Sequence[FacetLink]]]
    sorts: Sequence[tuple[str, str]]
    chosen: Sequence[tuple[str, Markup, str]]

    @property
    def first(self) -> int:
        """The number of the first thing on the page."""
        return (self.address.page - 1) * self.address.size + 1

    @property
    def end(self) -> int:
        """The number of the last thing on the page."""
        return self.first + len(self.items) - 1

    @property
    def unknown(self) -> list[tuple[str, str, str]]:
        """Filters by values that nothing has: key of the facet's text, value, address without."""
        return [
            (f"facet_{facet}", key, self.address.at(**{facet: ""}))
            for facet, key in self.page.unknown
        ]

    @property
    def is_unfiltered(self) -> bool:
        """Whether it is the whole list."""
        return not (self.address.text or self.address.filters)

    @property
    def without_filters(self) -> str:
        """The address of the same search without filters."""
        return self.address.at(**{facet: "" for facet, _ in self.address.filters})

    @property
    def all_href(self) -> str:
        """The address of the whole list."""
        return PATHS[self.address.kind.name]

    def page_href(self, number: int) -> str:
        """The address of another page."""
        return self.address.at(page=str(number) if number > 1 else "")


def view(index: ListIndex, address: ListAddress, page: ListPage, urls: Urls) -> ListView:
    """A list as its page shows it."""
    make = _dataset if address.kind.name == "dataset" else partial(_thing, index)
    chosen = [
        (f"facet_{facet.name}", label_of(facet.selected), address.at(**{facet.name: ""}))
        for facet in page.facets
        if facet.selected
    ]
    return ListView(
        address=address,
        page=page,
        items=[make(entry, urls) for entry in page.entries],
        facets=[
            (language.text(f"facet_{f.name}"), _links(address, f))
            for f in page.facets
            if _is_choice(f)
        ],
        sorts=_sorts(address, page),
        chosen=chosen,
    )


def label_of(value: FacetValue) -> Markup:
    """The name of a value in the reader's language, else in another one, else its key."""
    if not value.term:
        return Markup('<span class="missing">{}</span>').format(language.text("not_stated"))
    text = _VALUES.get((value.facet, value.key))
    if text is not None:
        return escape(language.text(text))
    return foreign(value.labels, value.key.strip('"') or value.key)


def amount(number: int, *, is_over: bool = False) -> str:
    """A number of hits; “over 10,000” where they are not counted further."""
    return (
        language.text("over").format(number=number_text(MOST)) if is_over else number_text(number)
    )


def kind_links(address: ListAddress, counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """The kinds that a search finds: key of the text, number, address (empty for the present)."""
    links = []
    for kind in KINDS.values():
        number = counts[kind.name]
        here = kind == address.kind
        href = ListAddress.at(_of_kind(address, kind.name)) if number and not here else ""
        links.append((f"kind_{kind.name}", amount(min(number, MOST), is_over=number > MOST), href))
    return links


def _of_kind(address: ListAddress, name: str) -> ListAddress:
    return ListAddress(
        path=SEARCH,
        kind=KINDS[name],
        text=address.text,
        words=address.words,
        filters=(),
        sort="",
        page=1,
        unfolded="",
        size=address.size,
    )


def _is_choice(facet: Facet) -> bool:
    """Whether a facet leaves anything to choose, or says that nothing is stated: one value that all
    have filters nothing."""
    is_one = len(facet.values) == 1 and not facet.more
    return not is_one or facet.selected is not None or not facet.values[0].term


def _links(address: ListAddress, facet: Facet) -> list[FacetLink]:
    links: list[FacetLink] = []
    shown = sorted(facet.values, key=_frequent_first)
    if facet.selected and facet.selected.id not in {value.id for value in shown}:
        shown.insert(0, facet.selected)
    for value in shown:
        is_chosen = facet.selected is not None and facet.selected.id == value.id
        href = address.at(**{facet.name: "" if is_chosen else value.key})
        number = "" if value.count is None else number_text(value.count)
        links.append((marked(label_of(value), value), number, href, is_chosen))
    if facet.more:
        links.append(
            (Markup(language.text("more_values")), "", address.at(unfold=facet.name), False)
        )
    return links


def _frequent_first(value: FacetValue) -> tuple[int, str]:
    """Equally frequent values stand in the order of their names; so do all without a number."""
    return -(value.count or 0), sort_key(label_of(value).striptags())


def _sorts(address: ListAddress, page: ListPage) -> list[tuple[str, str]]:
    """Texts of the orders and their addresses; the present one has none."""
    names = ["title"]
    if address.words:
        names.insert(0, "relevance")
    if address.kind.name == "dataset":
        names.append("new")
    default = "relevance" if address.words else "title"
    now = page.request.order
    return [
        (f"sort_{name}", "" if name == now else address.at(sort="" if name == default else name))
        for name in names
    ]


def _dataset(entry: ListEntry, urls: Urls) -> DatasetItem:
    document = entry.document
    return DatasetItem(
        href=urls.described(document.iri),
        title=dict(document.titles),
        has_table=any(value.key == HERE for value in entry.of("data")),
        publisher=_names(entry, "publisher"),
        frequency=_names(entry, "frequency"),
        licence=_names(entry, "licence"),
        inferred=document.inferred,
        snippet=_snippet(entry),
    )


def _thing(index: ListIndex, entry: ListEntry, urls: Urls) -> ThingItem:
    document = entry.document
    severity = next((value.key for value in entry.of("severity")), "")
    shown = ("level", "within", "law", "type", "status", "class", "scheme", "rule", "publisher")
    datasets = index.counts_of(KINDS[DATASET], "publisher", f"<{document.iri}>")
    return ThingItem(
        href=urls.described(document.iri),
        kind=document.kind,
        title=dict(document.titles),
        inferred=document.inferred,
        codes=document.codes,
        about=document.about.get(g.language) or next(iter(document.about.values()), ()),
        tags=[_tag(value, document.inferred) for f in shown for value in entry.of(f)],
        severity=severity,
        datasets=datasets if document.kind == "organisation" else 0,
        snippet=_snippet(entry),
        provisions=provisions_of(index, document.iri, urls) if document.kind == "law" else None,
    )


def _tag(value: FacetValue, inferred: Sequence[str]) -> Markup:
    """The name of a rule is what it wants, not what was found: it is the rule that was checked."""
    if value.facet != "rule":
        return label_of(value) + (mark() if value.facet in inferred else "")
    return Markup("{}: {}").format(language.text("rule_checked"), label_of(value))


def _names(entry: ListEntry, facet: str) -> Texts:
    """The names of a value, or its key in no language; empty where nothing is stated."""
    value = next(iter(entry.of(facet)), None)
    if value is None:
        return {}
    return dict(value.labels) or {"": value.key.strip('"')}


def _snippet(entry: ListEntry) -> Markup:
    """Where the words stand in a text; nothing where that is the title, which is shown anyway."""
    said = "".join(part.text for part in entry.snippet)
    if said in entry.document.titles.values():
        return Markup("")
    text = Markup("").join(map(_part, entry.snippet))
    tag = entry.snippet_language
    if text and tag and tag != g.language:
        text = Markup('<span lang="{}">{}</span>').format(tag, text)
    return with_values(language.text("by_code"), code=text) if entry.is_code else text


def _part(part: ExcerptPart) -> Markup:
    return Markup("<mark>{}</mark>").format(part.text) if part.is_match else escape(part.text)
