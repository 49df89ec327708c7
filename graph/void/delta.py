"""The statements that a publication adds to the public named graphs, or deletes from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements.layer import NAMES
from graph.versions import diff, provenance
from graph.versions.state import is_public, state


@dataclass(slots=True)
class Delta:
    """Added and deleted lines by the name of their graph.

    The graphs in `too_large` have too many; their lines are not kept.
    """

    lines: dict[str, list[bytes]] = field(default_factory=dict)
    too_large: set[str] = field(default_factory=set)

    def for_graph(self, name: str) -> list[bytes] | None:
        """The changed lines of a graph; None where they are too many."""
        return None if name in self.too_large else self.lines.get(name, [])

    def all_lines(self) -> list[bytes] | None:
        """The changed lines of all graphs; None where those of any are too many."""
        return None if self.too_large else [*chain.from_iterable(self.lines.values())]


def compute_delta(instance: Instance, events: Sequence[Event], since: int, limit: int) -> Delta:
    """The changes between the first `since` events and all of them.

    Graphs for which more than `limit` statements would be read are too large. No source may have
    become public or restricted in between.
    """
    before, after = state(events[:since]), state(events)
    delta, names = Delta(), instance.names
    prefix = len(names.graph_at(""))
    adds, deletes = provenance.change(events, since, names)
    delta.lines[provenance.GRAPH] = [*adds, *deletes]
    for source, load in after.items():
        if before.get(source) == load or not is_public(load):
            continue
        if _size(before.get(source), load) > limit:
            delta.too_large.update(names.graph_name(source, layer) for layer in NAMES)
            continue
        for graph, _, line in diff.changes_between(instance, before.get(source), load):
            delta.lines.setdefault(graph[prefix:], []).append(line)
    return delta


def _size(old: Event | None, new: Event) -> int:
    """The number of statements that are read to find the difference."""
    if diff.patch_applies(old, new):
        return int(new["patch"]["adds"]) + int(new["patch"]["deletes"])
    return sum(int(e["layers"][layer]["statements"]) for e in (old, new) if e for layer in NAMES)
