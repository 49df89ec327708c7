"""The restricted graphs of a snapshot: a list beside it, and what readers may see.

For an old snapshot the stricter of then and now applies: what was restricted at its publication
stays so, and what is restricted now is restricted in it too. A graph that was public then is also
part of the old default graph, from which it cannot be separated. So the whole snapshot requires a
token that may read that graph.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graph import snapshots
from graph.core.errors import QueryRefused
from graph.core.instance import Instance
from graph.snapshots.directory import Snapshot
from graph.snapshots.staged import Staged
from graph.versions.state import restricted_graphs, state

SUFFIX = "restricted.json"
NO_GRAPHS: frozenset[str] = frozenset()


def write(staged: Staged, path: Path) -> None:
    """The projection: the IRIs of restricted graphs as a JSON list."""
    graphs = restricted_graphs(state(staged.events), staged.instance.names)
    path.write_text(json.dumps(sorted(graphs)), "utf-8")


def read_restricted(snapshot: Snapshot) -> frozenset[str]:
    """The graphs that were restricted when a snapshot was published.

    None of them where it has no list: it is older than restricted sources.
    """
    try:
        return _read(str(snapshot.companion(SUFFIX)))
    except FileNotFoundError:
        return NO_GRAPHS


@lru_cache(maxsize=64)  # a list never changes
def _read(path: str) -> frozenset[str]:
    return frozenset(json.loads(Path(path).read_text("utf-8")))


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


def restricted_in(instance: Instance, name: str) -> Restricted:
    """The graphs that are restricted in a snapshot now."""
    now = snapshots.current(instance)
    then = read_restricted(Snapshot(instance.snapshots / name))
    later = NO_GRAPHS if now is None or now.name == name else read_restricted(now)
    return Restricted(then | later, later - then) if then or later else _NOTHING
