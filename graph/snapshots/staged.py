"""A store that is about to be published, as those who make something from it see it."""

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

    `made` gives its directory once it is finished and closed, and waits until then; a remote store
    is copied for those who need one at hand. `events` are the ledger's lines it shows; `previous`
    is the snapshot it follows on, whose files a projection may read or link to; None where
    everything is made afresh.
    """

    instance: Instance
    wait_path: Callable[[], Path]
    events: Sequence[Event]
    previous: Snapshot | None

    @property
    def store_path(self) -> Path:
        """The directory of an Oxigraph store, to be opened for reading."""
        return self.wait_path()

    def previous_file(self, suffix: str) -> Path | None:
        """The same projection of the previous snapshot, where there is one."""
        path = self.previous.companion(suffix) if self.previous else None
        return path if path and path.is_file() else None
