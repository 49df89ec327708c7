"""Update `graph/void` to the other graphs of a store, in the cheapest way.

A graph that did not change keeps its statistics. One that changed little is updated incrementally;
one that is new, or changed much, is counted. The statistics of all data are updated from their
previous state, or derived from those of the largest graph, or counted, whichever reads least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from graph.core.instance import Instance
from graph.ledger import Event
from graph.snapshots import Snapshot
from graph.statements import patch
from graph.store.embedded import EmbeddedStore
from graph.void import GRAPH, full_count, incremental, serialize
from graph.void.counts import Tally
from graph.void.delta import Delta, compute_delta
from graph.void.graphs import CountedGraph, public_graphs
from graph.void.incremental import View
from graph.void.serialize import GraphDescription

INCREMENTAL_COST = 10
"""The cost of updating for one changed statement, in statements counted (measured)."""
MERGE_COST = 2
"""The cost of counting one statement while graphs are merged, in statements counted."""
MAX_DELTA = 300_000
"""The number of changed statements up to which graphs are updated: they are held in memory."""

_TITLE = {"mn": "Нийтэлсэн бүх өгөгдөл", "en": "All data that is published"}


def refresh(
    store: EmbeddedStore,
    instance: Instance,
    events: Sequence[Event],
    previous_store: EmbeddedStore | None,
) -> None:
    """Update the graph in a store that is being written, and contains all other graphs already.

    `previous_store` is the store that it was copied from, None for a new store.
    """
    void = VoidRefresh(instance, events, previous_store)
    void.count()
    void.write(store)


class VoidRefresh:
    """An update of the graph in two steps.

    `count` does not need the new store, so it can run while that is filled; `write` is called when
    it contains all other graphs. `previous_store` is as in `refresh`.
    """

    def __init__(
        self, instance: Instance, events: Sequence[Event], previous_store: EmbeddedStore | None
    ) -> None:
        self._name = instance.names.graph(GRAPH)
        self._old = previous_store.held_lines(self._name) if previous_store else []
        self._statistics = _Statistics(
            instance, [*public_graphs(instance, events)], previous_store, instance.staging
        )
        if previous_store:
            since = Snapshot(previous_store.path).number
            self._statistics.old_counts = serialize.tallies(self._old, instance.names)
            self._statistics.delta = compute_delta(instance, events, since, MAX_DELTA)

    def count(self) -> None:
        """Count the graphs that are not updated incrementally."""
        self._statistics.count()

    def write(self, store: EmbeddedStore) -> None:
        """Update the rest incrementally, and write the graph."""
        self._statistics.store = store
        changes: dict[str, list[bytes]] = {"A": [], "D": []}
        for sign, line in patch.difference(self._old, self._statistics.lines()):
            changes[sign].append(line)
        # no source may say anything of a description (loaders/pipeline/map_records.py)
        store.change(self._name, changes["A"], changes["D"], shares=False)


def lines(instance: Instance, events: Sequence[Event], scratch: Path | None = None) -> list[bytes]:
    """The graph after these events, counted from the archive without a store.

    Temporary files are written to `scratch`, by default that of the system: who only verifies may
    not be able to write to the instance.
    """
    graphs = [*public_graphs(instance, events)]
    statistics = _Statistics(instance, graphs, None, scratch, has_store=False)
    statistics.count()
    return statistics.lines()


class _Strategy(NamedTuple):
    """A way to compute the statistics of all data, and its cost in statements counted.

    One that `needs_store` waits for the new store to be filled.
    """

    cost: int
    compute: Callable[[], Tally]
    needs_store: bool = True


@dataclass(slots=True)
class _Statistics:
    """The statistics of all graphs, and of all data under the empty name.

    `old_counts` are those before the change, `new_counts` those after it. `has_store`
    says that there will be a store after counting.
    """

    instance: Instance
    graphs: list[CountedGraph]
    previous_store: EmbeddedStore | None
    scratch: Path | None
    has_store: bool = True
    store: EmbeddedStore | None = None
    old_counts: dict[str, Tally] = field(default_factory=dict)
    delta: Delta | None = None
    new_counts: dict[str, Tally] = field(default_factory=dict)

    def count(self) -> None:
        """Count graphs that are not updated incrementally, and all data where that is cheapest."""
        for graph in self.graphs:
            if self._change(graph) is None:
                self.new_counts[graph.name] = self._counted(graph.lines)
        strategy = self._cheapest()
        if not strategy.needs_store:
            self.new_counts[""] = strategy.compute()

    def lines(self) -> list[bytes]:
        """The statements of the VoID graph, sorted; after `count`."""
        described = [graph.described(self._tally(graph)) for graph in self.graphs]
        all_data = GraphDescription(
            "",
            self.new_counts[""] if "" in self.new_counts else self._cheapest().compute(),
            _TITLE,
            max((graph.modified for graph in self.graphs), default=""),
            example=self.instance.names.catalog,
        )
        return serialize.lines([all_data, *described], self.instance.names)

    def _change(self, graph: CountedGraph) -> list[bytes] | None:
        """The changed lines of a graph that is updated incrementally; None where it is counted."""
        changed = self.delta.for_graph(graph.name) if self.delta else None
        few = changed is not None and len(changed) * INCREMENTAL_COST <= graph.statements
        return changed if few and graph.name in self.old_counts else None

    def _tally(self, graph: CountedGraph) -> Tally:
        if graph.name not in self.new_counts:
            changed, old = self._change(graph), self.old_counts[graph.name]
            assert changed is not None
            self.new_counts[graph.name] = self._incremental(
                old, self.previous_store, graph.name, graph.name, changed
            )
        return self.new_counts[graph.name]

    def _cheapest(self) -> _Strategy:
        return min(self._strategies(), key=lambda strategy: strategy.cost)

    def _strategies(self) -> Iterator[_Strategy]:
        """Ways to the statistics of all data: the union is not the sum of the graphs."""
        total = sum(graph.statements for graph in self.graphs)
        union = full_count.union([graph.lines for graph in self.graphs])
        count = partial(self._counted, union)
        yield _Strategy(total * MERGE_COST, count, needs_store=False)
        old = self.old_counts.get("")
        if old is not None and self.delta and (changed := self.delta.all_lines()) is not None:
            yield _Strategy(
                len(changed) * INCREMENTAL_COST,
                lambda: self._incremental(old, self.previous_store, "", "", changed),
            )
        largest = max(self.graphs, key=lambda graph: graph.statements)
        rest = total - largest.statements
        if self.has_store and rest <= MAX_DELTA:
            others = chain.from_iterable(g.lines() for g in self.graphs if g != largest)
            yield _Strategy(
                rest * INCREMENTAL_COST,
                lambda: self._incremental(
                    self._tally(largest), self.store, largest.name, "", others
                ),
            )

    def _counted(self, lines: full_count.LineSource) -> Tally:
        return full_count.tally(lines, self.scratch)

    def _incremental(
        self,
        counts: Tally,
        store: EmbeddedStore | None,
        old_name: str,
        new_name: str,
        changed: Iterable[bytes],
    ) -> Tally:
        assert store is not None
        assert self.store is not None
        return incremental.apply_delta(
            counts, self._view(store, old_name), self._view(self.store, new_name), changed
        )

    def _view(self, store: EmbeddedStore, name: str) -> View:
        names = self.instance.names
        return View(store, names.graph_at(name) if name else None, names)
