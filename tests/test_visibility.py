"""What is restricted is not seen without a token for it, however one asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from graph import snapshots
from graph.audit.verify import verify
from graph.core import instance as instances
from graph.core.errors import ConfigError, InputError, QueryRefused
from graph.core.instance import Instance
from graph.export import export
from graph.ledger import Ledger, create
from graph.queries import Pool, Query, QueryLimits, ResourceDocument
from graph.snapshots import visibility
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from server.app import create_app
from server.auth.tokens import TokenStore
from server.cli import main

pytestmark = pytest.mark.slow

BASE = "https://example.mn/"
GRAPH = f"{BASE}graph/"
SECRET = "http://e/secret"
TEXT = "http://jena.apache.org/text#"
WORDS = ("secret", "hidden-words", "drafts", "restricted-title")
PUBLIC_DATA = "<http://e/open> <http://e/p> <http://e/both> . <http://e/both> <http://e/p> 1 ."
SECRET_DATA = (
    f'<{SECRET}> <http://e/p> <http://e/both> , "hidden-words" ; <http://e/next> <{SECRET}#2> . '
    f'<{SECRET}> <http://www.w3.org/2000/01/rdf-schema#label> "hidden-words, a title"@en . '
    f"<{BASE}catalog> <http://www.w3.org/ns/dcat#themeTaxonomy> <{SECRET}> . "
    f"<{SECRET}#2> <http://e/p> 2 . <http://e/both> <http://e/q> <{SECRET}> ; <http://e/p> 1 ."
)


def describe(folder: Path, name: str, data: str, how: str = "public") -> Source:
    """A source of one Turtle file."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ttl").write_text(data, "utf-8")
    title = "restricted-title" if how == "restricted" else name
    path = folder / f"{name}.toml"
    path.write_text(
        f'id = "{name}"\nloader = "rdf"\nfiles = ["{name}.ttl"]\nmedia_type = "text/turtle"\n'
        f'visibility = "{how}"\n[title]\nen = "{title}"\n'
    )
    return read(path)


def fresh(folder: Path) -> Instance:
    """An empty instance."""
    made = instances.create(folder / "data", BASE)
    create(made)
    instances.write_config(made)
    return made


