"""Things whose trace and history a reader can look at first."""

from __future__ import annotations

from collections.abc import Mapping

from graph import snapshots
from graph.core.errors import EngineFailure
from graph.core.instance import Instance
from graph.lists import index as lists
from graph.lists import query
from graph.lists.kinds import KINDS
from graph.lists.query import ListRequest

_KINDS = ("dataset", "place", "organisation")


def examples(instance: Instance) -> list[tuple[str, str, Mapping[str, str]]]:
    """Kind, IRI and names by language of the first thing of some kinds; none without lists."""
    now = snapshots.current(instance)
    try:
        index = lists.of(now) if now else None
    except EngineFailure:
        return []
    if index is None:
        return []
    return [
        (kind, entry.document.iri, entry.document.titles)
        for kind in _KINDS
        for entry in query.page(index, ListRequest(KINDS[kind], size=1)).entries
    ]
