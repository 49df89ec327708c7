"""Brings `graph/void` up to what else a store holds, in the cheapest way.

A graph that did not change keeps its numbers. One that changed little is followed through its
change; one that is new, or changed much, is counted. All data together is followed from what it
was, or from its largest graph, or counted, whichever looks at least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from graph.instance import Instance
from graph.ledger import Event
from graph.snapshots import Snapshot
from graph.statements import patch
from graph.store.embedded import EmbeddedStore
from graph.void import GRAPH, changing, counting, writing
from graph.void.changing import View
from graph.void.graphs import Graph, public
from graph.void.tally import Tally
from graph.void.touched import Touched, touched
from graph.void.writing import Described

FOLLOWING = 10
"""How many statements are counted in the time in which one that changed is followed."""
MERGING = 2
"""Likewise, in which one is counted while graphs are merged."""
MOST = 300_000
"""How many changed statements are followed at most: they are held in memory."""

_TITLE = {"mn": "Нийтэлсэн бүх өгөгдөл", "en": "All data that is published"}


def renew(
    store: EmbeddedStore, instance: Instance, events: Sequence[Event], now: Snapshot | None
) -> None:
    """Make the graph in a store that is being written, and holds all else already.

    `now` is the snapshot that the store was copied from, None where it was made afresh.
    """
    name = instance.names.graph(GRAPH)
    old = sorted(store.lines(name))
    before = EmbeddedStore(now.path, read_only=True) if now else None
    numbers = _Numbers(instance, [*public(instance, events)], store, before)
    if now:
        numbers.known = writing.tallies(old, instance.names)
        numbers.touched = touched(instance, events, now.number, MOST)
    new = numbers.lines()
    if before:
        before.close()
    found: dict[str, list[bytes]] = {"A": [], "D": []}
    for sign, line in patch.difference(old, new):
        found[sign].append(line)
    store.change(name, found["A"], found["D"])


def lines(instance: Instance, events: Sequence[Event]) -> list[bytes]:
    """The graph after these events, counted from the archive alone."""
    return _Numbers(instance, [*public(instance, events)]).lines()


class _Way(NamedTuple):
    """A way to the numbers of all data together, and how many statements counted it costs."""

    cost: int
    go: Callable[[], Tally]


@dataclass(slots=True)
class _Numbers:
    instance: Instance
    graphs: list[Graph]
    store: EmbeddedStore | None = None
    before: EmbeddedStore | None = None
    known: dict[str, Tally] | None = None
    touched: Touched | None = None

    def lines(self) -> list[bytes]:
        tallies = {graph.name: self._tally(graph) for graph in self.graphs}
        described = [graph.described(tallies[graph.name]) for graph in self.graphs]
        together = Described(
            "",
            min(self._ways(tallies), key=lambda way: way.cost).go(),
            _TITLE,
            max((graph.modified for graph in self.graphs), default=""),
            example=self.instance.names.catalog,
        )
        return writing.lines([together, *described], self.instance.names)

    def _tally(self, graph: Graph) -> Tally:
        known = (self.known or {}).get(graph.name)
        changed = self.touched.of(graph.name) if self.touched else None
        if known is None or changed is None or len(changed) * FOLLOWING > graph.statements:
            return self._counted(graph.lines)
        return self._followed(known, self.before, graph.name, graph.name, changed)

    def _ways(self, tallies: dict[str, Tally]) -> Iterator[_Way]:
        sizes = {graph.name: graph.statements for graph in self.graphs}
        total = sum(sizes.values())
        everything = counting.union([graph.lines for graph in self.graphs])
        yield _Way(total * MERGING, lambda: self._counted(everything))
        known = (self.known or {}).get("")
        if known is not None and self.touched and (changed := self.touched.all()) is not None:
            yield _Way(
                len(changed) * FOLLOWING,
                lambda: self._followed(known, self.before, "", "", changed),
            )
        largest = max(sizes, key=lambda name: sizes[name], default="")
        rest = total - sizes.get(largest, 0)
        if self.store and largest and rest <= MOST:
            others = chain.from_iterable(g.lines() for g in self.graphs if g.name != largest)
            yield _Way(
                rest * FOLLOWING,
                lambda: self._followed(tallies[largest], self.store, largest, "", others),
            )

    def _counted(self, lines: counting.Lines) -> Tally:
        return counting.tally(lines, self.instance.staging)

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
        return changing.change(
            known, self._view(store, before), self._view(self.store, after), changed
        )

    def _view(self, store: EmbeddedStore, name: str) -> View:
        names = self.instance.names
        return View(store, names.graph_at(name) if name else None, names)
