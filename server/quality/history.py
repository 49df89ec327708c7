"""The score of a thing in every published version of the scores."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from graph.core.instance import Instance
from graph.history.published import versions, visible
from graph.history.timeline import timeline
from graph.snapshots import published_events
from vocab.namespaces import DQV

SOURCE = "quality"


@dataclass(frozen=True, slots=True)
class ScoredVersion:
    """A version of the scores in which this one changed: when it was published (RFC 3339), and the
    points from then on."""

    version: int
    at: str
    points: Decimal


def history(instance: Instance, path: str) -> list[ScoredVersion]:
    """The score of what `{base}quality/{path}` is about, oldest first; only where it changed."""
    events = published_events.events_of(instance, published_events.size(instance))
    known = visible(versions(events, SOURCE), frozenset())
    measurement = f"{instance.base}quality/{path}#score"
    return [
        ScoredVersion(moment.version.number, moment.version.at, Decimal(value))
        for moment in timeline(instance, events, measurement, {SOURCE: known})
        for change in moment.change.changes
        if change.new is not None and (value := _value(change.new.line))
    ]


def _value(line: bytes) -> str:
    """The number in a canonical line that states a value; empty for other lines."""
    for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
        if quad.predicate == DQV.value and isinstance(quad.object, ox.Literal):
            return quad.object.value
    return ""
