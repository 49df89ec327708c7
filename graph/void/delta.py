"""Which statements a publication adds to the public named graphs, or takes from them."""

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
    """Lines by the name of their graph; graphs with too many of them in `too_large`."""

    lines: dict[str, list[bytes]] = field(default_factory=dict)
    too_large: set[str] = field(default_factory=set)

    def for_graph(self, name: str) -> list[bytes] | None:
        """What changed in a graph; None where it is too much."""
        return None if name in self.too_large else self.lines.get(name, [])

    def all_lines(self) -> list[bytes] | None:
        """What changed anywhere; None where it is too much."""
        return None if self.too_large else [*chain.from_iterable(self.lines.values())]


def compute_delta(instance: Instance, events: Sequence[Event], since: int, most: int) -> Delta:
    """What changed between the first `since` events and all of these, up to `most` statements,
    where no source has become public or restricted."""
    before, after = state(events[:since]), state(events)
    found, names = Delta(), instance.names
    start = len(names.graph_at(""))
    adds, gone = provenance.change(events, since, names)
    found.lines[provenance.GRAPH] = [*adds, *gone]
    for source, load in after.items():
        if before.get(source) == load or not is_public(load):
            continue
        if _size(before.get(source), load) > most:
            found.too_large.update(names.graph_name(source, layer) for layer in NAMES)
            continue
        for graph, _, line in diff.changes_between(instance, before.get(source), load):
            found.lines.setdefault(graph[start:], []).append(line)
    return found


def _size(old: Event | None, new: Event) -> int:
    """How many statements are read to find the change."""
    if diff.patch_applies(old, new):
        return int(new["patch"]["adds"]) + int(new["patch"]["deletes"])
    return sum(int(e["layers"][layer]["statements"]) for e in (old, new) if e for layer in NAMES)
