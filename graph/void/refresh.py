"""Brings `graph/void` up to what else a store holds, in the cheapest way.

A graph that did not change keeps its numbers. One that changed little is followed through its
change; one that is new, or changed much, is counted. All data together is followed from what it
was, or from its largest graph, or counted, whichever looks at least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
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
from graph.void.serialize import Described

INCREMENTAL_COST = 10
"""How many statements are counted in the time in which one that changed is followed."""
MERGE_COST = 2
"""Likewise, in which one is counted while graphs are merged."""
MAX_DELTA = 300_000
"""How many changed statements are followed at most: they are held in memory."""

_TITLE = {"mn": "Нийтэлсэн бүх өгөгдөл", "en": "All data that is published"}


def refresh(
    store: EmbeddedStore, instance: Instance, events: Sequence[Event], before: EmbeddedStore | None
) -> None:
    """Make the graph in a store that is being written, and holds all else already.

    `before` is the store that it was copied from, None where it was made afresh.
    """
    renewal = VoidRefresh(instance, events, before)
    renewal.count()
    renewal.write(store)


class VoidRefresh:
    """The graph on its way: `count` needs nothing of the store that is written, so it may go on
    beside the filling; `write` comes when that store holds all else.

    `before` is the store with the events `since`, as `renew` has it.
    """

    def __init__(
        self, instance: Instance, events: Sequence[Event], before: EmbeddedStore | None
    ) -> None:
        self._name = instance.names.graph(GRAPH)
        self._old = sorted(before.lines(self._name)) if before else []
        self._numbers = _Numbers(instance, [*public_graphs(instance, events)], before)
        if before:
            since = Snapshot(before.path).number
            self._numbers.known = serialize.tallies(self._old, instance.names)
            self._numbers.delta = compute_delta(instance, events, since, MAX_DELTA)

    def count(self) -> None:
        """Count what has to be counted."""
        self._numbers.count()

    def write(self, store: EmbeddedStore) -> None:
        """Follow what need not be counted, and write the graph."""
        self._numbers.store = store
        found: dict[str, list[bytes]] = {"A": [], "D": []}
        for sign, line in patch.difference(self._old, self._numbers.lines()):
            found[sign].append(line)
        store.change(self._name, found["A"], found["D"])


def lines(instance: Instance, events: Sequence[Event]) -> list[bytes]:
    """The graph after these events, counted from the archive alone."""
    numbers = _Numbers(instance, [*public_graphs(instance, events)], None, follows=False)
    numbers.count()
    return numbers.lines()


class _Way(NamedTuple):
    """A way to the numbers of all data together, how many statements counted it costs, and whether
    it needs no store."""

    cost: int
    go: Callable[[], Tally]
    ahead: bool = False


@dataclass(slots=True)
class _Numbers:
    """`follows` says that there will be a store when all is counted."""

    instance: Instance
    graphs: list[CountedGraph]
    before: EmbeddedStore | None
    follows: bool = True
    store: EmbeddedStore | None = None
    known: dict[str, Tally] = field(default_factory=dict)
    delta: Delta | None = None
    counted: dict[str, Tally] = field(default_factory=dict)

    def count(self) -> None:
        """Count the graphs that are not followed, and all together where that is cheapest."""
        for graph in self.graphs:
            if self._change(graph) is None:
                self.counted[graph.name] = self._counted(graph.lines)
        if (way := self._cheapest()).ahead:
            self.counted[""] = way.go()

    def lines(self) -> list[bytes]:
        """The whole graph, when what has to be counted is."""
        described = [graph.described(self._tally(graph)) for graph in self.graphs]
        together = Described(
            "",
            self.counted[""] if "" in self.counted else self._cheapest().go(),
            _TITLE,
            max((graph.modified for graph in self.graphs), default=""),
            example=self.instance.names.catalog,
        )
        return serialize.lines([together, *described], self.instance.names)

    def _change(self, graph: CountedGraph) -> list[bytes] | None:
        """What changed in a graph that is followed; None where it is counted."""
        changed = self.delta.for_graph(graph.name) if self.delta else None
        few = changed is not None and len(changed) * INCREMENTAL_COST <= graph.statements
        return changed if few and graph.name in self.known else None

    def _tally(self, graph: CountedGraph) -> Tally:
        if graph.name not in self.counted:
            changed, known = self._change(graph), self.known[graph.name]
            assert changed is not None
            self.counted[graph.name] = self._followed(
                known, self.before, graph.name, graph.name, changed
            )
        return self.counted[graph.name]

    def _cheapest(self) -> _Way:
        return min(self._ways(), key=lambda way: way.cost)

    def _ways(self) -> Iterator[_Way]:
        total = sum(graph.statements for graph in self.graphs)
        everything = full_count.union([graph.lines for graph in self.graphs])
        yield _Way(total * MERGE_COST, lambda: self._counted(everything), ahead=True)
        known = self.known.get("")
        if known is not None and self.delta and (changed := self.delta.all_lines()) is not None:
            yield _Way(
                len(changed) * INCREMENTAL_COST,
                lambda: self._followed(known, self.before, "", "", changed),
            )
        largest = max(self.graphs, key=lambda graph: graph.statements)
        rest = total - largest.statements
        if self.follows and rest <= MAX_DELTA:
            others = chain.from_iterable(g.lines() for g in self.graphs if g != largest)
            yield _Way(
                rest * INCREMENTAL_COST,
                lambda: self._followed(self._tally(largest), self.store, largest.name, "", others),
            )

    def _counted(self, lines: full_count.LineSource) -> Tally:
        return full_count.tally(lines, self.instance.staging)

    def _followed(
        self,
        known: Tally,
        store: EmbeddedStore | None,
        before: str,
        after: str,
        changed: Iterable[bytes],
    ) -> Tally:
        assert store is not None
        assert self.store is not None
        return incremental.apply_delta(
            known, self._view(store, before), self._view(self.store, after), changed
        )

    def _view(self, store: EmbeddedStore, name: str) -> View:
        names = self.instance.names
        return View(store, names.graph_at(name) if name else None, names)
