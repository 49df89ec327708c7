"""Labels of IRIs, for pages."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from server.core.context import AppContext
from server.sparql import internal_queries

Labels = dict[str, dict[str, str]]


def labels(context: AppContext, iris: Iterable[str]) -> Labels:
    """Labels of IRIs by language, of the first ones where there are too many."""
    wanted = list(dict.fromkeys(iris))[: context.settings.labels]
    found: Labels = {}
    for row in internal_queries.select(context.pool, "sparql/labels", wanted):
        label = row["label"]
        if isinstance(label, ox.Literal) and label.language:
            found.setdefault(row["thing"].value, {}).setdefault(label.language, label.value)
    return found
