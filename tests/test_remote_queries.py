"""Answers of a remote store: the same as the embedded one's, and never a cut one."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.core import instance as instances
from graph.core.errors import (
    EngineFailure,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    QueryUnsupported,
    SnapshotGone,
)
from graph.core.instance import Instance
from graph.core.remote_settings import RemoteStoreSettings
from graph.ledger import Ledger, create
from graph.publication.remote import GRAPHS
from graph.queries import FORMATS, Pool, Query, QueryLimits, ResourceDocument
from graph.queries.model.query import GraphDocument
from graph.statements import canonical
from graph.store.remote import RemoteStore
from server.app import create_app
from tests.conftest import SMALL
from tests.engines import BASE, ENGINE, OXIGRAPH, instance_of, running

pytestmark = pytest.mark.slow

needs_engine = pytest.mark.skipif(
    ENGINE == "oxigraph" and not OXIGRAPH.exists(), reason="oxigraph's server is not installed"
)
PLACE = "https://w3id.org/ulzii/id/place/066"
ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


def point(instance: Instance, graphs: list[str]) -> None:
    """Say that the store is published, with these named graphs."""
    folder = instance.staging / "shown"
    folder.mkdir()
    (folder / GRAPHS).write_text(json.dumps(graphs))
    made = snapshots.install(instance, folder, snapshots.next_snapshot(instance, 1))
    snapshots.set_current(instance, made)


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The small store in a remote engine."""
    with running(tmp_path_factory.mktemp("engine")) as found:
        instance = instance_of(tmp_path_factory.mktemp("remote") / "data", *found)
        statements: dict[str, list[bytes]] = {}
        for quad in ox.parse(SMALL.read_bytes(), ox.RdfFormat.TRIG):
            assert isinstance(quad.graph_name, ox.NamedNode)
            line = f"{quad.subject} {quad.predicate} {quad.object} .".encode()
            statements.setdefault(quad.graph_name.value, []).append(line)
        with closing(RemoteStore(instance, owner=str(Ledger(instance).verifier()))) as store:
            for graph, found_lines in statements.items():
                store.change(graph, canonical.normalise(found_lines), [])
        point(instance, sorted(statements))
        limits = QueryLimits(timeout=5.0, result=4 << 20)
        with Pool.start(instance, workers=2, limits=limits) as pool:
            yield pool


