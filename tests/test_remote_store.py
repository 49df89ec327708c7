"""The remote store holds what the ledger says, whatever was broken off on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph import snapshots
from graph.audit.verify import verify
from graph.core import remote_settings
from graph.core.errors import ConfigError, StorageError
from graph.core.instance import Instance, open_instance
from graph.core.remote_settings import RemoteStoreSettings
from graph.ledger import Ledger, event
from graph.publication.publish import Publisher
from graph.publication.recovery import recover
from graph.queries import Pool, Query, ResourceDocument, run_once
from graph.snapshots.checksums import FORM
from graph.statements import canonical
from graph.store import authentication, engines, protocol
from graph.store.remote import RemoteStore, StoreMarker
from server.cli import main
from tests import parts
from tests.engines import BASE, ENGINE, OXIGRAPH, instance_of, running
from tests.versions import lines, log_version, publish

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        ENGINE == "oxigraph" and not OXIGRAPH.exists(), reason="oxigraph's server is not installed"
    ),
]
Engine = tuple[RemoteStoreSettings, str]
_bases = (f"{BASE}{n}/" for n in count())


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(tmp_path_factory.mktemp("engine")) as found:
        yield found


@pytest.fixture
def remote(engine: Engine, tmp_path: Path) -> Instance:
    """An empty instance over the engine, under a base of its own."""
    return instance_of(tmp_path / "data", *engine, base=next(_bases))


def store_of(instance: Instance) -> RemoteStore:
    return RemoteStore(instance, owner=str(Ledger(instance).verifier()))


def problems(instance: Instance) -> list[str]:
    return [f"{p.where}: {p.message}" for p in verify(instance)]


def counted(pool: Pool, pattern: str) -> int:
    text = f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"
    return int(pool.run(Query(text, "csv")).read().split()[1])


def test_versions_come_and_go(remote: Instance) -> None:
    publish(remote, "a", lines("x", "y"))
    assert problems(remote) == []
    made = publish(remote, "a", lines("y", "z=1", "z=2"))
    assert problems(remote) == []
    with closing(store_of(remote)) as store:
        assert set(store.lines(remote.names.graph("a"))) == set(lines("y", "z=1", "z=2"))
        assert store.read_marker() == StoreMarker(made.number)


def test_a_triple_counts_once_and_leaves_with_its_last_graph(remote: Instance) -> None:
    pattern = "<http://e/x> <http://e/p> ?o"
    with Pool.start(remote, workers=1) as pool:
        publish(remote, "a", lines("x", "y"))
        publish(remote, "b", lines("x"))
        assert counted(pool, pattern) == 1
        assert counted(pool, f"GRAPH ?g {{ {pattern} }}") == 2
        publish(remote, "a", lines("y"))
        assert counted(pool, pattern) == 1
        publish(remote, "b", lines("w"))
        assert counted(pool, pattern) == 0
    assert problems(remote) == []


def test_many_statements_go_by_the_graph_store(
    remote: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.publication.apply._BULK_MINIMUM", 1)
    monkeypatch.setattr("graph.store.remote._POST_LINES", 300)
    many = lines(*(f"s{n}" for n in range(1000)))
    publish(remote, "a", many)
    with closing(store_of(remote)) as store:
        assert set(store.lines(remote.names.graph("a"))) == set(many)
        assert store.size() > 1000


class Broken(Exception):
    """The moment at which everything ends."""


def interrupted(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Every request that changes the store counts; the one behind `after` is never sent."""
    left = iter(range(after))

    def counting(name: str) -> None:
        true = getattr(protocol.SparqlClient, name)

        def call(*arguments: object) -> object:
            if next(left, None) is None:
                raise Broken
            return true(*arguments)

        monkeypatch.setattr(protocol.SparqlClient, name, call)

    for name in ("update", "add", "drop"):
        counting(name)


