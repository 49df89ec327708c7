"""Publishing: bring the store from what it shows to what the ledger says, never showing a half.

The next store is made in staging (a hard-linked copy that is patched, or a fresh one when more than
a tenth would go), with its projections (`graph.projections`); then the Publish event is written,
then all is renamed and the pointer moved. After a crash `catch_up` does the same from the ledger
alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from graph import manifest, projections, provenance, snapshots
from graph.archive import Archive
from graph.instance import Instance
from graph.ledger import Event, Ledger
from graph.progress import Reporter, Silent
from graph.published import (
    State,
    last_publication,
    layers,
    restricted_graphs,
    shown,
    state,
)
from graph.snapshots import Snapshot
from graph.staged import Staged
from graph.statements import patch
from graph.statements.layer import NAMES
from graph.statements.layer import read as read_layer
from graph.store.embedded import EmbeddedStore
from graph.void import renewing

_REBUILD_SHARE = 10  # rebuild when more than a tenth of the statements would be deleted
_FEW = 20_000  # below this many additions the ordinary write path beats the bulk loader

Change = tuple[str, list[bytes], list[bytes]]  # graph, adds, deletes


class Publisher:
    """Makes snapshots of one instance. Only the holder of the writer's lock may use it."""

    def __init__(
        self, instance: Instance, ledger: Ledger, reporter: Reporter | None = None
    ) -> None:
        self._instance = instance
        self._ledger = ledger
        self._archive = Archive(instance.archive)
        self._reporter = reporter or Silent()

    def publish(self, load: Event, validate: Event) -> Snapshot:
        """Publish a logged and checked version: stage, log, rename, point."""
        item = {
            "type": "Publish",
            "source": load["source"],
            "version": load["version"],
            "load": load["index"],
            "validate": validate["index"],
        }
        drafted = self._ledger.draft(item)
        staged = self._stage([*self._ledger, drafted])
        finish = self._finished(staged, snapshots.current(self._instance))
        self._reporter.step("publish")
        self._ledger.append(drafted)
        return finish()

    def catch_up(self) -> Snapshot | None:
        """After a crash, or to rebuild: make the current snapshot what the ledger says.

        Gives the new snapshot, or None when nothing had to be done.
        """
        size = last_publication(list(self._ledger))
        now = snapshots.current(self._instance)
        if size == 0 or (now is not None and now.number == size and now.path.is_dir()):
            return None
        return self._make(size)

    def rebuild(self) -> Snapshot | None:
        """Make the store anew from ledger and archive, whatever is there now."""
        size = last_publication(list(self._ledger))
        return self._make(size, afresh=True) if size else None

    def _make(self, size: int, *, afresh: bool = False) -> Snapshot:
        staged = self._stage(self._ledger.prefix(size), afresh=afresh)
        return self._finished(staged, None)()

    def _finished(self, staged: Staged, known: Snapshot | None) -> Callable[[], Snapshot]:
        """Make all that lies beside the store; what is given then shows it."""
        made = list(projections.made_for(staged))
        checksums = manifest.checksums(staged.store, made, known)
        return partial(self._show, staged, made, checksums)

    def _show(self, staged: Staged, files: list[Path], checksums: dict[str, int]) -> Snapshot:
        made = snapshots.settle(self._instance, staged.store, len(staged.events))
        projections.settle(files, made)
        manifest.write(made, checksums)
        snapshots.point_to(self._instance, made)
        snapshots.prune(self._instance)
        return made

    def _stage(self, events: Sequence[Event], *, afresh: bool = False) -> Staged:
        clear_staging(self._instance)
        target = self._instance.staging / "store"
        now = None if afresh else self._usable_snapshot(events)
        if now is None or not self._patched(events, now, target):
            self._fresh(events, target)
        return Staged(self._instance, target, events, now)

    def _usable_snapshot(self, events: Sequence[Event]) -> Snapshot | None:
        """The current one, unless a source was made public or restricted since: then the default
        graph and all that is made from it begin afresh."""
        now = snapshots.current(self._instance)
        if now is None or not now.path.is_dir() or now.number > self._ledger.size:
            return None
        before = state(events[: now.number])
        return now if shown(before) == shown(state(events)) & before.keys() else None

    def _patched(self, events: Sequence[Event], now: Snapshot, target: Path) -> bool:
        """Copy the current store and apply what changed; False when a rebuild is wiser."""
        before, after = state(events[: now.number]), state(events)
        changed = [s for s in after if before.get(s) != after[s]]
        deletes = sum(_deletes(before, after[s]) for s in changed)
        if deletes * _REBUILD_SHARE > sum(_statements(load) for load in before.values()):
            return False
        old = EmbeddedStore(now.path, read_only=True)
        old.copy_to(target)
        old.close()
        store = self._writable(target, after)
        self._reporter.step("store", len(changed))
        for source in changed:
            self._apply(store, before.get(source), after[source])
            self._reporter.advance()
        adds, gone = provenance.change(events, now.number, self._instance.names)
        store.change(self._instance.names.graph(provenance.GRAPH), adds, gone)
        renewing.renew(store, self._instance, events, now)
        store.finish()
        return True

    def _writable(self, target: Path, published: State) -> EmbeddedStore:
        restricted = restricted_graphs(published, self._instance.names)
        return EmbeddedStore(target, restricted=restricted)

    def _apply(self, store: EmbeddedStore, old: Event | None, new: Event) -> None:
        if old is None:
            self._add_layers(store, [new])
            return
        for graph, adds, deletes in self._changes(old, new):
            store.change(graph, adds, deletes)

    def _changes(self, old: Event, new: Event) -> Iterator[Change]:
        for name in NAMES:
            graph = self._instance.names.graph(new["source"], name)
            pair = (read_layer(self._archive, e["layers"][name]["lines"]) for e in (old, new))
            found: dict[str, list[bytes]] = {"A": [], "D": []}
            for sign, line in patch.difference(*pair):
                found[sign].append(line)
            yield graph, found["A"], found["D"]

    def _fresh(self, events: Sequence[Event], target: Path) -> None:
        if target.exists():
            shutil.rmtree(target)
        published = state(events)
        store, loads = self._writable(target, published), list(published.values())
        self._reporter.step("store", len(loads))
        self._add_layers(store, loads)
        names = self._instance.names
        store.change(names.graph(provenance.GRAPH), provenance.lines(events, names), [])
        renewing.renew(store, self._instance, events, None)
        store.finish()

    def _add_layers(self, store: EmbeddedStore, loads: Sequence[Event]) -> None:
        for load in loads:
            for layer in layers(load, self._instance.names):
                if layer.statements < _FEW:
                    store.change(layer.graph, read_layer(self._archive, layer.lines), [])
                else:
                    store.load(layer.graph, partial(self._archive.open, layer.lines))
            self._reporter.advance()


def _statements(load: Event) -> int:
    return sum(int(layer["statements"]) for layer in load["layers"].values())


def _deletes(before: State, load: Event) -> int:
    """How many statements a version takes away, as its patch says when it follows on directly."""
    old = before.get(load["source"])
    if old is None:
        return 0
    if old["version"] + 1 == load["version"]:
        return int(load["patch"]["deletes"])
    return _statements(old)


def clear_staging(instance: Instance) -> None:
    """Throw away what a crashed or refused publication left."""
    for path in instance.staging.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
