"""Publishing in the embedded store, never showing a half.

The next store is made in staging (a hard-linked copy that is patched, or a fresh one when more than
a tenth would go), with its projections (`graph.projections`); once the Publish event is written all
is renamed and the pointer moved.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from graph import manifest, projections, snapshots
from graph.filling import Filler, share_deleted
from graph.instance import Instance
from graph.ledger import Event, Ledger
from graph.progress import Reporter
from graph.published import restricted_graphs, state
from graph.snapshots import Snapshot
from graph.staged import Staged
from graph.store.embedded import EmbeddedStore
from graph.void import renewing

_REBUILD_SHARE = 0.1  # rebuild when more than this share of the statements would be deleted


class EmbeddedPlace:
    """The snapshots of one instance. See `graph.publish.Place`."""

    def __init__(self, instance: Instance, _: Ledger, reporter: Reporter) -> None:
        self._instance = instance
        self._filler = Filler(instance, reporter)
        self._finish: Callable[[], Snapshot] | None = None

    def prepare(
        self, events: Sequence[Event], *, now: Snapshot | None, afresh: bool = False
    ) -> None:
        """See Place."""
        known = None if afresh else now
        staged = self._stage(events, known)
        made = list(projections.made_for(staged))
        checksums = manifest.checksums(staged.store, made, known)
        self._finish = partial(self._settle, staged, made, checksums)

    def show(self) -> Snapshot:
        """See Place."""
        assert self._finish is not None
        return self._finish()

    def _settle(self, staged: Staged, files: list[Path], checksums: dict[str, int]) -> Snapshot:
        made = snapshots.settle(self._instance, staged.store, len(staged.events))
        projections.settle(files, made)
        manifest.write(made, checksums)
        snapshots.point_to(self._instance, made)
        snapshots.prune(self._instance)
        return made

    def _stage(self, events: Sequence[Event], now: Snapshot | None) -> Staged:
        target = self._instance.staging / "store"
        if now is None or share_deleted(events, now.number) > _REBUILD_SHARE:
            self._fresh(events, target)
        else:
            self._patched(events, now, target)
        return Staged(self._instance, lambda: target, events, now)

    def _patched(self, events: Sequence[Event], now: Snapshot, target: Path) -> None:
        """Copy the current store and apply what changed."""
        old = EmbeddedStore(now.path, read_only=True)
        old.copy_to(target)
        old.close()
        store = self._writable(target, events)
        self._filler.update(store, events, now.number)
        renewing.renew(store, self._instance, events, now)
        store.finish()

    def _fresh(self, events: Sequence[Event], target: Path) -> None:
        if target.exists():
            shutil.rmtree(target)
        store = self._writable(target, events)
        self._filler.fill(store, events)
        renewing.renew(store, self._instance, events, None)
        store.finish()

    def _writable(self, target: Path, events: Sequence[Event]) -> EmbeddedStore:
        restricted = restricted_graphs(state(events), self._instance.names)
        return EmbeddedStore(target, restricted=restricted)
