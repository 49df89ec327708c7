"""The restricted graphs of a snapshot, and what readers may see.

They are computed from the ledger, whose lines are signed: a list in a file could be edited or
deleted, and a restricted source would be public. Where the ledger cannot be read nothing is shown.

For an old snapshot the stricter of then and now applies: what was restricted at its publication
stays so, and what is restricted now is restricted in it too. A graph that was public then is also
part of the old default graph, from which it cannot be separated. So the whole snapshot requires a
token that may read that graph.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graph import snapshots
from graph.core.errors import IntegrityError, QueryRefused
from graph.core.instance import Instance, open_instance
from graph.snapshots.directory import Snapshot
from graph.snapshots.published_events import events_of, size
from graph.snapshots.staged import Staged
from graph.versions.state import graphs_of, public_sources, restricted_graphs, state

SUFFIX = "restricted.json"
NO_GRAPHS: frozenset[str] = frozenset()


def write(staged: Staged, path: Path) -> None:
    """The projection: the IRIs of restricted graphs as a JSON list.

    Nothing here reads it. Version 0.1.0 does, and without it would show everything in a snapshot
    that a later version published.
    """
    graphs = restricted_graphs(state(staged.events), staged.instance.names)
    path.write_text(json.dumps(sorted(graphs)), "utf-8")


@lru_cache(maxsize=64)  # what a snapshot shows never changes
def restricted_then(instance: Instance, number: int) -> frozenset[str]:
    """The graphs that were restricted when the snapshot with this number was published.

    Raises IntegrityError where the ledger is damaged.
    """
    return restricted_graphs(state(events_of(instance, number)), instance.names)


@lru_cache(maxsize=64)
def _public_then(instance: Instance, number: int) -> frozenset[str]:
    published = state(events_of(instance, number))
    return graphs_of(public_sources(published), instance.names)


def read_restricted(snapshot: Snapshot) -> frozenset[str]:
    """The same for a snapshot in its place in an instance's directory."""
    return restricted_then(_instance_of(snapshot.path.parent), snapshot.number)


@lru_cache(maxsize=8)
def _instance_of(folder: Path) -> Instance:
    return open_instance(folder.parent)


@dataclass(frozen=True, slots=True)
class Restricted:
    """The restricted graphs of a snapshot; `restricted_later` were public at its publication."""

    graphs: frozenset[str] = NO_GRAPHS
    restricted_later: frozenset[str] = NO_GRAPHS

    def hidden_from(self, readable: Iterable[str]) -> frozenset[str]:
        """The graphs to hide from a reader who may read the restricted graphs `readable`.

        Raises QueryRefused where the snapshot cannot be shown without them.
        """
        hidden = self.graphs.difference(readable)
        if hidden & self.restricted_later:
            raise QueryRefused(
                "this snapshot contains a graph that has been restricted since",
                hint="Query the current snapshot, or use a token that may read the graph.",
            )
        return hidden


_NOTHING = Restricted()


def read_ahead(instance: Instance) -> None:
    """Compute what is restricted in the current snapshot, if there is one.

    Processes that are forked afterwards share it, and the ledger. Errors are left to them.
    """
    with suppress(IntegrityError):
        if now := snapshots.current(instance):
            restricted_in(instance, now.name)


def restricted_in(instance: Instance, name: str) -> Restricted:
    """The graphs that are restricted in a snapshot now.

    Now is where the ledger ends, whatever the pointer to the current snapshot says. Raises
    IntegrityError where the ledger is damaged.
    """
    number = Snapshot(instance.snapshots / name).number
    if current := snapshots.current(instance):
        events_of(instance, current.number)  # refuses where the ledger was set back
    then, now = restricted_then(instance, number), restricted_then(instance, size(instance))
    if not then and not now:
        return _NOTHING
    return Restricted(then | now, now & _public_then(instance, number))
