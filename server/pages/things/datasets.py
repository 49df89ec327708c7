"""Datasets in a list: what an item says of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from server.core.context import AppContext
from server.pages.layout.writing import Texts, texts_by_language
from server.sparql import internal_queries
from vocab.namespaces import DCT
from vocab.terms import Object


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
            context.urls.page(iri),
            texts_by_language(said[iri, DCT.title]),
            bool(said[iri, DCT.hasFormat]),
            texts_by_language(said[iri, DCT.publisher]),
            texts_by_language(said[iri, DCT.accrualPeriodicity]),
            texts_by_language(said[iri, DCT.license]),
        )
        for iri in asked
    ]
