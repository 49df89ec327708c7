"""What is restricted in the log, in files, and when a source becomes restricted or public."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import snapshots
from graph.audit.verify import verify
from graph.core.errors import ConfigError, InputError, QueryRefused
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.snapshots import visibility
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.load import load
from tests.half_hidden import GRAPH, describe, half_hidden

__all__ = ["half_hidden"]
pytestmark = pytest.mark.slow


def test_it_is_logged_checked_and_archived_all_the_same(half_hidden: Instance) -> None:
    kinds = [e["type"] for e in Ledger(half_hidden) if e.get("source") == "drafts"]
    assert kinds == ["Fetch", "Load", "Validate", "Publish"]
    assert [p.message for p in verify(half_hidden)] == []


def test_what_is_restricted_is_read_from_the_ledger_and_from_no_file(half_hidden: Instance) -> None:
    now = snapshots.current(half_hidden)
    assert now is not None
    now.companion("restricted.json").write_text("[]")  # as version 0.1.0 believed
    drafts = {f"{GRAPH}drafts", f"{GRAPH}drafts/findings", f"{GRAPH}drafts/inferred"}
    assert visibility.restricted_then(half_hidden, now.number) == drafts
    assert visibility.read_restricted(now) == drafts
    now.companion("restricted.json").unlink()


# --- from public to restricted and back ---


def provenance(instance: Instance) -> set[bytes]:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = set(store.lines(instance.names.graph("provenance")))
    store.close()
    return found


def test_an_old_snapshot_follows_the_stricter_of_then_and_now(instance: Instance) -> None:
    folder = instance.root.parent / "toml"
    load(instance, describe(folder, "a", "<http://e/a> <http://e/p> 1 ."))
    load(instance, describe(folder, "b", "<http://e/b> <http://e/p> 1 .", "restricted"))
    first = snapshots.current(instance)
    assert first is not None
    with snapshots.lease(first):
        load(instance, describe(folder, "a", "<http://e/a> <http://e/p> 1 .", "restricted"))
        load(instance, describe(folder, "b", "<http://e/b> <http://e/p> 1 ."))
        a, b = (
            {instance.names.graph(s, layer) for layer in ("stated", "inferred", "findings")}
            for s in "ab"
        )
        old = visibility.restricted_in(instance, first.name)
        assert old.graphs == a | b
        assert old.restricted_later == a
        with pytest.raises(QueryRefused, match="has been restricted since"):
            old.hidden_from(b)
        assert old.hidden_from(a) == b
        assert old.hidden_from(a | b) == frozenset()
        now = snapshots.current(instance)
        assert now is not None
        assert visibility.restricted_in(instance, now.name).hidden_from(()) == a


def test_what_was_restricted_is_not_told_when_its_source_becomes_public(
    instance: Instance,
) -> None:
    """Not its digests, captures, counts or code; and the graph is that which is computed anew."""
    folder = instance.root.parent / "toml"
    load(instance, describe(folder, "b", "<http://e/b> <http://e/p> 1 ."))
    for number, how in enumerate(("restricted", "restricted", "public", "public"), 1):
        load(instance, describe(folder, "a", f"<http://e/a> <http://e/p> {number} .", how))
    told = b"".join(provenance(instance)).decode()
    ledger = Ledger(instance)
    then, now = [*ledger.find("Load", "a")][:2], [*ledger.find("Load", "a")][2:]
    for item in then:
        for digest in (item["layers"]["stated"]["lines"], item["code"], *item["captures"]):
            assert digest not in told or any(digest == one["code"] for one in now)
        assert f"source/a/v/{item['version']}> <http://purl.org/dc" not in told
    for item in now:
        assert item["layers"]["stated"]["lines"] in told
        assert all(digest in told for digest in item["captures"])
    assert not [problem for problem in verify(instance) if problem.level == 3]


def test_changing_who_may_see_it_is_a_version_even_of_the_same_bytes(instance: Instance) -> None:
    folder, data = instance.root.parent / "toml", "<http://e/a> <http://e/p> 1 ."
    versions = [
        load(instance, describe(folder, "a", data, how)).version
        for how in ("public", "public", "restricted", "restricted", "public")
    ]
    assert versions == [1, 1, 2, 2, 3]


def test_a_first_load_that_fails_tells_nothing(instance: Instance) -> None:
    folder = instance.root.parent / "toml"
    load(instance, describe(folder, "a", "<http://e/a> <http://e/p> 1 ."))
    with pytest.raises(InputError, match="not a valid predicate"):
        load(instance, describe(folder, "drafts", "<http://e/secret> oops", "restricted"))
    load(instance, describe(folder, "a", "<http://e/a> <http://e/p> 2 ."))
    assert "drafts" not in b"".join(provenance(instance)).decode()


def test_an_unknown_visibility_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="visibility"):
        describe(tmp_path, "a", "", "secret")
