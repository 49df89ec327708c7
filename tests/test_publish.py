"""Publishing: the store is a projection of the ledger, whatever way it was made."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import snapshots
from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.instance import Instance
from graph.core.retention import Retention
from graph.ledger import Ledger, event
from graph.publication import apply, projections
from graph.publication.publish import Publisher
from graph.publication.recovery import recover
from graph.snapshots.checksums import FORM
from graph.snapshots.staged import Staged
from graph.statements.canonical import line, normalise
from graph.store import embedded
from graph.store.embedded import EmbeddedStore
from tests import parts
from tests.versions import lines as lines
from tests.versions import log_version as log_version
from tests.versions import publish as publish
from vocab.namespaces import XSD
from vocab.terms import Object

pytestmark = pytest.mark.slow


def shown(instance: Instance) -> dict[str | None, set[bytes]]:
    """The default graph (None) and the named ones of the current snapshot, without provenance and
    VoID."""
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found: dict[str | None, set[bytes]] = {name: set(store.lines(name)) for name in store.graphs()}
    own = (found.pop(instance.names.graph(name)) for name in ("provenance", "void"))
    found[None] = set(store.lines(None)).difference(*own)
    store.close()
    return found


def problems(instance: Instance) -> list[str]:
    return [f"{p.where}: {p.message}" for p in verify(instance)]


def test_a_snapshot_is_named_by_the_ledgers_size(instance: Instance) -> None:
    made = publish(instance, "a", lines("x"))
    assert made.number == Ledger(instance).size
    assert snapshots.current(instance) == made
    assert problems(instance) == []


def test_a_triple_that_two_sources_state_counts_once_until_the_last_drops_it(
    instance: Instance,
) -> None:
    publish(instance, "a", lines("shared", "mine"))
    publish(instance, "b", lines("shared"))
    now = snapshots.current(instance)
    assert now is not None
    store = ox.Store.read_only(str(now.path))
    count = "SELECT (COUNT(*) AS ?n) WHERE { <http://e/shared> ?p ?o }"
    rows = store.query(count)
    assert isinstance(rows, ox.QuerySolutions)
    assert next(rows)["n"].value == "1"
    del rows, store
    publish(instance, "a", lines("mine"))
    assert shown(instance)[None] == set(lines("shared", "mine"))
    publish(instance, "b", lines("other"))
    assert shown(instance)[None] == set(lines("mine", "other"))
    assert problems(instance) == []


values = st.sets(st.sampled_from([f"{s}={n}" for s in "abc" for n in range(6)]), min_size=1)


@settings(max_examples=parts.examples(3, 20), deadline=None)
@given(st.lists(st.tuples(st.sampled_from("xy"), values), min_size=1, max_size=4))
def test_patching_and_rebuilding_give_the_same_store(
    another: Callable[[], Instance], loads: list[tuple[str, set[str]]]
) -> None:
    instance = another()
    wanted: dict[str, set[bytes]] = {}
    for source, found in loads:
        publish(instance, source, lines(*sorted(found)))
        wanted[source] = set(lines(*found))
    patched = shown(instance)
    for source, found_lines in wanted.items():
        assert patched[instance.names.graph(source)] == found_lines
    Publisher(instance, Ledger(instance)).rebuild()
    assert shown(instance) == patched
    assert problems(instance) == []


@settings(max_examples=parts.examples(2, 20), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), values, st.sampled_from(["public", "restricted"])),
        min_size=2,
        max_size=4,
    )
)
def test_the_default_graph_is_the_union_of_what_is_public(
    another: Callable[[], Instance], loads: list[tuple[str, set[str], str]]
) -> None:
    instance = another()
    every = {source: (lines("gone"), "public") for source in "xyz"}
    every |= {source: (lines(*sorted(found)), seen) for source, found, seen in loads}
    for source in "xyz":
        publish(instance, source, lines("gone"))
    for source, found, seen in loads:
        publish(instance, source, lines(*sorted(found)), seen)
    stated = shown(instance)
    union = [set(last) for last, seen in every.values() if seen == "public"]
    assert stated[None] == set().union(*union)
    for source, (last, _) in every.items():
        assert stated[instance.names.graph(source)] == set(last)
    told = provenance_lines(instance)
    for source, (_, seen) in every.items():
        assert (f"id/source/{source}>".encode() in told) == (seen == "public")
    assert problems(instance) == []
    Publisher(instance, Ledger(instance)).rebuild()
    assert (shown(instance), provenance_lines(instance)) == (stated, told)


def provenance_lines(instance: Instance) -> bytes:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = sorted(store.lines(instance.names.graph("provenance")))
    store.close()
    return b"".join(found)


LITERALS: tuple[Object, ...] = (
    *(ox.Literal(text) for text in ("plain", 'a "quote" \\ and\na line', "өлзий 𝛼", "")),
    *(ox.Literal("үг", language=tag) for tag in ("mn", "mn-mong", "en")),
    *(ox.Literal(n, datatype=XSD.integer) for n in ("7", "007", "x")),
    ox.Literal("2.50", datatype=XSD.decimal),
    ox.Literal("2026-11-25T10:00:00+08:00", datatype=XSD.dateTime),
    ox.Literal("P1Y", datatype=ox.NamedNode("http://e/тип")),
)


@pytest.mark.parametrize("seen", ["public", "restricted"])
def test_the_bulk_way_writes_what_the_ordinary_way_writes(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, seen: str
) -> None:
    things = [ox.NamedNode(f"http://e/зүйл/{n}") for n in range(40)]
    name, values = ox.NamedNode("http://e/p"), [*LITERALS, things[0]]
    said = [line(thing, name, value) for thing in things for value in values]
    publish(instance, "a", said, seen)
    ordinary = shown(instance)
    monkeypatch.setattr(apply, "_BULK_MINIMUM", 1)
    monkeypatch.setattr(embedded, "_BULK", 1000)  # so there are many batches
    Publisher(instance, Ledger(instance)).rebuild()
    assert shown(instance) == ordinary
    assert ordinary[None] == (set(normalise(said)) if seen == "public" else set())
    assert problems(instance) == []


@pytest.mark.usefixtures("counted")
def test_nobody_waits_for_a_store_that_cannot_be_made(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(apply.StoreLoader, "fill", fails)
    with pytest.raises(OSError, match="disk full"):
        publish(instance, "a", lines("x"))
    assert snapshots.current(instance) is None


def test_a_reader_keeps_its_snapshot_and_an_unread_one_goes(instance: Instance) -> None:
    first = publish(instance, "a", lines("x"))
    with snapshots.lease(first):
        second = publish(instance, "a", lines("y"))
        assert [s.name for s in snapshots.list_all(instance)] == [first.name, second.name]
    assert snapshots.prune(replace(instance, retention=Retention(days=0))) == [first.name]
    with pytest.raises(FileNotFoundError), snapshots.lease(first):
        pass


def test_what_was_logged_but_not_shown_is_caught_up(instance: Instance) -> None:
    publish(instance, "a", lines("x"))
    logged, checked = log_version(instance, "a", lines("x", "y"))
    ledger = Ledger(instance)
    ledger.append(
        event(
            "Publish",
            source="a",
            version=2,
            load=logged["index"],
            validate=checked["index"],
            files=FORM,
            approvals=[],
        )
    )
    assert problems(instance) != []
    made = recover(instance, Ledger(instance))
    assert made is not None
    assert made.number == ledger.size
    assert shown(instance)[None] == set(lines("x", "y"))
    assert problems(instance) == []


def damage(instance: Instance, kind: str) -> str:
    """Flip one byte somewhere; give a part of the path that must be named."""
    now = snapshots.current(instance)
    assert now is not None
    load = next(e for e in Ledger(instance) if e["type"] == "Load")
    paths: Mapping[str, str] = {
        "archive": str(Archive(instance.archive).path(load["layers"]["stated"]["lines"])),
        "ledger": str(instance.ledger / "entries.ndjson"),
        "checkpoint": str(instance.ledger / "checkpoint"),
        "store": str(sorted(now.path.glob("*.sst"))[0]),
    }
    path = instance.root / paths[kind]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    return path.name


@pytest.mark.parametrize("kind", ["archive", "ledger", "checkpoint", "store"])
def test_a_flipped_byte_is_named(instance: Instance, kind: str) -> None:
    publish(instance, "a", lines("x", "y"))
    name = damage(instance, kind)
    found = problems(instance)
    assert found
    if kind != "checkpoint":  # a bad signature names the log, not the file
        assert any(name in text for text in found)


def test_a_store_that_says_something_else_is_named_by_statement(instance: Instance) -> None:
    made = publish(instance, "a", lines("x"))
    store = ox.Store(str(made.path))
    name = ox.NamedNode(instance.names.graph("a"))
    quad = ox.Quad(ox.NamedNode("http://e/x"), ox.NamedNode("http://e/p"), ox.Literal("y"), name)
    store.add(quad)
    store.flush()
    del store
    assert any(
        'not published: <http://e/x> <http://e/p> "y"' in text for text in problems(instance)
    )


def count(staged: Staged, path: Path) -> None:
    """A projection for the tests: how many statements the store shows, and what it said before."""
    store = EmbeddedStore(staged.store_path, read_only=True)
    before = staged.previous_file("count.txt")
    path.write_text(f"{store.size()} after {before.read_text().split()[0] if before else None}")
    store.close()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(projections.PROJECTIONS, "count.txt", count)


@pytest.mark.usefixtures("counted")
def test_projections_lie_beside_their_snapshot_and_go_with_it(instance: Instance) -> None:
    first = publish(instance, "a", lines("x"))
    told = first.companion("count.txt").read_text()
    assert told.endswith("after None")
    with snapshots.lease(first):
        second = publish(instance, "a", lines("x", "y"))
    assert second.companion("count.txt").read_text().endswith(f"after {told.split()[0]}")
    snapshots.prune(replace(instance, retention=Retention(days=0)))
    assert not list(instance.snapshots.glob(f"{first.name}.*"))
    assert problems(instance) == []


@pytest.mark.usefixtures("counted")
def test_rebuilding_makes_projections_anew_and_their_damage_is_found(instance: Instance) -> None:
    publish(instance, "a", lines("x"))
    made = Publisher(instance, Ledger(instance)).rebuild()
    assert made is not None
    beside = made.companion("count.txt")
    assert beside.read_text().endswith("after None")
    beside.write_text("0 after all")
    assert problems(instance) == [f"{beside}: changed since publication"]


@pytest.mark.usefixtures("counted")
def test_nothing_is_logged_when_a_projection_fails(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(instance, "a", lines("x"))

    def fails(staged: Staged, path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setitem(projections.PROJECTIONS, "fails.txt", fails)
    with pytest.raises(OSError, match="disk full"):
        publish(instance, "a", lines("y"))
    assert Ledger(instance).last("Publish", "a", None) == Ledger(instance)[first.number - 1]
    assert snapshots.current(instance) == first
    monkeypatch.delitem(projections.PROJECTIONS, "fails.txt")
    assert recover(instance, Ledger(instance)) is None
    assert not list(instance.staging.iterdir())


def test_batches_of_a_bulk_load_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that lie between each other cost every reader: a scan took twice the time."""
    lines = [f"<urn:{n * 7919 % 2000}> <urn:p> <urn:{n}> .\n".encode() for n in range(2000)]
    data = b"".join(lines)
    files = {}
    for name, batch in (("whole", 1 << 20), ("parts", 1000)):
        monkeypatch.setattr(embedded, "_BULK", batch)
        store = EmbeddedStore(tmp_path / name)
        store.load([("urn:g", lambda: io.BytesIO(data))])
        store.finish()
        EmbeddedStore(tmp_path / name).close()  # the engine clears away what it merged
        files[name] = len(list((tmp_path / name).glob("*.sst")))
    assert files["parts"] <= files["whole"], "what the engine merges by itself leaves more"


def test_staging_may_be_deleted(instance: Instance) -> None:
    publish(instance, "a", lines("x"))
    shutil.rmtree(instance.staging)
    assert recover(instance, Ledger(instance)) is None
    publish(instance, "a", lines("y"))
    assert problems(instance) == []
