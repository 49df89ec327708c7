"""A store that is about to be published, as projections see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.core.instance import Instance
from graph.ledger import Event
from graph.snapshots.directory import Snapshot


@dataclass(frozen=True, slots=True)
class Staged:
    """A store in staging that is about to be published.

    `wait_path` waits until the store is finished and closed, and returns its directory; of a remote
    store it makes an embedded copy. `events` are the events of the ledger that the store shows.
    `previous` is the snapshot before, whose files a projection may read or link to; it is None
    where everything is made from scratch.
    """

    instance: Instance
    wait_path: Callable[[], Path]
    events: Sequence[Event]
    previous: Snapshot | None

    @property
    def store_path(self) -> Path:
        """The directory of a finished Oxigraph store, to be opened read-only; waits for it."""
        return self.wait_path()

    def previous_file(self, suffix: str) -> Path | None:
        """The previous snapshot's file with this suffix, or None."""
        path = self.previous.companion(suffix) if self.previous else None
        return path if path and path.is_file() else None
