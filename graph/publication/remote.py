"""Publishing in a remote store: as safe as a protocol without transactions allows.

The marker says first what is being written, then the changes are sent, then the marker says that
they are there, and only then the pointer moves. Whatever is broken off is done again from the
ledger, and doing it again changes nothing. Readers may meanwhile see a mixture of two versions.

A snapshot of a remote store is a directory that holds one file, the list of its named graphs.
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
    """The remote store of one instance. See `graph.publication.publish.Place`."""

    def __init__(self, instance: Instance, ledger: Ledger, reporter: Reporter) -> None:
        self._instance = instance
        self._owner = str(ledger.verifier())
        self._filler = StoreLoader(instance, reporter)
        self._store: RemoteStore | None = None
        self._events: Sequence[Event] = ()
        self._since = 0
        self._files: list[Path] = []

    def prepare(
        self, events: Sequence[Event], *, now: Snapshot | None, afresh: bool = False
    ) -> None:
        """See Place. What is found out here is whether the store can be written to at all."""
        self._events = events
        restricted = restricted_graphs(state(events), self._instance.names)
        self._store = RemoteStore(self._instance, owner=self._owner, restricted=restricted)
        try:
            shown = self._store.read_marker()
            self._store.write_marker(shown)
        except BaseException:
            self._store.close()
            raise
        self._since = 0 if afresh or now is None or shown.size > len(events) else shown.size
        self._files = list(self._projections(events, None if afresh else now))

    def _projections(self, events: Sequence[Event], now: Snapshot | None) -> list[Path]:
        """Those that read a store get a copy of our own, which is thrown away."""
        path = self._instance.staging / "store"
        copy = cache(partial(self._copy, events, path))
        made = list(projections.make_projections(Staged(self._instance, copy, events, now)))
        shutil.rmtree(path, ignore_errors=True)
        return made

    def _copy(self, events: Sequence[Event], path: Path) -> Path:
        write_embedded_copy(self._instance, self._filler, events, path)
        return path

    def show(self) -> Snapshot:
        """See Place."""
        assert self._store is not None
        if not self._since:
            snapshots.clear_current(self._instance)
        with closing(self._store) as store:
            self._write(store)
        return self._settle()

    def _write(self, store: RemoteStore) -> None:
        size = len(self._events)
        store.write_marker(StoreMarker(self._since, size))
        if self._since:
            self._filler.update(store, self._events, self._since)
        else:
            store.clear()
            self._filler.fill(store, self._events)
        self._renew(store)
        store.write_marker(StoreMarker(size))

    def _renew(self, store: RemoteStore) -> None:
        """The description of the graphs, counted from the archive."""
        name = self._instance.names.graph(void.GRAPH)
        old, new = sorted(store.lines(name)), refresh.lines(self._instance, self._events)
        found: dict[str, list[bytes]] = {"A": [], "D": []}
        for sign, line in patch.difference(old, new):
            found[sign].append(line)
        store.change(name, found["A"], found["D"])

    def _settle(self) -> Snapshot:
        folder = self._instance.staging / "shown"
        folder.mkdir()
        graphs = sorted(published_graphs(self._instance, self._events))
        write_atomic(folder / GRAPHS, json.dumps(graphs, indent=1).encode())
        sums = checksums.compute(folder, self._files, None)
        made = snapshots.install(self._instance, folder, len(self._events))
        projections.move_projections(self._files, made)
        checksums.write(made, sums)
        snapshots.set_current(self._instance, made)
        snapshots.prune(replace(self._instance, retention=Retention(days=0)))
        return made


def published_graphs(instance: Instance, events: Sequence[Event]) -> set[str]:
    """The named graphs that are published after these events."""
    published = all_layers(state(events).values(), instance.names)
    own = {instance.names.graph(name) for name in (provenance.GRAPH, void.GRAPH)}
    return {layer.graph for layer in published} | own


def write_embedded_copy(
    instance: Instance, filler: StoreLoader, events: Sequence[Event], path: Path
) -> None:
    """Write an embedded store that shows these events."""
    restricted = restricted_graphs(state(events), instance.names)
    store = EmbeddedStore(path, restricted=restricted)
    filler.fill(store, events)
    refresh.refresh(store, instance, events, None)
    store.finish()
