"""Datasets in a list: what an item says of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from flask import g

from graph import snapshots
from graph.core.errors import EngineFailure
from graph.lists import index as lists
from graph.lists import query
from graph.lists.datasets import HERE
from graph.lists.facets import key_of
from graph.lists.kinds import KINDS
from graph.lists.query import ListEntry, ListRequest
from server.core.context import AppContext
from server.cubes import templated
from server.pages.layout.writing import Texts, texts_by_language
from server.sparql import internal_queries
from vocab.namespaces import DCT
from vocab.terms import Object

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class DatasetInList:
    """A dataset in a list; texts are by language, empty where they are not stated."""

    iri: str
    href: str
    title: Texts
    has_table: bool
    publisher: Texts
    frequency: Texts
    licence: Texts
    inferred: tuple[str, ...] = ()
    score: float | None = None
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class PublishedDatasets:
    """A page of the datasets of a publisher, by title: how many there are, and the page shown."""

    number: int
    page: int
    last: int
    items: list[DatasetInList]


def published(context: AppContext, publisher: str, page: int) -> PublishedDatasets:
    """The datasets of a publisher. A page after the last one is the last one."""
    now = snapshots.current(context.instance)
    try:
        index = lists.of(now) if now else None
    except EngineFailure:
        index = None
    if index is None:  # an earlier version published the snapshot
        return _without_lists(context, publisher, page)
    key = key_of("publisher", f"<{publisher}>", context.instance.base)
    value = index.value(KINDS["dataset"], "publisher", key)
    number = int(value.count or 0) if value else 0
    last = max(1, -(-number // PER_PAGE))
    asked = ListRequest(
        KINDS["dataset"],
        filters=(("publisher", key),),
        page=min(page, last),
        language=g.language,
        size=PER_PAGE,
    )
    found = query.page(index, asked).entries if number else ()
    return PublishedDatasets(number, asked.page, last, [_item(context, one) for one in found])


def _without_lists(context: AppContext, publisher: str, page: int) -> PublishedDatasets:
    rows = internal_queries.select(context.pool, "pages/things/org_count", [publisher])
    number = int(rows[0]["datasets"].value) if rows else 0
    last = max(1, -(-number // PER_PAGE))
    shown = min(page, last)
    filled = {
        "THING": str(ox.NamedNode(publisher)),
        "LANGUAGE": g.language,
        "START": str((shown - 1) * PER_PAGE),
    }
    found = templated.select(context.pool, "pages/things/org_datasets", filled) if number else ()
    items = dataset_items(context, (row["dataset"].value for row in found))
    return PublishedDatasets(number, shown, last, items)


def _item(context: AppContext, entry: ListEntry) -> DatasetInList:
    document = entry.document
    return DatasetInList(
        iri=document.iri,
        href=context.urls.described(document.iri),
        title=dict(document.titles),
        has_table=any(value.key == HERE for value in entry.of("data")),
        publisher=_names(entry, "publisher"),
        frequency=_names(entry, "frequency"),
        licence=_names(entry, "licence"),
        inferred=tuple(document.inferred),
    )


def _names(entry: ListEntry, facet: str) -> Texts:
    value = next(iter(entry.of(facet)), None)
    if value is None:
        return {}
    return dict(value.labels) or {"": value.key.strip('"')}


def dataset_items(context: AppContext, iris: Iterable[str]) -> list[DatasetInList]:
    """Items of datasets, in the given order."""
    asked = list(iris)
    if not asked:
        return []
    said = defaultdict[tuple[str, Object], list[Object]](list)
    for row in internal_queries.select(context.pool, "pages/things/dataset_items", asked):
        said[row["thing"].value, row["field"]].append(row["value"])
    return [
        DatasetInList(
            iri,
            context.urls.described(iri),
            texts_by_language(said[iri, DCT.title]),
            bool(said[iri, DCT.hasFormat]),
            texts_by_language(said[iri, DCT.publisher]),
            texts_by_language(said[iri, DCT.accrualPeriodicity]),
            texts_by_language(said[iri, DCT.license]),
        )
        for iri in asked
    ]
