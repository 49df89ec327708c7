"""The published versions after the first n events of the ledger, and who may see them.

The statements of a restricted source are in its named graphs only: they are not part of the default
graph, nor of anything that is made from it (docs/writing.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from graph.core.iris import Names
from graph.ledger import Event, of_kinds
from graph.statements.layer import NAMES

State = dict[str, Event]  # source id → Load event of its published version

PUBLIC: Final = "public"
RESTRICTED: Final = "restricted"


class PublishedLayer(NamedTuple):
    """A named graph that the store must contain, with the digest and the number of its lines."""

    graph: str
    lines: str
    statements: int
    public: bool


def state(events: Sequence[Event]) -> State:
    """The published version of every source after these events."""
    published: State = {}
    for item in of_kinds(events, "Publish"):
        published[item["source"]] = events[item["load"]]
    return published


def last_publication(events: Sequence[Event]) -> int:
    """The size of the ledger right after its last Publish event; 0 before the first."""
    return 1 + max((e["index"] for e in of_kinds(events, "Publish")), default=-1)


def layers(load: Event, names: Names) -> Iterator[PublishedLayer]:
    """The layers of a Load event that are not empty."""
    for name in NAMES:
        layer = load["layers"][name]
        if layer["statements"]:
            graph = names.graph(load["source"], name)
            yield PublishedLayer(graph, layer["lines"], layer["statements"], is_public(load))


def is_public(load: Event) -> bool:
    """Whether a version is public."""
    # older events have no `visibility`: everything was public
    return bool(load.get("visibility", PUBLIC) == PUBLIC)


def public_sources(published: State) -> frozenset[str]:
    """The public sources."""
    return frozenset(source for source, load in published.items() if is_public(load))


def restricted_graphs(published: State, names: Names) -> frozenset[str]:
    """The named graphs of the restricted sources, including empty ones."""
    return graphs_of(published.keys() - public_sources(published), names)


def graphs_of(sources: Iterable[str], names: Names) -> frozenset[str]:
    """The named graphs that these sources may have."""
    return frozenset(names.graph(source, name) for source in sources for name in NAMES)


def all_layers(loads: Iterable[Event], names: Names) -> list[PublishedLayer]:
    """The layers of several Load events."""
    return [layer for load in loads for layer in layers(load, names)]
