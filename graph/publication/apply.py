"""Write published versions into a store, through the interface `GraphStore` only.

A store is filled from scratch, or updated from the state after the first events of the ledger. Both
are idempotent, so an interrupted update is simply repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event
from graph.store.base import GraphLines, GraphStore
from graph.versions import diff, provenance
from graph.versions.state import State, layers, state

_BULK_MINIMUM = 20_000  # statements; for fewer, ordinary writes are faster than the bulk loader


class StoreLoader:
    """Writes the published versions of an instance into stores."""

    def __init__(self, instance: Instance, reporter: Reporter) -> None:
        self._instance = instance
        self._names = instance.names
        self._archive = Archive(instance.archive)
        self._reporter = reporter

    def fill(self, store: GraphStore, events: Sequence[Event]) -> None:
        """Write all versions that are published after these events into an empty store."""
        loads = list(state(events).values())
        self._reporter.step("store", len(loads))
        self._add_layers(store, loads)
        graph = self._names.graph(provenance.GRAPH)
        store.change(graph, provenance.lines(events, self._names), [])

    def update(self, store: GraphStore, events: Sequence[Event], since: int) -> None:
        """Update a store that shows the first `since` events, so that it shows all of them."""
        before, after = state(events[:since]), state(events)
        changed = [s for s in after if before.get(s) != after[s]]
        self._reporter.step("store", len(changed))
        for source in changed:
            self._apply(store, before.get(source), after[source])
            self._reporter.advance()
        adds, deletes = provenance.change(events, since, self._names)
        store.change(self._names.graph(provenance.GRAPH), adds, deletes)

    def _apply(self, store: GraphStore, old: Event | None, new: Event) -> None:
        if old is None:
            self._add_layers(store, [new])
            return
        changes: dict[str, dict[str, list[bytes]]] = {}
        for graph, sign, line in diff.changes_between(self._instance, old, new):
            changes.setdefault(graph, {"A": [], "D": []})[sign].append(line)
        for graph, lines in changes.items():
            store.change(graph, lines["A"], lines["D"])

    def _add_layers(self, store: GraphStore, loads: Sequence[Event]) -> None:
        if sum(map(_statements, loads)) >= _BULK_MINIMUM:
            store.load(self._graphs(loads))
            return
        for graph, lines in self._graphs(loads):
            with lines() as file:
                store.change(graph, (line[:-1] for line in file), [])

    def _graphs(self, loads: Sequence[Event]) -> Iterator[GraphLines]:
        """The graphs of these versions, each with its lines."""
        for load in loads:
            for layer in layers(load, self._names):
                yield layer.graph, partial(self._archive.open, layer.lines)
            self._reporter.advance()


def share_deleted(events: Sequence[Event], since: int) -> float:
    """The share of the statements published after `since` events that an update would delete."""
    before, after = state(events[:since]), state(events)
    changed = [s for s in after if before.get(s) != after[s]]
    deletes = sum(_deletes(before, after[s]) for s in changed)
    return deletes / max(1, sum(_statements(load) for load in before.values()))


def _statements(load: Event) -> int:
    return sum(int(layer["statements"]) for layer in load["layers"].values())


def _deletes(before: State, load: Event) -> int:
    """The number of statements that a version deletes, at most: all, where it has no patch."""
    old = before.get(load["source"])
    if old is None:
        return 0
    if diff.patch_applies(old, load):
        return int(load["patch"]["deletes"])
    return _statements(old)