QUERIES = [
    ALL,
    "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    f"SELECT ?o WHERE {{ <{PLACE}> <https://w3id.org/ulzii/def/core#number> ?o }}",
    f"ASK {{ <{PLACE}> ?p ?o }}",
    "ASK { <urn:nothing> ?p ?o }",
    f"CONSTRUCT {{ ?s ?p ?o }} FROM <{BASE}graph/b> WHERE {{ ?s ?p ?o }}",
    f"SELECT ?s FROM NAMED <{BASE}graph/b> WHERE {{ "
    "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "SELECT * WHERE { ?z a ?a } ORDER BY ?z ?a",
    "SELECT ?d WHERE { <id/dataset/a/x%2Fy> <http://purl.org/dc/terms/modified> ?d }",
]


def said(body: bytes, form: str) -> list[str]:
    """What an answer says, without order."""
    chosen = next(f for f in FORMATS if f.name == form)
    if isinstance(chosen.engine, ox.RdfFormat):
        return sorted(str(quad.triple) for quad in ox.parse(body, chosen.engine))
    if form == "csv":
        return sorted(body.decode().splitlines())
    if chosen.engine is None:
        told = json.loads(body)
        return [*told["selected"], *sorted(map(str, told["res"]))]
    found = ox.parse_query_results(body, chosen.engine)
    if isinstance(found, ox.QueryBoolean):
        return [str(bool(found))]
    assert isinstance(found, ox.QuerySolutions)
    return [*map(str, found.variables), *sorted(str([*map(str, row)]) for row in found)]


@needs_engine
@pytest.mark.parametrize("query", QUERIES)
def test_remote_and_embedded_answer_alike(pool: Pool, remote: Pool, query: str) -> None:
    kind = "graph" if query.startswith("CONSTRUCT") else "results"
    for form in (f.name for f in FORMATS if f.kind == kind and f.name != "n3"):
        if form == "csv" and query.startswith("ASK"):
            continue
        mine, theirs = (p.run(Query(query, form, base=BASE)).read() for p in (pool, remote))
        assert said(theirs, form) == said(mine, form)


@needs_engine
def test_documents_and_graphs_are_the_same(pool: Pool, remote: Pool) -> None:
    for request in (
        ResourceDocument(PLACE, "nt"),
        ResourceDocument(PLACE, "nt", 3, 1),
        ResourceDocument(PLACE, "nt", part="description"),
        ResourceDocument(PLACE, "nt", part="findings"),
        ResourceDocument("urn:nothing", "nt"),
        GraphDocument(f"{BASE}graph/b", "nt"),
        GraphDocument("", "nt"),
        GraphDocument(f"{BASE}graph/none", "nt"),
    ):
        mine, theirs = pool.run(request), remote.run(request)
        assert mine.total == theirs.total
        whole = not (isinstance(request, ResourceDocument) and request.limit)
        left, right = (sorted(answer.read().splitlines()) for answer in (mine, theirs))
        assert left == right if whole else len(left) == len(right)


@needs_engine
def test_an_answer_belongs_to_no_snapshot(remote: Pool) -> None:
    assert remote.run(Query(ALL, "csv")).snapshot == ""
    with pytest.raises(SnapshotGone, match="keeps no snapshots"):
        remote.run(Query(ALL, "csv"), snapshot="1")
    client = create_app(remote.instance, remote).test_client()
    for _ in range(2):
        answer = client.get("/sparql", query_string={"query": ALL})
        assert answer.status_code == 200
        assert not {"Ulzii-Snapshot", "ETag", "Content-Location"} & {*answer.headers.keys()}
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/snapshot/1/sparql", query_string={"query": ALL}).status_code == 410


@needs_engine
def test_pages_are_served(remote: Pool) -> None:
    client = create_app(remote.instance, remote).test_client()
    assert client.get("/").status_code == 200
    page = client.get("/id/place/066.html")
    assert "Өвөрхангай" in page.get_data(as_text=True)
    assert "Ulzii-Snapshot" not in client.get("/id/place/066.ttl").headers
    described = client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert f"<{BASE}graph/b>" in described.get_data(as_text=True)


@needs_engine
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT ?x WHERE { oops", QuerySyntaxError),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", QuerySyntaxError),
        ("DROP ALL", QuerySyntaxError),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", QueryRefused),
        ("CLEAR SILENT ALL #SELECT", QuerySyntaxError),
    ],
)
def test_what_is_no_query_never_reaches_the_engine(
    remote: Pool, text: str, error: type[QueryError]
) -> None:
    before = remote.run(Query(ALL, "csv")).length
    with pytest.raises(error):
        remote.run(Query(text))
    assert remote.run(Query(ALL, "csv")).length == before


# --- engines that do it wrong ---

JSON = "application/sparql-results+json"
GOOD = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"urn:a"}}]}}'


