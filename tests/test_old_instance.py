"""Instances made by earlier code still work (tests/instances/README.md says how they were made)."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph import snapshots
from graph.core.instance import Instance, open_instance
from graph.ledger import Ledger
from graph.queries import Query, run_once
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from server.auth.tokens import TokenStore
from server.cli import main
from server.saved_queries.store import SavedQueryStore
from tests.editable import put

pytestmark = pytest.mark.slow

FEEDS = ("law", "closed", "organisations")
NAMES = """SELECT ?name WHERE {
  ?office <http://xmlns.com/foaf/0.1/name> ?name FILTER (CONTAINS(?name, "National Statistic"))
}"""


@pytest.fixture(
    params=sorted(Path(__file__).with_name("instances").glob("*.tar.xz")),
    ids=lambda path: path.name,
)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Instance:
    """An instance as earlier code left it, in `data`, beside the `feeds` it was loaded from."""
    with tarfile.open(request.param) as archive:
        # keeps modes (the key is 600) and hard links; Python 3.11.0 to 3.11.3 have no filters
        archive.extraction_filter = getattr(tarfile, "tar_filter", lambda member, _: member)
        archive.extractall(tmp_path)
    return open_instance(tmp_path / "data")


def ulzii(instance: Instance, *command: str) -> str:
    done = CliRunner().invoke(main, ["--data", str(instance.root), *command])
    assert done.exit_code == 0, done.output
    return done.output


def ask(instance: Instance, text: str, *readable: str) -> list[str]:
    with run_once(instance, Query(text, format="csv"), readable=readable) as answer:
        return answer.read().decode().splitlines()[1:]


def statements(instance: Instance) -> dict[str | None, list[bytes]]:
    """The default graph (None) and every named graph of the current snapshot."""
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    graphs = (None, *store.graphs())
    found = {graph: sorted(store.lines(graph)) for graph in graphs}
    store.close()
    return found


def test_nothing_is_wrong_with_it(old: Instance) -> None:
    assert old.retention.snapshots == 1
    assert old.keys.joinpath("ledger.pem").stat().st_mode & 0o777 == 0o600
    assert problems(old) == []


def test_a_tail_that_a_crash_of_its_version_left_is_set_aside_and_not_signed(old: Instance) -> None:
    """It wrote lines before it signed them; nobody can tell them from foreign ones now."""
    entries, signed = old.ledger / "entries.ndjson", old.ledger / "checkpoint"
    before, note = entries.read_bytes(), signed.read_bytes()
    tail = before.splitlines(keepends=True)[-1] + b'{"at":"2026'
    entries.write_bytes(before + tail)
    refused = CliRunner().invoke(main, ["--data", str(old.root), "verify"])
    assert refused.exit_code == 6
    assert "lines 28 to 29" in refused.output
    done = json.loads(ulzii(old, "recover", "--set-aside", "--json"))["set_aside"]
    assert (done["first"], done["last"], Path(done["path"]).read_bytes()) == (28, 29, tail)
    assert (entries.read_bytes(), signed.read_bytes()) == (before, note)
    assert problems(old) == []


def test_what_it_did_not_record_is_said(old: Instance) -> None:
    found = json.loads(ulzii(old, "verify", "--json"))["problems"]
    lists = [p["where"] for p in found if p["fault"] == "not recorded"]
    assert [Path(where).name for where in lists] == ["22.files.json", "26.files.json"]


def test_it_answers_queries(old: Instance) -> None:
    assert ask(old, NAMES) == ["National Statistics Office"]
    closed = old.names.graph("closed")
    drafts = f"SELECT ?title WHERE {{ GRAPH <{closed}> {{ ?draft ?p ?title }} }} ORDER BY ?title"
    assert ask(old, drafts) == []
    assert ask(old, drafts, closed) == ["Draft", "Ноорог"]


def test_its_search_index_is_read(old: Instance) -> None:
    assert "National Statistics Office" in ulzii(old, "search", "statistics office")


def test_its_tokens_and_saved_queries_are_read(old: Instance) -> None:
    (token,) = TokenStore(old)
    assert (token.name, token.write, token.read) == ("office", ("notes",), ("closed",))
    saved = SavedQueryStore(old).save("SELECT * WHERE { ?s ?p ?o } LIMIT 5")
    assert (saved.short, saved.title["en"]) == ("x3re6s6p", "Five")


def test_loading_again_maps_again_and_changes_nothing(old: Instance) -> None:
    """Modules that moved give a mapping another digest; the statements are what they were."""
    before, size = snapshots.current(old), Ledger(old).size
    for name in FEEDS:
        outcome = load(old, read(old.root.parent / "feeds" / f"{name}.toml"))
        assert (outcome.status, outcome.snapshot) == ("same", None), name
    added = [(e["type"], e.get("source", e.get("name"))) for e in list(Ledger(old))[size:]]
    assert {kind for kind, _ in added} == {"Code", "Fetch"}
    assert {name for kind, name in added if kind == "Code"} >= {*FEEDS}, "mapped by today's code"
    assert snapshots.current(old) == before
    assert problems(old) == []


def test_rebuilding_gives_the_same_statements(old: Instance) -> None:
    before = statements(old)
    ulzii(old, "rebuild")
    assert statements(old) == before
    assert problems(old) == []


def test_a_new_version_follows_on_the_old_one(old: Instance) -> None:
    """The old snapshot is copied and patched, not only read."""
    before = snapshots.current(old)
    assert before is not None
    done = put(old, '<http://example.org/note> <http://purl.org/dc/terms/title> "Шинэ"@mn .')
    assert (done.status, done.version) == ("published", 2)
    now = snapshots.current(old)
    assert now is not None
    assert now.number > before.number
    shared = {p.stat().st_ino for p in now.path.iterdir()}
    assert shared & {p.stat().st_ino for p in before.path.iterdir()}, "hard links, not a new store"
    assert problems(old) == []


def problems(instance: Instance) -> list[dict[str, str]]:
    """What is wrong; what version 0.1.0 did not record, and its wide permissions, are not."""
    found = json.loads(ulzii(instance, "verify", "--json"))["problems"]
    assert {p["fault"] for p in found} <= {"problem", "warning", "not recorded"}
    return [p for p in found if p["fault"] == "problem"]
