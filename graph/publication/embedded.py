"""Publish in the embedded store: readers see the old snapshot or the new one, never a mixture.

The next store is made in `staging/`: a hard-linked copy that is patched, or a new one where more
than a tenth of the statements would be deleted. Once the Publish event is logged, it is renamed and
the pointer is moved.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from graph import snapshots
from graph.catalogue import keeping
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

# Deletes are written one by one and leave tombstones that slow reading down; above this share of
# the statements a new store is made faster and is smaller.
_REBUILD_SHARE = 0.1


class EmbeddedTarget:
    """The snapshots of one instance. See `graph.publication.publish.PublicationTarget`."""

    def __init__(self, instance: Instance, ledger: Ledger, reporter: Reporter) -> None:
        self._instance = instance
        self._ledger = ledger
        self._loader = StoreLoader(instance, reporter)
        self._finish: Callable[[], Snapshot] | None = None

    def prepare(
        self, events: Sequence[Event], *, current: Snapshot | None, from_scratch: bool = False
    ) -> None:
        """See PublicationTarget."""
        previous = None if from_scratch else current
        path = Future[Path]()
        staged = Staged(self._instance, path.result, events, previous)
        # One more thread suffices: the engine fills the store without holding Python's lock, while
        # counting and projections hold it nearly all the time.
        with (
            ThreadPoolExecutor(1) as executor,
            _fail_with_block(path),
            self._base_store(events, previous) as base,
        ):
            void = VoidRefresh(self._instance, events, base)
            counted = executor.submit(void.count)
            # a new store uses all processors while it is filled, so projections come after it
            projected = _project(executor, staged) if base else None
            store = self._fill(events, base)
            projected = projected or _project(executor, staged)
            counted.result()
            void.write(store)
            store.finish()
            path.set_result(store.path)
        files = projected.result()
        sums = checksums.compute(staged.store_path, files, previous, self._ledger.verifier())
        self._finish = partial(self._install, staged, files, sums)

    def show(self) -> Snapshot:
        """See PublicationTarget."""
        assert self._finish is not None
        return self._finish()

    def _install(self, staged: Staged, files: list[Path], sums: dict[str, str]) -> Snapshot:
        snapshot = snapshots.next_snapshot(self._instance, len(staged.events))
        # the directory last: where it is, everything beside it is too
        projections.move_projections(files, snapshot)
        checksums.write(snapshot, sums, self._ledger)
        snapshots.install(self._instance, staged.store_path, snapshot)
        # the pointer after everything that readers of the snapshot open, pruning after the pointer
        snapshots.set_current(self._instance, snapshot)
        keeping.keep(self._instance)
        snapshots.prune(self._instance)
        keeping.prune(self._instance, staged.events)
        return snapshot

    @contextmanager
    def _base_store(
        self, events: Sequence[Event], previous: Snapshot | None
    ) -> Iterator[EmbeddedStore | None]:
        """The store to copy and patch, or None where a new one is made."""
        if previous is None or share_deleted(events, previous.number) > _REBUILD_SHARE:
            yield None
            return
        # read-only: opened for writing, the engine may compact and delete files of the snapshot
        store = EmbeddedStore(previous.path, read_only=True)
        try:
            yield store
        finally:
            store.close()

    def _fill(self, events: Sequence[Event], base: EmbeddedStore | None) -> EmbeddedStore:
        """The staged store with all graphs but VoID, which is computed from them."""
        target = self._instance.staging / "store"
        shutil.rmtree(target, ignore_errors=True)
        if base:
            base.copy_to(target)
        restricted = restricted_graphs(state(events), self._instance.names)
        store = EmbeddedStore(target, restricted=restricted)
        if base:
            self._loader.update(store, events, Snapshot(base.path).number)
        else:
            self._loader.fill(store, events)
        return store


def _project(executor: ThreadPoolExecutor, staged: Staged) -> Future[list[Path]]:
    return executor.submit(lambda: list(projections.make_projections(staged)))


@contextmanager
def _fail_with_block(path: Future[Path]) -> Iterator[None]:
    """Let the future fail where the block does, or a projection would wait for it forever."""
    try:
        yield
    except BaseException as error:
        path.set_exception(error)
        raise
