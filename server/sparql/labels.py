"""Labels of IRIs, for pages."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from server.core.context import AppContext
from server.sparql import internal_queries

Labels = dict[str, dict[str, str]]


def labels(context: AppContext, iris: Iterable[str]) -> Labels:
    """Labels by IRI and language; of the first IRIs only, if there are too many."""
    requested = list(dict.fromkeys(iris))[: context.settings.labels]
    by_iri: Labels = {}
    for row in internal_queries.select(context.pool, "sparql/labels", requested):
        label = row["label"]
        if isinstance(label, ox.Literal) and label.language:
            by_iri.setdefault(row["thing"].value, {}).setdefault(label.language, label.value)
    return by_iri
