"""A store that is about to be published, as those who make something from it see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.instance import Instance
from graph.ledger import Event
from graph.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Staged:
    """A store in staging, finished and closed, that is about to be published.

    `events` are the ledger's lines it shows; `previous` is the snapshot it follows on, whose
    files a projection may read or link to; None where everything is made afresh.
    """

    instance: Instance
    store: Path
    events: Sequence[Event]
    previous: Snapshot | None

    def before(self, suffix: str) -> Path | None:
        """The same projection of the previous snapshot, where there is one."""
        path = self.previous.companion(suffix) if self.previous else None
        return path if path and path.is_file() else None
