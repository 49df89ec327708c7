"""Publish in a remote store, as safely as a protocol without transactions allows.

The marker first records which state is being written; then the changes are sent; then the marker
records that they are complete; and then the pointer moves. An interrupted publication is repeated
from the ledger, which is idempotent. Meanwhile readers may see a mixture of two versions.

A snapshot of a remote store is a directory with one file, the list of its named graphs.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from graph import snapshots, void
from graph.catalogue import keeping
from graph.core.files import write_atomic
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.core.retention import Retention
from graph.ledger import Event, Ledger
from graph.publication import projections
from graph.publication.apply import StoreLoader
from graph.snapshots import Snapshot, checksums
from graph.snapshots.staged import Staged
from graph.statements import patch
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore, StoreMarker
from graph.versions import provenance
from graph.versions.state import all_layers, restricted_graphs, state
from graph.void import refresh

GRAPHS = "graphs.json"


class RemoteTarget:
    """The remote store of one instance. See `graph.publication.publish.PublicationTarget`."""

    def __init__(self, instance: Instance, ledger: Ledger, reporter: Reporter) -> None:
        self._instance = instance
        self._ledger = ledger
        self._owner = str(ledger.verifier())
        self._loader = StoreLoader(instance, reporter)
        self._store: RemoteStore | None = None
        self._events: Sequence[Event] = ()
        self._since = 0
        self._files: list[Path] = []

    def prepare(
        self, events: Sequence[Event], *, current: Snapshot | None, from_scratch: bool = False
    ) -> None:
        """See PublicationTarget. Finds out whether the store can be written to at all."""
        self._events = events
        restricted = restricted_graphs(state(events), self._instance.names)
        self._store = RemoteStore(self._instance, owner=self._owner, restricted=restricted)
        try:
            marker = self._store.read_marker()
            self._store.write_marker(marker)  # unchanged: fails here, before anything is logged
        except BaseException:
            self._store.close()
            raise
        unusable = from_scratch or current is None or marker.size > len(events)
        self._since = 0 if unusable else marker.size
        self._files = list(self._projections(events, None if from_scratch else current))

    def _projections(self, events: Sequence[Event], previous: Snapshot | None) -> list[Path]:
        """Make projections; those that read a store get an embedded copy, made when asked for."""
        path = self._instance.staging / "store"
        copy = cache(partial(self._copy, events, path))
        staged = Staged(self._instance, copy, events, previous)
        files = list(projections.make_projections(staged))
        shutil.rmtree(path, ignore_errors=True)
        return files

    def _copy(self, events: Sequence[Event], path: Path) -> Path:
        write_embedded_copy(self._instance, self._loader, events, path)
        return path

    def show(self) -> Snapshot:
        """See PublicationTarget."""
        assert self._store is not None
        if not self._since:  # the store is emptied first: no answers are better than partial ones
            snapshots.clear_current(self._instance)
        with closing(self._store) as store:
            self._write(store)
        return self._install()

    def _write(self, store: RemoteStore) -> None:
        size = len(self._events)
        # from here until the last line a crash leaves a marker that says: incomplete
        store.write_marker(StoreMarker(self._since, size))
        if self._since:
            self._loader.update(store, self._events, self._since)
        else:
            store.clear()
            self._loader.fill(store, self._events)
        self._refresh_void(store)
        store.write_marker(StoreMarker(size))

    def _refresh_void(self, store: RemoteStore) -> None:
        """Update the VoID graph, counted from the archive without the engine."""
        name = self._instance.names.graph(void.GRAPH)
        instance = self._instance
        old, new = (
            sorted(store.lines(name)),
            refresh.lines(instance, self._events, instance.staging),
        )
        changes: dict[str, list[bytes]] = {"A": [], "D": []}
        for sign, line in patch.difference(old, new):
            changes[sign].append(line)
        store.change(name, changes["A"], changes["D"])

    def _install(self) -> Snapshot:
        folder = self._instance.staging / "shown"
        folder.mkdir()
        graphs = sorted(published_graphs(self._instance, self._events))
        write_atomic(folder / GRAPHS, json.dumps(graphs, indent=1).encode())
        sums = checksums.compute(folder, self._files, None, self._ledger.verifier())
        snapshot = snapshots.next_snapshot(self._instance, len(self._events))
        projections.move_projections(self._files, snapshot)
        checksums.write(snapshot, sums, self._ledger)
        snapshots.install(self._instance, folder, snapshot)
        snapshots.set_current(self._instance, snapshot)
        # the engine shows one state only, so old snapshots are of no use
        keeping.keep(self._instance)
        snapshots.prune(replace(self._instance, retention=Retention(days=0)))
        keeping.prune(self._instance, self._events)
        return snapshot


def published_graphs(instance: Instance, events: Sequence[Event]) -> set[str]:
    """The IRIs of the named graphs that are published after these events."""
    published = all_layers(state(events).values(), instance.names)
    own = {instance.names.graph(name) for name in (provenance.GRAPH, void.GRAPH)}
    return {layer.graph for layer in published} | own


def write_embedded_copy(
    instance: Instance, loader: StoreLoader, events: Sequence[Event], path: Path
) -> None:
    """Make an embedded store that shows these events."""
    restricted = restricted_graphs(state(events), instance.names)
    store = EmbeddedStore(path, restricted=restricted)
    loader.fill(store, events)
    refresh.refresh(store, instance, events, None)
    store.finish()