class Wrong(BaseHTTPRequestHandler):
    """Answers as its server's table says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, body, pause = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in body:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            self.server.cut.set()  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pool, ThreadingHTTPServer]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Wrong)
    server.cut = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/"
    made = instances.create(
        tmp_path_factory.mktemp("wrong") / "data",
        BASE,
        RemoteStoreSettings(url, url, url, engine="virtuoso"),
    )
    create(made)
    instances.write_config(made)
    point(made, [])
    with Pool.start(made, workers=1, limits=QueryLimits(timeout=6.0, result=1 << 20)) as pool:
        yield pool, server
    server.shutdown()
    thread.join()
    server.server_close()


OF_KIND = {"Content-Type": JSON}


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "told"),
    [
        (200, OF_KIND, GOOD[:-3], EngineFailure, "broken or cut"),
        (200, OF_KIND, GOOD[:40], EngineFailure, "broken or cut"),
        (200, {**OF_KIND, "Content-Length": "999"}, GOOD, EngineFailure, "does not answer"),
        (200, {"Content-Type": "text/html"}, b"<html>busy</html>", EngineFailure, "text/html"),
        (200, OF_KIND, b"<html>busy</html>", EngineFailure, "broken or cut"),
        (200, OF_KIND, b"", EngineFailure, "broken or cut"),
        (200, {**OF_KIND, "X-SQL-State": "S1TAT"}, GOOD, QueryTimeout, "gave up"),
        (200, {**OF_KIND, "X-SPARQL-MaxRows": "10000"}, GOOD, QueryTooLarge, "more rows"),
        (
            400,
            {},
            b"Virtuoso 37000 Error SP031\n\nSPARQL query:\nSELECT",
            QueryUnsupported,
            "SP031",
        ),
        (401, {}, b"", EngineFailure, "401"),
        (302, {"Location": "http://169.254.169.254/"}, b"", EngineFailure, "302"),
        (503, {}, b"busy", QueryTimeout, "busy"),
    ],
)
def test_a_wrong_answer_is_an_error(
    wrong: tuple[Pool, ThreadingHTTPServer],
    status: int,
    headers: dict[str, str],
    body: bytes,
    error: type[QueryError],
    told: str,
) -> None:
    pool, server = wrong
    server.answer = (status, headers, [body], 0.0)  # type: ignore[attr-defined]
    with pytest.raises(error, match=told):
        pool.run(Query("SELECT ?s WHERE { ?s ?p ?o }"))


def test_what_an_engine_calls_its_own_way_is_called_right(
    wrong: tuple[Pool, ThreadingHTTPServer],
) -> None:
    pool, server = wrong
    truth = '"type":"typed-literal", "datatype": "http://www.w3.org/2001/XMLSchema#boolean"'
    row = f'{{"s":{{{truth}, "value": "1"}}}}'
    trap = json.dumps({"s": {"type": "literal", "value": f'{truth}, "value": "1"'}})
    told = f'{{"head":{{"vars":["s"]}},"results":{{"bindings":[\n{row},\n{trap}\n]}}}}'
    server.answer = (200, OF_KIND, [told.encode()], 0.0)  # type: ignore[attr-defined]
    rows = pool.run(Query("SELECT ?s WHERE { ?s ?p ?o }", "tsv")).read().decode().splitlines()
    assert rows[1] == "true"
    assert rows[2].endswith('\\"value\\": \\"1\\""')
    row = '{"__ASK_RETVAL":{"type":"literal","value":"1"}}'
    asked = f'{{"head":{{"vars":["__ASK_RETVAL"]}},"results":{{"bindings":[{row}]}}}}'
    server.answer = (200, OF_KIND, [asked.encode()], 0.0)  # type: ignore[attr-defined]
    assert pool.run(Query("ASK { ?s ?p ?o }")).read() == b'{"head":{},"boolean":true}'


@pytest.mark.parametrize("piece", [b"", b" "])
def test_the_deadline_is_ours(wrong: tuple[Pool, ThreadingHTTPServer], piece: bytes) -> None:
    """Silence and steady dripping alike end at the deadline, and so does the engine's work."""
    pool, server = wrong
    server.cut.clear()  # type: ignore[attr-defined]
    drops = [piece] * 150 if piece else [b""] * 75 + [b" "] * 75
    server.answer = (200, OF_KIND, drops, 0.1)  # type: ignore[attr-defined]
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        pool.run(Query("SELECT ?s WHERE { ?s ?p ?o }"), timeout=1.0)
    assert time.monotonic() - start < 10
    assert server.cut.wait(10)  # type: ignore[attr-defined]


def test_too_much_is_not_taken_in(wrong: tuple[Pool, ThreadingHTTPServer]) -> None:
    pool, server = wrong
    server.answer = (200, OF_KIND, [b" " * (1 << 18)] * 5, 0.0)  # type: ignore[attr-defined]
    with pytest.raises(QueryTooLarge):
        pool.run(Query("SELECT ?s WHERE { ?s ?p ?o }"))


def test_an_engine_that_is_away_is_named(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/"
    made = instance_of(tmp_path / "data", RemoteStoreSettings(url, url, url))
    point(made, [])
    with (
        Pool.start(made, workers=1, limits=QueryLimits(timeout=5.0)) as pool,
        pytest.raises(EngineFailure, match="does not answer"),
    ):
        pool.run(Query("ASK {}"))
