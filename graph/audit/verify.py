"""Does everything still say what the ledger says? Levels as in docs/verify.md:

0  ledger: every line readable, root as signed, signature good
1  archive: every blob the ledger names is there and hashes to its name
2  versions: lines sorted and canonical, Merkle roots right, row maps fit, patches lead from one
   version to the next
3  store: every graph of the current snapshot holds exactly its published lines, the default
   graph is the union of the public ones, and no file changed since publication
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from graph import snapshots, void
from graph.archive import Archive
from graph.core.errors import ConfigError, IntegrityError, StorageError
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Ledger
from graph.snapshots import Snapshot, checksums
from graph.statements import layer, patch, rowmap
from graph.store.base import GraphStore
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore, StoreMarker
from graph.versions import provenance
from graph.versions.state import PublishedLayer, all_layers, last_publication, state
from graph.void import refresh


class IntegrityProblem(NamedTuple):
    """Something that is not as the ledger says."""

    level: int
    where: str
    message: str


IntegrityCheck = Callable[[Instance, Ledger, Reporter], Iterator[IntegrityProblem]]


def verify(
    instance: Instance, level: int = 3, reporter: Reporter | None = None
) -> Iterator[IntegrityProblem]:
    """Check everything up to a level; nothing found means all is well.

    A broken ledger ends the search: nothing else can be judged by it.
    """
    try:
        ledger = Ledger(instance)
        ledger.check()
    except IntegrityError as error:
        yield IntegrityProblem(0, error.where, error.message)
        return
    for number, check in enumerate(_CHECKS[:level], 1):
        (reporter or SilentReporter()).step(f"level {number}")
        yield from check(instance, ledger, reporter or SilentReporter())


def blobs(events: Iterable[Event]) -> dict[str, int]:
    """Every digest the ledger names, with the index of the first event that names it."""
    found: dict[str, int] = {}
    for item in events:
        for digest in _digests(item):
            found.setdefault(digest, item["index"])
    return found


def _digests(item: Event) -> Iterator[str]:
    kind = item["type"]
    if kind == "Fetch":
        yield item["manifest"]
        yield from (r["sha256"] for r in item["responses"] if "sha256" in r)
    elif kind == "Code":
        yield item["digest"]
        yield from item["files"].values()
    elif kind == "Load":
        yield from (item["layers"][n][k] for n in layer.NAMES for k in ("lines", "rows"))
        yield from (item["rejects"], item["skips"])
        if item["patch"]:
            yield item["patch"]["sha256"]
    elif kind in {"Validate", "Quarantine"}:
        yield from filter(None, [item["report"]])


def _archive(instance: Instance, ledger: Ledger, reporter: Reporter) -> Iterator[IntegrityProblem]:
    archive = Archive(instance.archive)
    for digest, index in blobs(ledger).items():
        try:
            archive.check(digest)
        except IntegrityError as error:
            yield IntegrityProblem(1, error.where, f"{error.message} (named by log/{index})")
        reporter.advance()


def _versions(instance: Instance, ledger: Ledger, reporter: Reporter) -> Iterator[IntegrityProblem]:
    archive = Archive(instance.archive)
    before: dict[str, Event] = {}  # what was published: a version follows on that alone
    for load in ledger:
        if load["type"] == "Publish":
            before[load["source"]] = ledger[load["load"]]
        if load["type"] != "Load":
            continue
        where = f"log/{load['index']} {load['source']} version {load['version']}"
        try:
            yield from (IntegrityProblem(2, where, what) for what in _version(archive, load))
            wrong = _patch(archive, instance, before.get(load["source"]), load)
            yield from (IntegrityProblem(2, where, what) for what in wrong)
        except IntegrityError as error:
            yield IntegrityProblem(2, error.where, error.message)
        reporter.advance()


def _version(archive: Archive, load: Event) -> Iterator[str]:
    for name in layer.NAMES:
        told = load["layers"][name]
        lines = [line.decode() for line in layer.read(archive, told["lines"])]
        encoded = [line.encode() for line in lines]
        if encoded != sorted(set(encoded)):
            yield f"the lines of layer {name} are not sorted and distinct"
        if len(lines) != told["statements"] or layer.root_of(encoded) != told["root"]:
            yield f"the Merkle root of layer {name} is another"
        yield from _row_map(archive, told)


def _row_map(archive: Archive, told: dict[str, object]) -> Iterator[str]:
    try:
        rowmap.check(archive, str(told["rows"]), int(str(told["statements"])))
    except ValueError as error:
        yield str(error)


def _patch(
    archive: Archive, instance: Instance, before: Event | None, load: Event
) -> Iterator[str]:
    if before is None:  # a first version is its own beginning
        return
    for name in layer.NAMES:
        graph = instance.names.graph(load["source"], name)
        lines = set(_lines_of(archive, before, name))
        for sign, line in _changes(archive, load, graph):
            (lines.add if sign == "A" else lines.discard)(line)
        if lines != set(_lines_of(archive, load, name)):
            yield f"the patch does not lead to layer {name}"


def _changes(archive: Archive, load: Event, graph: str) -> Iterator[tuple[str, bytes]]:
    for of_graph, sign, line in patch.read(archive, load["patch"]["sha256"]):
        if of_graph == graph:
            yield sign, line


def _lines_of(archive: Archive, load: Event, name: str) -> Iterable[bytes]:
    return layer.read(archive, load["layers"][name]["lines"])


def _store(instance: Instance, ledger: Ledger, reporter: Reporter) -> Iterator[IntegrityProblem]:
    size = last_publication(list(ledger))
    now = snapshots.current(instance)
    if now is None or now.number != size:
        if size:
            shown = now.number if now else 0
            yield IntegrityProblem(
                3, "snapshots", f"the store shows {shown}, the ledger says {size}"
            )
        return
    yield from (
        IntegrityProblem(3, path, "changed since publication") for path in checksums.damaged(now)
    )
    try:
        yield from _snapshot(instance, ledger.prefix(size), now, reporter)
    except IntegrityError as error:
        yield IntegrityProblem(3, error.where, error.message)
    except (OSError, RuntimeError) as error:  # the engine raises either for damaged files
        yield IntegrityProblem(3, str(now.path), f"the store cannot be read: {error}")
    except (ConfigError, StorageError) as error:
        yield IntegrityProblem(3, error.where, error.message)


def _snapshot(
    instance: Instance, events: Sequence[Event], now: Snapshot, reporter: Reporter
) -> Iterator[IntegrityProblem]:
    archive = Archive(instance.archive)
    wanted = all_layers(state(events).values(), instance.names)
    public = (layer.read(archive, w.lines) for w in wanted if w.public)
    own = {
        instance.names.graph(provenance.GRAPH): provenance.lines(events, instance.names),
        instance.names.graph(void.GRAPH): refresh.lines(instance, events),
    }
    with snapshots.lease(now):
        store = _opened(instance, now)
        yield from _marker(store, now)
        yield from _graphs(archive, store, wanted, own)
        reporter.advance()
        union = set[bytes]().union(*own.values(), *public)
        yield from _compare("default graph", sorted(store.lines(None)), sorted(union))
        store.close()


def _opened(instance: Instance, now: Snapshot) -> EmbeddedStore | RemoteStore:
    if instance.remote:
        return RemoteStore(instance, owner=str(Ledger(instance).verifier()))
    return EmbeddedStore(now.path, read_only=True)


def _marker(store: EmbeddedStore | RemoteStore, now: Snapshot) -> Iterator[IntegrityProblem]:
    """Whether a remote store says of itself that it is whole and as new as our pointer."""
    if isinstance(store, RemoteStore) and (told := store.read_marker()) != StoreMarker(now.number):
        half = f", half written towards {told.target_size}" if told.target_size else ""
        yield IntegrityProblem(
            3, "remote store", f"its marker says {told.size}{half}; published is {now.number}"
        )


def _graphs(
    archive: Archive,
    store: GraphStore,
    wanted: list[PublishedLayer],
    own: Mapping[str, list[bytes]],
) -> Iterator[IntegrityProblem]:
    """`own` are the graphs that we make from the ledger and from all others."""
    known = {w.graph for w in wanted} | own.keys()
    for extra in sorted(store.graphs() - known):
        yield IntegrityProblem(3, extra, "a graph that the ledger does not know")
    for published in wanted:
        found = sorted(store.lines(published.graph))
        if hashlib.sha256(b"".join(line + b"\n" for line in found)).hexdigest() != published.lines:
            lines = list(layer.read(archive, published.lines))
            yield from _compare(published.graph, found, lines)
    for graph, lines in own.items():
        yield from _compare(graph, sorted(store.lines(graph)), lines)


def _compare(where: str, found: list[bytes], wanted: list[bytes]) -> Iterator[IntegrityProblem]:
    signs = {"D": "not published", "A": "missing"}
    for number, (sign, line) in enumerate(patch.difference(found, wanted)):
        if number == 10:
            yield IntegrityProblem(3, where, "and more")
            return
        yield IntegrityProblem(3, where, f"{signs[sign]}: {line.decode()}")


_CHECKS: tuple[IntegrityCheck, ...] = (_archive, _versions, _store)
