"""Verify that archive, versions and snapshots agree with the ledger. The levels (docs/verify.md):

0  ledger: every line is a canonical event, the Merkle root is the signed one, the signature valid,
   the key the one that log/0 names; nothing follows the signed lines, times do not fall, what was
   held was approved before it was published, and what witnesses cosigned is this log's history
1  archive: every blob that the ledger refers to exists and has its SHA-256; nothing else is there
2  versions: lines are sorted and distinct, Merkle roots and row maps correct, and patches lead from
   one version to the next
3  snapshots: the files of every snapshot are those of its signed list; every graph of the current
   one has exactly its published lines, the default graph is the union of the public graphs

Nothing is written, so it works on a read-only copy; `ulzii recover` finishes what a crash left.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from graph import snapshots, void
from graph.archive import Archive
from graph.audit import (
    approvals,
    blobs,
    caches,
    catalogue_files,
    consistency,
    permissions,
    snapshot_files,
    versions,
)
from graph.audit.checked_archive import CheckedArchive
from graph.audit.problem import Fault, IntegrityProblem
from graph.core.errors import ConfigError, IntegrityError, StorageError
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Ledger, announcement, faults, recovery
from graph.snapshots import Snapshot
from graph.statements import layer, patch
from graph.store.base import GraphStore
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore, StoreMarker
from graph.versions import provenance
from graph.versions.state import PublishedLayer, all_layers, last_publication, state
from graph.void import refresh

# A load may be writing: what looks wrong is looked at again before it is said.
_ATTEMPTS, _PAUSE = 2, 0.05

IntegrityCheck = Callable[[Instance, Ledger, CheckedArchive, Reporter], Iterator[IntegrityProblem]]


def verify(
    instance: Instance,
    level: int = 3,
    reporter: Reporter | None = None,
    *,
    sample: int | None = None,
    further: Sequence[IntegrityCheck] = (),
) -> Iterator[IntegrityProblem]:
    """The problems of all levels up to `level`; none means that everything agrees.

    `sample` is how many versions are looked at on level 2, taken at random, besides the published
    ones; None for all. `further` are the checks of the levels from 4 on.

    A problem of level 0 ends the verification: without a valid ledger there is nothing to compare
    with.
    """
    reporter = reporter or SilentReporter()
    try:
        ledger = Ledger(instance)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(0, error)
        return
    yield from _ledger(instance, ledger)
    yield from permissions.check(instance)
    archive = CheckedArchive(instance.archive)
    if lost := ledger.events.lost:
        yield from _lost(lost)
        if level > 0:
            yield from _once(blobs.check_of_lines(instance, archive), lost)
        return
    chosen = versions.steps(ledger, sample) if level > 1 else []
    if level > 0:
        reporter.step("level 1")
        yield from blobs.check(instance, ledger, archive, reporter, versions.read_lines(chosen))
    if level > 1:
        reporter.step("level 2", len(chosen))
        yield from versions.check(instance, chosen, archive, reporter)
        yield from caches.check(instance, ledger.events, archive)
    for number, check in enumerate([_store, *further][: max(level - 2, 0)], 3):
        reporter.step(f"level {number}")
        yield from check(instance, ledger, archive, reporter)


def _lost(lost: Mapping[int, IntegrityError]) -> Iterator[IntegrityProblem]:
    """The sealed events whose bodies are lost: without them nobody knows what is published."""
    for index, error in lost.items():
        what = f"the body of log/{index}, which is sealed: {error.message}"
        hint = (
            "Restore the blob from a copy of the archive. Its hash proves that it is the one; until"
            " then nothing is answered or loaded, and the levels 2 to 4 cannot be looked at."
        )
        yield IntegrityProblem(0, error.where, what, hint=hint)


def _once(
    problems: Iterator[IntegrityProblem], lost: Mapping[int, IntegrityError]
) -> Iterator[IntegrityProblem]:
    """The problems of other blobs: those of the bodies are named already."""
    named = {error.where for error in lost.values()}
    return (one for one in problems if one.where not in named)


def _ledger(instance: Instance, ledger: Ledger) -> Iterator[IntegrityProblem]:
    """What stands beside the signed lines, and times that fall."""
    try:
        if _pending(instance, ledger):
            where = str(instance.ledger / announcement.NAME)
            what = "announced and not finished; `ulzii recover` or the next load finishes it"
            yield IntegrityProblem(0, where, what, Fault.WARNING)
        for index, line in enumerate(ledger.lines()):
            faults.check_line(line, index, ledger.path)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(0, error)
    yield from _times(ledger)
    if not ledger.events.lost:
        yield from approvals.check(ledger)
    yield from consistency.check_cosigned(instance, ledger)


def _pending(instance: Instance, ledger: Ledger) -> bool:
    """Whether an announcement is there. Raises IntegrityError where something is foreign."""
    for _ in range(_ATTEMPTS):
        try:
            return recovery.pending(instance, ledger) is not None
        except IntegrityError:  # or a load wrote while the files were read one after the other
            time.sleep(_PAUSE)
            ledger.refresh()
    return recovery.pending(instance, ledger) is not None


def _times(ledger: Ledger) -> Iterator[IntegrityProblem]:
    last = ""
    for index in range(ledger.size):
        at = ledger.facts(index).at
        if at < last:
            where = f"{ledger.path} line {index + 1}"
            yield IntegrityProblem(0, where, f"its time {at} is before the last ({last})")
        last = max(last, at)


def _store(
    instance: Instance, ledger: Ledger, archive: CheckedArchive, reporter: Reporter
) -> Iterator[IntegrityProblem]:
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
        union = set[bytes]().union(*computed.values(), *public)
        yield from _compare("default graph", sorted(store.lines(None)), sorted(union))
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
        lines = sorted(store.lines(published.graph))
        # the digest first: the archived lines are read only where they differ
        if hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest() != published.lines:
            archived = list(layer.read(archive, published.lines))
            yield from _compare(published.graph, lines, archived)
    for graph, lines in computed.items():
        yield from _compare(graph, sorted(store.lines(graph)), lines)


def _compare(where: str, actual: list[bytes], expected: list[bytes]) -> Iterator[IntegrityProblem]:
    """The first ten differences of two sorted lists of lines."""
    signs = {"D": "not published", "A": "missing"}
    for number, (sign, line) in enumerate(patch.difference(actual, expected)):
        if number == 10:
            yield IntegrityProblem(3, where, "and more")
            return
        yield IntegrityProblem(3, where, f"{signs[sign]}: {line.decode()}")
