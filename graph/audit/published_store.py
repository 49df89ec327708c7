"""Level 3: the files of every snapshot are those of its signed list; every graph of the current one
has exactly its published lines, the default graph is the union of the public graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby

from graph import snapshots, void
from graph.archive import Archive
from graph.audit import catalogue_files, snapshot_files
from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import IntegrityProblem
from graph.core.errors import ConfigError, IntegrityError, StorageError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event, Ledger
from graph.snapshots import Snapshot
from graph.statements import layer, patch
from graph.store.base import GraphStore
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore, StoreMarker
from graph.versions import provenance
from graph.versions.state import PublishedLayer, all_layers, last_publication, state
from graph.void import refresh


def check(
    instance: Instance, ledger: Ledger, archive: CheckedArchive, reporter: Reporter
) -> Iterator[IntegrityProblem]:
    """The problems of the snapshots and of the store that is read from the current one."""
    try:
        now = snapshots.current(instance)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(3, error)
        now = None
    yield from snapshot_files.check(instance, ledger, now)
    yield from catalogue_files.check(instance, ledger)
    size = last_publication(ledger.events)
    if now is None or now.number != size:
        if size:
            shown = now.number if now else 0
            yield IntegrityProblem(
                3, "snapshots", f"the store shows {shown}, the ledger says {size}"
            )
        return
    try:
        yield from _snapshot(instance, ledger.prefix(size), now, archive, reporter)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(3, error)
    except (OSError, RuntimeError, ValueError) as error:  # by the engine, of damaged files
        yield IntegrityProblem(3, str(now.path), f"the store cannot be read: {error}")
    except (ConfigError, StorageError) as error:
        yield IntegrityProblem.of_error(3, error)


def _snapshot(
    instance: Instance,
    events: Sequence[Event],
    snapshot: Snapshot,
    archive: CheckedArchive,
    reporter: Reporter,
) -> Iterator[IntegrityProblem]:
    layers = all_layers(state(events).values(), instance.names)
    if archive.damaged.intersection(one.lines for one in layers):
        what = "its statements are not compared: blobs that hold its lines are damaged"
        yield IntegrityProblem(3, str(snapshot.path), what)
        return
    public = (layer.read(archive, one.lines) for one in layers if one.public)
    computed = {
        instance.names.graph(provenance.GRAPH): provenance.lines(events, instance.names),
        instance.names.graph(void.GRAPH): refresh.lines(instance, events),
    }
    with snapshots.lease(snapshot):
        store = _open_store(instance, snapshot)
        yield from _marker(store, snapshot)
        yield from _graphs(archive, store, layers, computed)
        reporter.advance()
        yield from _compare(
            "default graph", _sorted(store, None), union(*computed.values(), *public)
        )
        store.close()


def _open_store(instance: Instance, snapshot: Snapshot) -> EmbeddedStore | RemoteStore:
    if instance.remote:
        return RemoteStore(instance, owner=str(Ledger(instance).verifier()))
    # read-only: opening for writing would change files of the snapshot
    return EmbeddedStore(snapshot.path, read_only=True)


def _marker(store: EmbeddedStore | RemoteStore, snapshot: Snapshot) -> Iterator[IntegrityProblem]:
    """Whether the marker of a remote store is that of the current snapshot, and complete."""
    if not isinstance(store, RemoteStore):
        return
    marker = store.read_marker()
    if marker != StoreMarker(snapshot.number):
        unfinished = f", unfinished towards {marker.target_size}" if marker.target_size else ""
        message = f"its marker is {marker.size}{unfinished}; published is {snapshot.number}"
        yield IntegrityProblem(3, "remote store", message)


def _graphs(
    archive: Archive,
    store: GraphStore,
    layers: list[PublishedLayer],
    computed: Mapping[str, list[bytes]],
) -> Iterator[IntegrityProblem]:
    """`computed` are the provenance and the VoID graph, made from the ledger and all others."""
    known = {one.graph for one in layers} | computed.keys()
    for extra in sorted(store.graphs() - known):
        yield IntegrityProblem(3, extra, "a graph that is not in the ledger")
    for published in layers:
        archived = layer.read(archive, published.lines)
        yield from _compare(published.graph, _sorted(store, published.graph), archived)
    for graph, lines in computed.items():
        yield from _compare(graph, _sorted(store, graph), lines)


def _sorted(store: GraphStore, graph: str | None) -> list[bytes]:
    """The lines of a graph: the only ones of level 3 that are all in memory at a time."""
    return sorted(store.lines(graph))


def union(*lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of several sorted streams, sorted, each once."""
    return (line for line, _ in groupby(merge(*lines)))


def _compare(
    where: str, actual: Iterable[bytes], expected: Iterable[bytes]
) -> Iterator[IntegrityProblem]:
    """The first ten differences of two sorted lists of lines."""
    signs = {"D": "not published", "A": "missing"}
    for number, (sign, line) in enumerate(patch.difference(actual, expected)):
        if number == 10:
            yield IntegrityProblem(3, where, "and more")
            return
        yield IntegrityProblem(3, where, f"{signs[sign]}: {line.decode()}")
