"""Publish versions: bring the store to the state that the ledger records.

In an embedded store readers never see a mixture of two versions (`graph.publication.embedded`); a
remote store may show one for a while, and marks it (`graph.publication.remote`). In both cases the
Publish event is the publication: after a crash `catch_up` does the rest from the ledger.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Protocol

from graph import snapshots
from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.evidence import touches
from graph.ledger import Event, Ledger, event
from graph.publication.embedded import EmbeddedTarget
from graph.publication.remote import RemoteTarget
from graph.snapshots import Snapshot, checksums
from graph.versions import provenance
from graph.versions.state import last_publication, public_sources, state


class PublicationTarget(Protocol):
    """Where snapshots are published: the embedded store or a remote one."""

    def prepare(
        self, events: Sequence[Event], *, current: Snapshot | None, from_scratch: bool = False
    ) -> None:
        """Do everything that can fail before the publication of these events is logged.

        `current` is the snapshot that is served until then; with `from_scratch` it is not used.
        """

    def show(self) -> Snapshot:
        """Serve the prepared snapshot from now on."""


class Publisher:
    """Publishes the snapshots of one instance. Only the holder of the writer's lock may use it."""

    def __init__(
        self, instance: Instance, ledger: Ledger, reporter: Reporter | None = None
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._reporter = reporter or SilentReporter()
        kind = RemoteTarget if instance.remote else EmbeddedTarget
        self._target: PublicationTarget = kind(instance, ledger, self._reporter)

    def publish(self, load: Event, validate: Event, approval: Event | None = None) -> Snapshot:
        """Publish a version that is logged and validated, given by its events.

        A held version needs the Approve event that releases it, which is logged with it.
        """
        return self.publish_together([(load, validate)], approval)

    def publish_together(
        self, versions: Sequence[tuple[Event, Event]], approval: Event | None = None
    ) -> Snapshot:
        """Publish versions of several sources in one snapshot, each by its Load and its Validate
        event. Their Publish events are logged at once: a crash leaves all of them, or none."""
        before = [self._ledger.draft(approval)] if approval else []
        approvals = [one["index"] for one in before]
        drafted = list(before)
        for load, validate in versions:
            item = _publish_event(load, validate, approvals)
            drafted.append(self._ledger.draft(item, len(drafted)))
        self._prepare([*self._ledger, *drafted])
        self._reporter.step("publish")
        # logged between the two steps: a failure before it leaves no trace, one after it is
        # finished by `catch_up`
        self._ledger.append(*drafted)
        shown = self._target.show()
        touches.keep(self._instance, [load for load, _ in versions])
        return shown

    def catch_up(self) -> Snapshot | None:
        """After a crash: publish what the ledger records as published and the store lacks.

        Returns the new snapshot, or None where nothing had to be done.
        """
        size = last_publication(list(self._ledger))
        current = snapshots.current(self._instance)
        if size == 0 or (current and current.number == size and current.path.is_dir()):
            return None
        self._prepare(self._ledger.prefix(size))
        return self._target.show()

    def rebuild(self) -> Snapshot | None:
        """Make the store again from ledger and archive; None where nothing was published yet."""
        size = last_publication(list(self._ledger))
        if not size:
            return None
        clear_staging(self._instance)
        # not even looked at what is current: the pointer may be what is damaged
        self._target.prepare(self._ledger.prefix(size), current=None, from_scratch=True)
        return self._target.show()

    def _prepare(self, events: Sequence[Event]) -> None:
        clear_staging(self._instance)
        self._target.prepare(events, current=self._usable_snapshot(events))

    def _usable_snapshot(self, events: Sequence[Event]) -> Snapshot | None:
        """The current snapshot, where the next one can be made from it; else None."""
        current = snapshots.current(self._instance)
        # a number above the ledger's size: the ledger was restored from a backup, the store was not
        if current is None or not current.path.is_dir() or current.number > self._ledger.size:
            return None
        before = state(events[: current.number])
        # a source that became public or restricted joins or leaves the default graph as a whole,
        # and everything that is made from it
        same = public_sources(before) == public_sources(state(events)) & before.keys()
        return current if same else None


def _publish_event(load: Event, validate: Event, approvals: list[int]) -> Event:
    return event(
        "Publish",
        source=load["source"],
        version=load["version"],
        load=load["index"],
        validate=validate["index"],
        files=checksums.FORM,
        provenance=provenance.FORM,
        approvals=approvals,
    )


def clear_staging(instance: Instance) -> None:
    """Delete what an interrupted publication left in `staging/`."""
    instance.staging.mkdir(mode=0o700, exist_ok=True)  # it may be deleted whole: nothing needs it
    # blobs to which the next events refer, and what others fetch without the writer's lock
    kept = {Archive(instance.archive).incoming, instance.fetching}
    for path in instance.staging.iterdir():
        if path in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
