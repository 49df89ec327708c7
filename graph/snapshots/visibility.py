"""Which graphs of a snapshot are restricted: a list beside it, and what it means for readers.

An old snapshot follows the stricter of then and now: what was restricted then stays so, and what is
restricted now is restricted in it too. If that was public then, it lies in the old default graph as
well and cannot be told from the rest, so the whole snapshot asks for a token that may read it.
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
    """The projection: the restricted graphs' IRIs as a JSON list."""
    found = restricted_graphs(state(staged.events), staged.instance.names)
    path.write_text(json.dumps(sorted(found)), "utf-8")


def read_restricted(snapshot: Snapshot) -> frozenset[str]:
    """The graphs that were restricted when a snapshot was published; none where it has no list,
    because it was made before there were any."""
    try:
        return _read(str(snapshot.companion(SUFFIX)))
    except FileNotFoundError:
        return NO_GRAPHS


@lru_cache(maxsize=64)  # a list never changes
def _read(path: str) -> frozenset[str]:
    return frozenset(json.loads(Path(path).read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Restricted:
    """What is restricted in a snapshot: `graphs`, and of these those that were public then."""

    graphs: frozenset[str] = NO_GRAPHS
    restricted_later: frozenset[str] = NO_GRAPHS

    def hidden_from(self, readable: Iterable[str]) -> frozenset[str]:
        """The graphs that somebody who may read these restricted ones does not see.

        Raises QueryRefused where no part of the snapshot can be shown without them.
        """
        hidden = self.graphs.difference(readable)
        if hidden & self.restricted_later:
            raise QueryRefused(
                "this snapshot shows what has been restricted since",
                hint="Ask the current one, or with a token that may read it.",
            )
        return hidden


_NOTHING = Restricted()


def restricted_in(instance: Instance, name: str) -> Restricted:
    """What is restricted in a snapshot now."""
    now = snapshots.current(instance)
    then = read_restricted(Snapshot(instance.snapshots / name))
    later = NO_GRAPHS if now is None or now.name == name else read_restricted(now)
    return Restricted(then | later, later - then) if then or later else _NOTHING
