"""Statements that no source states: the provenance graph, which is computed from the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from graph.core.iris import Names
from graph.ledger import Event
from graph.trace.model import COMPUTED
from graph.versions import provenance

__all__ = ["COMPUTED", "Computed", "find", "with_digest"]

MOST_EVENTS = 2_000


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


def with_digest(events: Sequence[Event], names: Names, digest: str) -> bytes:
    """The line of the provenance graph with a SHA-256; empty where it has none, or where the log is
    so long that finding it by its hash alone takes seconds."""
    if len(events) > MOST_EVENTS:
        return b""
    return next((one for one in provenance.lines(events, names) if _sha256(one) == digest), b"")


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
