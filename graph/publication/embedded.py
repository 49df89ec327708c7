"""Publishing in the embedded store, never showing a half.

The next store is made in staging (a hard-linked copy that is patched, or a fresh one when more than
a tenth would go). Beside it, on another thread, statements are counted and projections made
(`graph.publication.projections`): the engine fills the store without Python's lock. Once the
Publish event is written all is renamed and the pointer moved.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from graph import snapshots
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event, Ledger
from graph.publication import projections
from graph.publication.apply import StoreLoader, share_deleted
from graph.snapshots import Snapshot, checksums
from graph.snapshots.staged import Staged
from graph.store.embedded import EmbeddedStore
from graph.versions.state import restricted_graphs, state
from graph.void.refresh import VoidRefresh

_REBUILD_SHARE = 0.1  # rebuild when more than this share of the statements would be deleted


class EmbeddedTarget:
    """The snapshots of one instance. See `graph.publication.publish.Place`."""

    def __init__(self, instance: Instance, _: Ledger, reporter: Reporter) -> None:
        self._instance = instance
        self._filler = StoreLoader(instance, reporter)
        self._finish: Callable[[], Snapshot] | None = None

    def prepare(
        self, events: Sequence[Event], *, now: Snapshot | None, afresh: bool = False
    ) -> None:
        """See Place."""
        known = None if afresh else now
        store = Future[Path]()
        staged = Staged(self._instance, store.result, events, known)
        with ThreadPoolExecutor(1) as beside, _kept(store), self._before(events, known) as before:
            renewal = VoidRefresh(self._instance, events, before)
            counted = beside.submit(renewal.count)
            made = _project(beside, staged) if before else None
            writable = self._filled(events, before)
            made = made or _project(beside, staged)  # a fresh store left it no processor till now
            counted.result()
            renewal.write(writable)
            writable.finish()
            store.set_result(writable.path)
        files = made.result()
        sums = checksums.compute(staged.store_path, files, known)
        self._finish = partial(self._settle, staged, files, sums)

    def show(self) -> Snapshot:
        """See Place."""
        assert self._finish is not None
        return self._finish()

    def _settle(self, staged: Staged, files: list[Path], sums: dict[str, int]) -> Snapshot:
        made = snapshots.install(self._instance, staged.store_path, len(staged.events))
        projections.move_projections(files, made)
        checksums.write(made, sums)
        snapshots.set_current(self._instance, made)
        snapshots.prune(self._instance)
        return made

    @contextmanager
    def _before(
        self, events: Sequence[Event], now: Snapshot | None
    ) -> Iterator[EmbeddedStore | None]:
        """The store that is copied and patched, None where a fresh one is made."""
        if now is None or share_deleted(events, now.number) > _REBUILD_SHARE:
            yield None
            return
        store = EmbeddedStore(now.path, read_only=True)
        try:
            yield store
        finally:
            store.close()

    def _filled(self, events: Sequence[Event], before: EmbeddedStore | None) -> EmbeddedStore:
        """The staged store with all that sources and the ledger say."""
        target = self._instance.staging / "store"
        shutil.rmtree(target, ignore_errors=True)
        if before:
            before.copy_to(target)
        restricted = restricted_graphs(state(events), self._instance.names)
        store = EmbeddedStore(target, restricted=restricted)
        if before:
            self._filler.update(store, events, Snapshot(before.path).number)
        else:
            self._filler.fill(store, events)
        return store


def _project(beside: ThreadPoolExecutor, staged: Staged) -> Future[list[Path]]:
    return beside.submit(lambda: list(projections.make_projections(staged)))


@contextmanager
def _kept(promise: Future[Path]) -> Iterator[None]:
    """Tell those who wait for a path that it will never be there, where the block fails."""
    try:
        yield
    except BaseException as error:
        promise.set_exception(error)
        raise
