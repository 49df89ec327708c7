"""The state of every named graph of a snapshot: the start of a digest that the ledger records.

By it one tells whether a graph has changed without reading its statements (ETags of the Graph Store
Protocol are made of it). The provenance graph grows with every snapshot, so its state is the
snapshot's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from graph.core.instance import Instance
from graph.snapshots.directory import Snapshot
from graph.snapshots.published_events import events_of
from graph.versions import provenance
from graph.versions.state import all_layers, state


def state_tag(lines: str) -> str:
    """The state of a graph, given the digest of its lines."""
    return lines[:32]


def state_of(instance: Instance, name: str, graph: str) -> str:
    """The state of a graph in the snapshot of this name; the name itself for the default graph
    (empty IRI) and for graphs that are computed here."""
    return _states(instance, Snapshot(instance.snapshots / name).number).get(graph, name)


@lru_cache(maxsize=8)
def _states(instance: Instance, number: int) -> Mapping[str, str]:
    names = instance.names
    layers = all_layers(state(events_of(instance, number)).values(), names)
    states = {layer.graph: state_tag(layer.lines) for layer in layers}
    return {**states, names.graph(provenance.GRAPH): str(number)}
