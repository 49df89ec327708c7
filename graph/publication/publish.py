"""Publishing: bring the store from what it shows to what the ledger says.

Where the store is embedded readers never see a half (`graph.publication.embedded`); a remote one
may show a mixture for a while, and knows it (`graph.publication.remote`). Either way the Publish
event is the publication: after a crash `catch_up` does the rest from the ledger alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Protocol

from graph import snapshots
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Ledger
from graph.publication.embedded import EmbeddedTarget
from graph.publication.remote import RemoteTarget
from graph.snapshots import Snapshot
from graph.versions.state import last_publication, public_sources, state


class PublicationTarget(Protocol):
    """Where a publication goes."""

    def prepare(
        self, events: Sequence[Event], *, now: Snapshot | None, afresh: bool = False
    ) -> None:
        """Do what can be done before these events are shown; `now` is what is shown until then.

        With `afresh` nothing of it is used.
        """

    def show(self) -> Snapshot:
        """Show what was prepared."""


class Publisher:
    """Makes snapshots of one instance. Only the holder of the writer's lock may use it."""

    def __init__(
        self, instance: Instance, ledger: Ledger, reporter: Reporter | None = None
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._reporter = reporter or SilentReporter()
        kind = RemoteTarget if instance.remote else EmbeddedTarget
        self._place: PublicationTarget = kind(instance, ledger, self._reporter)

    def publish(self, load: Event, validate: Event) -> Snapshot:
        """Publish a logged and checked version: prepare, log, show."""
        item = {
            "type": "Publish",
            "source": load["source"],
            "version": load["version"],
            "load": load["index"],
            "validate": validate["index"],
        }
        drafted = self._ledger.draft(item)
        self._prepare([*self._ledger, drafted])
        self._reporter.step("publish")
        self._ledger.append(drafted)
        return self._place.show()

    def catch_up(self) -> Snapshot | None:
        """After a crash, or to rebuild: make the current snapshot what the ledger says.

        Gives the new snapshot, or None when nothing had to be done.
        """
        size = last_publication(list(self._ledger))
        now = snapshots.current(self._instance)
        if size == 0 or (now is not None and now.number == size and now.path.is_dir()):
            return None
        self._prepare(self._ledger.prefix(size))
        return self._place.show()

    def rebuild(self) -> Snapshot | None:
        """Make the store anew from ledger and archive, whatever is there now."""
        size = last_publication(list(self._ledger))
        if not size:
            return None
        self._prepare(self._ledger.prefix(size), afresh=True)
        return self._place.show()

    def _prepare(self, events: Sequence[Event], *, afresh: bool = False) -> None:
        clear_staging(self._instance)
        self._place.prepare(events, now=self._usable_snapshot(events), afresh=afresh)

    def _usable_snapshot(self, events: Sequence[Event]) -> Snapshot | None:
        """The current one, unless a source was made public or restricted since: then the default
        graph and all that is made from it begin afresh."""
        now = snapshots.current(self._instance)
        if now is None or not now.path.is_dir() or now.number > self._ledger.size:
            return None
        before = state(events[: now.number])
        return (
            now if public_sources(before) == public_sources(state(events)) & before.keys() else None
        )


def clear_staging(instance: Instance) -> None:
    """Throw away what a crashed or refused publication left."""
    for path in instance.staging.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
