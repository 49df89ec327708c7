"""Statements that no source states: the provenance graph, which is computed from the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from graph.core.iris import Names
from graph.ledger import Event
from graph.trace.model import COMPUTED
from graph.versions import provenance
from graph.versions.provenance import Shown

__all__ = ["COMPUTED", "Computed", "by_digest", "find"]

MOST_EVENTS = 2_000


class Computed(NamedTuple):
    """The graph that a computed statement is in, and the event that it tells of, if one."""

    graph: str
    event: Event | None


def find(events: Sequence[Event], names: Names, line: bytes, shown: Shown) -> Computed | None:
    """Where a computed statement is from; None where it is not computed from the ledger."""
    graph = names.graph_at(provenance.GRAPH)
    for index in provenance.made_by(events, names, line, shown):
        return Computed(graph, events[index])
    return None


def by_digest(events: Sequence[Event], names: Names) -> dict[str, bytes]:
    """The lines of the provenance graph by their SHA-256; none where the log is so long that making
    them takes seconds. Then they are found by their text, not by their hash alone."""
    if len(events) > MOST_EVENTS:
        return {}
    return {_sha256(line): line for line in provenance.lines(events, names)}


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