def logged(instance: Instance, source: str, *values: str) -> None:
    """A publication that the ledger knows of and the store does not."""
    load, check = log_version(instance, source, lines(*values))
    version, index, checked = load["version"], load["index"], check["index"]
    said = event(
        "Publish",
        source=source,
        version=version,
        load=index,
        validate=checked,
        files=FORM,
        approvals=[],
    )
    Ledger(instance).append(said)


@pytest.mark.parametrize("number", parts.each(4, range(7)))
def test_a_publication_broken_off_anywhere_is_seen_and_done_again(
    remote: Instance, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    publish(remote, "a", lines("x", "y"))
    publish(remote, "b", lines("x", "w"))
    logged(remote, "a", "z")
    with monkeypatch.context() as patch:
        interrupted(patch, number)
        with pytest.raises(Broken):
            recover(remote, Ledger(remote))
    assert problems(remote)
    assert recover(remote, Ledger(remote)) is not None
    assert problems(remote) == []
    assert recover(remote, Ledger(remote)) is None


def test_a_half_rebuilt_store_answers_nothing_until_it_is_whole(
    remote: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(remote, "a", lines("x", "y"))
    with monkeypatch.context() as patch:
        interrupted(patch, 5)
        with pytest.raises(Broken):
            Publisher(remote, Ledger(remote)).rebuild()
    assert snapshots.current(remote) is None
    recover(remote, Ledger(remote))
    assert problems(remote) == []


def test_rebuild_brings_back_what_the_engine_lost(remote: Instance) -> None:
    made = publish(remote, "a", lines("x", "y"))
    stray = f"INSERT DATA {{ GRAPH <{remote.names.graph('stray')}> {{ <urn:a> <urn:b> 1 }} }}"
    with closing(store_of(remote)) as store:
        store.clear()
        assert any("missing" in told for told in problems(remote))
        store.client.update([stray])
    assert any("a graph that is not in the ledger" in text for text in problems(remote))
    again = Publisher(remote, Ledger(remote)).rebuild()
    assert again is not None
    assert again.name == f"{made.number}-2"
    assert problems(remote) == []


def test_two_instances_do_not_share_a_base(
    remote: Instance, engine: Engine, tmp_path: Path
) -> None:
    publish(remote, "a", lines("x"))
    other = instance_of(tmp_path / "other", *engine, base=remote.base)
    with pytest.raises(ConfigError, match="another instance"):
        publish(other, "a", lines("y"))
    assert not any(e["type"] == "Publish" for e in Ledger(other))
    assert problems(remote) == []


def test_nothing_is_logged_when_the_engine_is_away(tmp_path: Path) -> None:
    nowhere = RemoteStoreSettings(
        "http://127.0.0.1:9/q", "http://127.0.0.1:9/u", "http://127.0.0.1:9/g"
    )
    instance = instance_of(tmp_path / "data", nowhere)
    with pytest.raises(StorageError, match="does not answer"):
        publish(instance, "a", lines("x"))
    assert not any(e["type"] == "Publish" for e in Ledger(instance))
    assert snapshots.current(instance) is None


def test_literals_come_back_as_they_went(remote: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.publication.apply._BULK_MINIMUM", 4)
    xsd, wkt = (
        "http://www.w3.org/2001/XMLSchema#",
        "http://www.opengis.net/ont/geosparql#wktLiteral",
    )
    system = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    literals = [
        ox.Literal("P1M", datatype=ox.NamedNode(xsd + "duration")),
        ox.Literal("PT1H", datatype=ox.NamedNode(xsd + "duration")),
        ox.Literal("POINT(106.9 47.9)", datatype=ox.NamedNode(wkt)),
        ox.Literal(f"{system} POINT(106.9 47.9)", datatype=ox.NamedNode(wkt)),
        ox.Literal(f'"P1M"^^<{xsd}duration> .'),
        ox.Literal(True),
        ox.Literal("2024", datatype=ox.NamedNode(xsd + "gYear")),
        ox.Literal("2024-01-01T10:00:00+08:00", datatype=ox.NamedNode(xsd + "dateTime")),
        ox.Literal("2.5", datatype=ox.NamedNode(xsd + "decimal")),
        ox.Literal('Өлзий\n\t"\\', language="mn"),
    ]
    subject, predicate = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
    stated = [canonical.line(subject, predicate, literal) for literal in literals]
    publish(remote, "few", stated[:3])
    publish(remote, "many", stated)
    assert problems(remote) == []
    publish(remote, "many", stated[:1])
    publish(remote, "few", stated[2:3])
    assert problems(remote) == []
    with closing(store_of(remote)) as store:
        kept = set(store.lines(None))
    assert {line for line in kept if line.startswith(b"<http://e/s>")} == {stated[0], stated[2]}


# --- settings ---


def test_secrets_stay_out_of_the_configuration(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = (engine[0].query_url, engine[0].update_url, engine[0].graph_store_url)
    options = [
        word
        for name, url in zip(("query", "update", "graph-store"), urls, strict=True)
        for word in (f"--{name}-url", url)
    ]
    secret = tmp_path / "secret"
    # too long to be in a random key or in an address by chance
    password = "a-password-of-this-test"
    secret.write_text(f"dba:{password}")
    root = tmp_path / "data"
    base = ["--data", str(root)]
    init = [*base, "init", "--base", next(_bases), "--store", "remote", *options]
    done = CliRunner().invoke(main, [*init, "--credentials", str(secret)])
    assert done.exit_code == 0, done.output
    assert password not in (root / "instance.toml").read_text() + done.output
    kept = root / "keys" / authentication.CREDENTIALS_FILE
    assert kept.stat().st_mode & 0o777 == 0o600
    found = open_instance(root).remote
    assert found is not None
    assert found.engine == ENGINE
    kept.chmod(0o644)
    with pytest.raises(ConfigError, match="others may read"):
        store_of(open_instance(root))
    monkeypatch.setenv(remote_settings.CREDENTIALS_VARIABLE, "dba:dba")
    with closing(store_of(open_instance(root))) as store:
        assert store.read_marker() == StoreMarker()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://example.mn/q", "not an http"),
        ("http://me:secret@example.mn/q", "not contain credentials"),
        ("", "not an http"),
        ("http://example.mn/q#x", "not contain credentials or a fragment"),
    ],
)
def test_addresses_are_checked(url: str, expected: str, tmp_path: Path) -> None:
    options = ["--query-url", url, "--update-url", "http://e/u", "--graph-store-url", "http://e/g"]
    init = ["--data", str(tmp_path / "data"), "init", "--base", BASE, "--store", "remote"]
    done = CliRunner().invoke(main, [*init, *options])
    assert done.exit_code == 2
    assert expected in done.output
    assert "secret@" not in done.output
    assert not (tmp_path / "data" / "instance.toml").exists()


def test_an_engine_is_known_by_its_own_name() -> None:
    assert engines.name_from_header("Virtuoso/07.20.3229 (Linux) x86_64") == "virtuoso"
    assert engines.name_from_header("Apache Jena Fuseki (5.2.0)") == "fuseki"
    assert engines.name_from_header("") == "other"


# --- the command line, start to end ---


def test_load_status_query_verify(engine: Engine, tmp_path: Path) -> None:
    instance_of(tmp_path / "data", *engine, base=next(_bases))
    run = CliRunner()

    def ulzii(*words: str) -> str:
        done = run.invoke(main, ["--data", str(tmp_path / "data"), *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "published" in ulzii("load", "vocab-glass")
    assert engine[0].query_url in ulzii("status", "--json")
    ask = "ASK { GRAPH ?g { ?s a <http://www.w3.org/2002/07/owl#Ontology> } }"
    assert '"boolean":true' in ulzii("query", ask, "--json")
    assert "no problems found" in ulzii("verify")
    assert "same, version 1" in ulzii("load", "vocab-glass")
    assert "snapshot" in ulzii("rebuild")
    with run_once(
        open_instance(tmp_path / "data"), ResourceDocument("https://w3id.org/ulzii/def/glass", "nt")
    ) as answer:
        assert {q.subject for q in ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES)}
