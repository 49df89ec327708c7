"""Statements that no source states: the provenance graph, which is computed from the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.core.iris import Names
from graph.ledger import Event
from graph.trace.model import COMPUTED
from graph.versions import provenance

__all__ = ["COMPUTED", "Computed", "find", "lines"]


class Computed(NamedTuple):
    """The graph that a computed statement is in, and the event that it tells of, if one."""

    graph: str
    event: Event | None


def find(events: Sequence[Event], names: Names, line: bytes) -> Computed | None:
    """Where a computed statement is from; None where it is not computed from the ledger."""
    graph = names.graph_at(provenance.GRAPH)
    for index in provenance.made_by(events, names, line):
        return Computed(graph, events[index])
    return None


def lines(events: Sequence[Event], names: Names) -> Iterator[bytes]:
    """The lines of the provenance graph."""
    return iter(provenance.lines(events, names))