@pytest.fixture(scope="module")
def half_hidden(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with a public source and a restricted one."""
    root = tmp_path_factory.mktemp("hidden")
    made = fresh(root)
    load(made, describe(root / "toml", "open", PUBLIC_DATA))
    load(made, describe(root / "toml", "drafts", SECRET_DATA, "restricted"))
    return made


@pytest.fixture(scope="module")
def asked(half_hidden: Instance) -> Iterator[Pool]:
    with Pool.start(half_hidden, workers=1, limits=QueryLimits(timeout=10)) as running:
        yield running


@pytest.fixture(scope="module")
def client(half_hidden: Instance, asked: Pool) -> FlaskClient:
    return create_app(half_hidden, asked).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def bearer(half_hidden: Instance) -> dict[str, str]:
    _, text = TokenStore(half_hidden).add("reader", (), ("drafts",))
    return {"Authorization": f"Bearer {text}"}


def answer(
    pool: Pool, text: str, readable: tuple[str, ...] = (), default: str = "", named: str = ""
) -> str:
    graphs = (tuple(filter(None, [default])), tuple(filter(None, [named])))
    asked = Query(text, default_graphs=graphs[0], named_graphs=graphs[1])
    return pool.run(asked, readable=readable).read().decode()


H = f"<{GRAPH}drafts>"
ATTEMPTS = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?g { GRAPH ?g {} }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    f"SELECT * {{ GRAPH {H} {{ ?s ?p ?o }} }}",
    f"SELECT * FROM {H} {{ ?s ?p ?o }}",
    f"SELECT * FROM {H} FROM <{GRAPH}open> {{ ?s ?p ?o }}",
    f"SELECT * FROM{H}{{ ?s ?p ?o }}",
    f"SELECT * FROM NAMED {H} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"SELECT * FROM <{GRAPH}open> FROM NAMED {H} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"PREFIX g: <{GRAPH}> SELECT * FROM g:drafts {{ ?s ?p ?o }}",
    f"PREFIX g: <{GRAPH}> SELECT * FROM NAMED g:drafts {{ GRAPH g:drafts {{ ?s ?p ?o }} }}",
    f"PREFIX : <{GRAPH}> SELECT * FROM:drafts {{ ?s ?p ?o }}",
    f"BASE <{GRAPH}> SELECT * FROM <drafts> {{ ?s ?p ?o }}",
    f"BASE <{GRAPH}x/> SELECT * FROM NAMED <../drafts> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"SELECT * FROM <{GRAPH}\\u0064rafts> {{ ?s ?p ?o }}",
    f"SELECT * {{ GRAPH <{GRAPH}\\u0064rafts> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ VALUES ?g {{ {H} }} GRAPH ?g {{ ?s ?p ?o }} }}",
    f'SELECT * {{ BIND(IRI("{GRAPH}drafts") AS ?g) GRAPH ?g {{ ?s ?p ?o }} }}',
    f"SELECT * {{ {{ SELECT * {{ GRAPH {H} {{ ?s ?p ?o }} }} }} }}",
    f"SELECT * {{ GRAPH <{GRAPH}open> {{ ?a ?b ?c GRAPH {H} {{ ?s ?p ?o }} }} }}",
    f"SELECT * {{ OPTIONAL {{ GRAPH {H} {{ ?s ?p ?o }} }} }}",
    f"SELECT * {{ {{ GRAPH {H} {{ ?s ?p ?o }} }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}",
    f"SELECT * {{ GRAPH {H} {{ ?s (<http://e/next>|<http://e/p>)* ?o }} }}",
    "SELECT * { GRAPH ?g { <http://e/both> (<http://e/q>/<http://e/next>)+ ?o } }",
    "SELECT * { GRAPH ?g { ?s !<http://e/none> ?o } }",
    f"DESCRIBE <{SECRET}>",
    f"DESCRIBE ?s {{ GRAPH {H} {{ ?s <http://e/next> ?o }} }}",
    f"DESCRIBE <{SECRET}> FROM {H}",
    f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {H} {{ ?s ?p ?o }} }}",
    f"CONSTRUCT FROM {H} WHERE {{ ?s ?p ?o }}",
    f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ GRAPH {H} {{ ?a ?b ?c }} }} }}",
    f"SELECT * {{ ?s ?p ?o MINUS {{ GRAPH {H} {{ ?s ?p ?z }} }} }}",
    f"ASK {{ GRAPH {H} {{}} }}",
    f"ASK {{ GRAPH {H} {{ <http://e/both> <http://e/q> ?o }} }}",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s <http://e/p> ?o } }",
    "SELECT (GROUP_CONCAT(DISTINCT STR(?g)) AS ?all) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?s), 'source')) }",
    "SELECT * { GRAPH ?g { ?v <http://www.w3.org/ns/dcat#version> ?n } }",
    f"PREFIX text: <{TEXT}> SELECT * {{ ?s text:query 'hidden' }}",
    f"PREFIX text: <{TEXT}> SELECT * {{ GRAPH {H} {{ ?s text:query 'hidden' }} }}",
    f"SELECT * {{ GRAPH <{GRAPH}void> {{ ?s ?p ?o }} }}",
]


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The same instance as if there were no restricted source."""
    root = tmp_path_factory.mktemp("without")
    made = fresh(root)
    load(made, describe(root / "toml", "open", PUBLIC_DATA))
    with Pool.start(made, workers=1, limits=QueryLimits(timeout=10)) as running:
        yield running


def _same_time(text: str) -> bool:
    """Whether an answer is the same in two instances: those that speak of the log, or count what
    the provenance graph says, are not."""
    return "log/" not in text and "void#" not in text


@pytest.mark.parametrize("text", ATTEMPTS)
def test_whoever_has_no_token_sees_nothing(asked: Pool, without: Pool, text: str) -> None:
    try:
        found = answer(asked, text)
    except Exception as error:
        found = str(error)
    assert not [word for word in WORDS if word in found]
    if _same_time(found):
        assert sorted(found) == sorted(answer(without, text))


@pytest.mark.parametrize("text", ATTEMPTS)
@pytest.mark.parametrize("how", ["default", "named", "both"])
def test_the_protocols_graphs_open_nothing(asked: Pool, text: str, how: str) -> None:
    default, named = (f"{GRAPH}drafts" if how in {n, "both"} else "" for n in ("default", "named"))
    try:
        found = answer(asked, text, default=default, named=named)
    except Exception as error:
        found = str(error)
    assert not [word for word in WORDS if word in found]
    if text.startswith("ASK"):
        assert '"boolean":false' in found


@pytest.mark.parametrize(
    "text", [t for t in ATTEMPTS if H in t and not re.search(r"\?z|text:query", t)]
)
def test_with_the_right_to_read_the_same_queries_see_it(asked: Pool, text: str) -> None:
    found = answer(asked, text, (f"{GRAPH}drafts",))
    if not text.startswith("DESCRIBE ?s"):  # which describes from the default graph
        assert "secret" in found or '"boolean":true' in found or "http://e/open" in found


def test_a_reader_of_one_source_does_not_read_another(asked: Pool) -> None:
    for other in ("draft", "drafts/", "drafts/findings", "open", "draftsx"):
        assert "secret" not in answer(asked, ATTEMPTS[2], (GRAPH + other,))


def test_the_default_graph_is_public_even_for_those_who_may_read(asked: Pool) -> None:
    mine = (f"{GRAPH}drafts",)
    assert "secret" not in answer(asked, "SELECT * { ?s ?p ?o }", mine)
    shared = "SELECT (COUNT(*) AS ?n) { <http://e/both> <http://e/p> ?o }"
    assert '"value":"1"' in answer(asked, shared, mine)
    twice = f"SELECT (COUNT(*) AS ?n) FROM {H} FROM <{GRAPH}open> {{ <http://e/both> ?p ?o }}"
    assert '"value":"2"' in answer(asked, twice, mine)


def test_documents_know_nothing_of_it(asked: Pool) -> None:
    assert asked.run(ResourceDocument(SECRET)).read() == b""
    assert b"secret" not in asked.run(ResourceDocument("http://e/both")).read()
    assert asked.run(ResourceDocument(f"{BASE}id/source/drafts")).read() == b""


PAGES = [
    "/",
    "/graph/drafts",
    "/graph/drafts.ttl",
    "/graph/drafts/findings",
    "/graph/provenance",
    "/graph/provenance.nt",
    "/id/source/drafts",
    "/id/source/drafts.ttl",
    "/id/source/drafts/v/1",
    "/code/mapping/drafts",
    "/sparql",
    "/sparql?query=" + quote(ATTEMPTS[2]),
    "/.well-known/void",
    "/.well-known/sparql-examples",
    "/metrics",
    "/graph-store/void",
    "/graph-store?default",
    "/healthz",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/json"])
def test_no_page_tells_of_it(client: FlaskClient, path: str, accept: str) -> None:
    found = client.get(path, headers={"Accept": accept}, follow_redirects=True)
    told = found.text.replace(path, "").replace(quote(path), "").replace("graph/drafts", "")
    assert not [word for word in WORDS if word in told and word not in path]


def test_its_pages_are_not_there(client: FlaskClient) -> None:
    for path in ("/graph/drafts", "/id/source/drafts", "/id/source/drafts/v/1"):
        assert client.get(path).status_code == 404


def sparql(client: FlaskClient, text: str, headers: dict[str, str]) -> str:
    return client.get("/sparql?query=" + quote(text), headers=headers).text


def test_a_token_opens_it_over_http(client: FlaskClient, bearer: dict[str, str]) -> None:
    text = ATTEMPTS[3]
    assert "hidden-words" in sparql(client, text, bearer)
    assert "hidden-words" not in sparql(client, text, {})
    assert "hidden-words" in sparql(client, text, bearer)
    posted = client.post("/sparql", data={"query": text}, headers=bearer)
    assert "hidden-words" in posted.text


def test_what_a_token_sees_is_kept_for_it_alone(
    client: FlaskClient, bearer: dict[str, str]
) -> None:
    address = "/sparql?query=" + quote(ATTEMPTS[3])
    mine, others = client.get(address, headers=bearer), client.get(address)
    assert mine.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in mine.headers["Vary"]
    assert "Authorization" in others.headers["Vary"]
    assert mine.headers["ETag"] != others.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": mine.headers["ETag"]})
    assert again.status_code == 200
    known = {**bearer, "If-None-Match": mine.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304


def test_a_bad_token_is_not_just_nobody(client: FlaskClient) -> None:
    found = client.get("/sparql?query=ASK{}", headers={"Authorization": "Bearer ulzii-no"})
    assert found.status_code == 401
    assert "invalid_token" in found.headers["WWW-Authenticate"]


def test_a_revoked_token_sees_nothing_more(half_hidden: Instance, client: FlaskClient) -> None:
    tokens = TokenStore(half_hidden)
    _, text = tokens.add("leaver", (), ("drafts",))
    headers = {"Authorization": f"Bearer {text}"}
    assert "hidden-words" in sparql(client, ATTEMPTS[3], headers)
    tokens.revoke("leaver")
    assert client.get("/sparql?query=ASK{}", headers=headers).status_code == 401


def test_the_export_has_nothing_of_it(half_hidden: Instance, tmp_path: Path) -> None:
    export(half_hidden, tmp_path / "x.nt")
    assert "secret" not in (tmp_path / "x.nt").read_text("utf-8")


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


def test_the_operators_own_query_sees_everything(half_hidden: Instance) -> None:
    arguments = ["--data", str(half_hidden.root), "query", ATTEMPTS[3], "-F", "csv"]
    assert "hidden-words" in CliRunner().invoke(main, arguments).output


def test_an_old_answer_is_not_sent_again_once_it_is_restricted(instance: Instance) -> None:
    folder, data = instance.root.parent / "toml", '<http://e/a> <http://e/p> "words-of-a" .'
    load(instance, describe(folder, "a", data))
    _, text = TokenStore(instance).add("reader", (), ("a",))
    bearer = {"Authorization": f"Bearer {text}"}
    with Pool.start(instance, workers=1, limits=QueryLimits(timeout=10)) as running:
        client = create_app(instance, running).test_client(use_cookies=False)
        then = running.snapshot()
        address = f"/snapshot/{then}/sparql?query=" + quote("SELECT ?o { ?s <http://e/p> ?o }")
        assert "words-of-a" in client.get(address).text
        load(instance, describe(folder, "a", data, "restricted"))
        assert running.snapshot() != then
        refused = client.get(address)
        assert refused.status_code == 403
        assert "words-of-a" not in refused.text
        mine = client.get(address, headers=bearer)
        assert "words-of-a" in mine.text
        assert mine.headers["Cache-Control"].startswith("private, ")
        assert client.get(address).status_code == 403
