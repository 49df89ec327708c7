"""SERVICE by a list of endpoints: a second engine on this machine, and servers that do harm."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pyoxigraph as ox
import pytest

from graph.errors import (
    ConfigError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTooComplex,
    QueryUnsupported,
    ServiceFailed,
)
from graph.federation import Federation, Service
from graph.federation.expanding import Bounds
from graph.federation.settings import listed
from graph.instance import Instance
from graph.queries import Limits, Pool, Query
from server.app import create_app
from tests.engines import ENGINE, OXIGRAPH, running

PLACE = "https://w3id.org/ulzii/id/place/066"
JSON = "application/sparql-results+json"
THERE = ox.Store()
THERE.load(
    f"""<{PLACE}> <urn:people> 120000 ; <urn:name> "Uvurkhangai"@en , "a \\"b\\" \\\\ \\n c" .
    <urn:other> <urn:people> 7 ; <urn:of> _:b . <{PLACE}> <urn:at> "POINT(102 45)"^^<urn:wkt> .
    """,
    ox.RdfFormat.TURTLE,
)


@dataclass
class Endpoint:
    """A server on this machine: `/sparql` answers queries over THERE, other paths misbehave."""

    asked: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def url(self, path: str = "/sparql", host: str = "127.0.0.1") -> str:
        assert self.server is not None
        return f"http://{host}:{self.server.server_port}{path}"


def answered(text: str) -> bytes:
    found = THERE.query(text)
    assert isinstance(found, ox.QuerySolutions)
    written = found.serialize(None, ox.QueryResultsFormat.JSON)
    assert written is not None
    return written


def handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            text = parse_qs(body)["query"][0]
            endpoint.asked.append(text)
            endpoint.paths.append(self.path)
            with suppress(OSError):
                getattr(self, "at_" + self.path.strip("/").replace("-", "_"))(text)

        def at_sparql(self, text: str) -> None:
            self._send(answered(text))

        def at_html(self, _: str) -> None:
            self._send(b"<html>", "text/html")

        def at_broken(self, _: str) -> None:
            self._send(b'{"head":{"vars":["x"]},"results":{"bind')

        def at_lies(self, _: str) -> None:
            row = '{"y":{"type":"uri","value":"urn:a> } UNION { ?s ?p ?o"}}'
            self._send(f'{{"head":{{"vars":["y"]}},"results":{{"bindings":[{row}]}}}}'.encode())

        def at_deep(self, _: str) -> None:
            self._send(b'{"head":' * 100_000)

        def at_busy(self, _: str) -> None:
            self.send_error(503)

        def at_huge(self, _: str) -> None:
            self._send(b" " * (3 << 20))

        def at_many(self, _: str) -> None:
            row = {"n": {"type": "literal", "value": "1"}}
            told = {"head": {"vars": ["n"]}, "results": {"bindings": [row] * 2000}}
            self._send(json.dumps(told).encode())

        def at_packed(self, _: str) -> None:
            self._send(b"\x1f\x8b", JSON, {"Content-Encoding": "gzip"})

        def at_drip(self, _: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.end_headers()
            for _number in range(50):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)

        def at_moved(self, _: str) -> None:
            self._redirect("/sparql")

        def at_inward(self, _: str) -> None:
            self._redirect("http://127.0.0.1:22/sparql")

        def at_metadata(self, _: str) -> None:
            self._redirect("http://169.254.169.254/latest/")

        def at_circle(self, _: str) -> None:
            self._redirect("/circle")

        def _redirect(self, place: str) -> None:
            self._send(b"", JSON, {"Location": place}, 307)

        def _send(
            self,
            body: bytes,
            kind: str = JSON,
            more: dict[str, str] | None = None,
            status: int = 200,
        ) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), **(more or {})}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    made.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    thread = threading.Thread(target=made.server.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


WRONG = "html broken lies deep busy huge many packed drip moved inward metadata circle".split()
BOUNDS = Bounds(seconds=1.0, most=1 << 20, solutions=1000, calls=3)


@pytest.fixture(scope="module")
def federated(small: Instance, endpoint: Endpoint) -> Iterator[Pool]:
    private = [Service(endpoint.url(f"/{path}"), private=True) for path in ("sparql", *WRONG)]
    public = [Service(endpoint.url("/sparql", host)) for host in ("localhost", "127.0.0.2")]
    federation = Federation([*private, *public], BOUNDS, "https://example.mn/sparql")
    with Pool.start(small, workers=1, limits=Limits(timeout=5.0), federation=federation) as pool:
        yield pool


def rows(pool: Pool, text: str) -> list[list[str]]:
    lines = pool.run(Query(text, "tsv")).read().decode().splitlines()
    return [line.split("\t") for line in lines[1:]]


def test_what_is_there_is_joined_with_what_is_here(federated: Pool, endpoint: Endpoint) -> None:
    text = f"""PREFIX core: <https://w3id.org/ulzii/def/core#>
        SELECT ?place ?number ?people WHERE {{
          ?place core:number ?number .
          SERVICE <{endpoint.url()}> {{ ?place <urn:people> ?people . FILTER (?people > 10) }}
        }}"""
    assert rows(federated, text) == [[f"<{PLACE}>", "5", "120000"]]
    assert "PREFIX core:" in endpoint.asked[-1]
    assert "SELECT * WHERE { ?place <urn:people> ?people" in endpoint.asked[-1]


@pytest.mark.skipif(
    ENGINE != "oxigraph" or not OXIGRAPH.exists(), reason="oxigraph's server is not installed"
)
def test_another_engine_is_joined(small: Instance, tmp_path: Path) -> None:
    with running(tmp_path / "engine") as (there, _):
        told = f"INSERT DATA {{ <{PLACE}> <urn:people> 120000 }}"
        httpx.post(there.update_url, data={"update": told}).raise_for_status()
        federation = Federation([Service(there.query_url, private=True)])
        with Pool.start(small, workers=1, federation=federation) as pool:
            text = f"""SELECT ?name ?people WHERE {{
                ?place <http://www.w3.org/2000/01/rdf-schema#label> ?name .
                SERVICE <{there.query_url}> {{ ?place <urn:people> ?people }}
            }} ORDER BY ?name"""
            found = [['"Uvurkhangai"@en', "120000"], ['"Өвөрхангай"@mn', "120000"]]
            assert rows(pool, text) == found


@pytest.mark.parametrize(
    ("pattern", "there"),
    [
        ("SERVICE <{url}> {{ <{place}> <urn:name> ?n }}", 2),
        ("SERVICE SILENT <{url}> {{ <{place}> <urn:at> ?n }}", 1),
        ("OPTIONAL {{ SERVICE <{url}> {{ <urn:nothing> <urn:name> ?n }} }}", 1),
        ("service <{url}> {{ SELECT ?n {{ ?s <urn:people> ?n }} ORDER BY ?n LIMIT 1 }}", 1),
        ("SERVICE <{url}> {{ <{place}> <urn:people> 120000 }}", 1),
        ("SERVICE <{url}> {{ <{place}> <urn:people> 1 }}", 0),
        ("SERVICE <{url}> {{ ?s <urn:people> ?n }} SERVICE <{url}> {{ ?s <urn:people> ?n }}", 2),
        ("{{ SERVICE <{url}> {{ ?s <urn:people> ?n }} }} UNION {{ BIND (1 AS ?n) }}", 3),
        ("?x a ?class FILTER EXISTS {{ SERVICE <{url}> {{ ?x <urn:people> ?m }} }}", 1),
        ("?x a ?class MINUS {{ SERVICE <{url}> {{ ?x <urn:people> ?m }} }}", -1),
        ("SERVICE <{url}> {{ ?s <urn:people> ?n # a comment {{\n }}", 2),
        ("SERVICE <{url}> {{ BIND ('}} SERVICE <urn:x> {{' AS ?n) }}", 1),
    ],
)
def test_it_stands_wherever_a_pattern_may(
    federated: Pool, endpoint: Endpoint, pattern: str, there: int
) -> None:
    text = "SELECT * WHERE { " + pattern.format(url=endpoint.url(), place=PLACE) + " }"
    found = rows(federated, text)
    assert len(found) == there or (there < 0 and f"<{PLACE}>" not in str(found))


def test_terms_arrive_as_they_were_sent(federated: Pool, endpoint: Endpoint) -> None:
    text = f"SELECT ?o WHERE {{ SERVICE <{endpoint.url()}> {{ <{PLACE}> ?p ?o }} }}"
    assert {row[0] for row in rows(federated, text)} == {
        "120000",
        '"Uvurkhangai"@en',
        '"a \\"b\\" \\\\ \\n c"',
        '"POINT(102 45)"^^<urn:wkt>',
    }


def test_names_are_resolved_as_the_query_says(federated: Pool, endpoint: Endpoint) -> None:
    root = endpoint.url("/")
    for head, name in (
        (f"PREFIX e: <{root}>", "e:sparql"),
        (f"BASE <{root}>", "<sparql>"),
        (f"BASE <{root}x/y> PREFIX : <../>", ":sparql"),
    ):
        text = f"{head} SELECT ?n WHERE {{ SERVICE {name} {{ <urn:other> <urn:people> ?n }} }}"
        assert rows(federated, text) == [["7"]]


def test_the_same_question_is_asked_once(federated: Pool, endpoint: Endpoint) -> None:
    clause = f"SERVICE <{endpoint.url()}> {{ ?s <urn:people> ?n }}"
    before = len(endpoint.asked)
    rows(federated, f"SELECT * WHERE {{ {{ {clause} }} UNION {{ {clause} }} }}")
    assert len(endpoint.asked) == before + 1


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("html", "text/html"),
        ("broken", "cannot be read"),
        ("lies", "cannot be read"),
        ("deep", "cannot be read"),
        ("busy", "503"),
        ("packed", "packed"),
        ("drip", "no answer in time"),
        ("circle", "too many redirects"),
    ],
)
def test_a_failure_is_told_or_silent(
    federated: Pool, endpoint: Endpoint, path: str, told: str
) -> None:
    pattern = f"<{endpoint.url('/' + path)}> {{ ?x <urn:p> ?y }}"
    start = time.monotonic()
    with pytest.raises(ServiceFailed, match=told) as caught:
        rows(federated, f"SELECT * WHERE {{ SERVICE {pattern} }}")
    assert f"/{path}>" in str(caught.value)
    silent = f"SELECT * WHERE {{ BIND (1 AS ?here) SERVICE SILENT {pattern} }}"
    assert rows(federated, silent) == [["1", "", ""]]
    assert time.monotonic() - start < 3.5


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("huge", "over 1,048,576 bytes"),
        ("many", "2,000 solutions; 1,000 are taken"),
        ("inward", "redirects to <http://127.0.0.1:22/sparql>, which is not on the list"),
        ("metadata", "redirects to <http://169.254.169.254/latest/>"),
    ],
)
@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_what_we_refuse_is_never_silent(
    federated: Pool, endpoint: Endpoint, path: str, told: str, silent: str
) -> None:
    with pytest.raises(ServiceFailed) as caught:
        rows(
            federated,
            f"SELECT * WHERE {{ SERVICE {silent} <{endpoint.url('/' + path)}> {{ ?x ?p ?y }} }}",
        )
    assert told in str(caught.value)


def test_a_redirect_to_a_listed_address_is_followed(federated: Pool, endpoint: Endpoint) -> None:
    url = endpoint.url("/moved")
    text = f"SELECT ?n WHERE {{ SERVICE <{url}> {{ <urn:other> <urn:people> ?n }} }}"
    assert rows(federated, text) == [["7"]]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_a_private_number_is_not_called_without_leave(
    federated: Pool, endpoint: Endpoint, host: str
) -> None:
    before = len(endpoint.asked)
    with pytest.raises(ServiceFailed, match="private network"):
        rows(federated, f"SELECT * {{ SERVICE <{endpoint.url(host=host)}> {{ ?s ?p ?o }} }}")
    assert len(endpoint.asked) == before


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "::1", "fd00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "0.0.0.0", "100.64.0.1"],
)  # fmt: skip
def test_a_name_that_means_a_private_number_is_not_called(
    small: Instance, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    def lookup(host: str, *_: object, **__: object) -> list[object]:
        assert host == "elsewhere.example"
        return [(0, 0, 0, "", ("93.184.216.34", 0)), (0, 0, 0, "", (number, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    federation = Federation([Service("http://elsewhere.example/sparql")], BOUNDS)
    text = "SELECT * { SERVICE <http://elsewhere.example/sparql> { ?s ?p ?o } }"
    with pytest.raises(ServiceFailed, match="private network"):
        federation.expanded(Query(text), "", time.monotonic() + 5)


def test_the_number_that_was_checked_is_called(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means another number when it is asked for again gains nothing."""
    asked: list[str] = []
    true = socket.getaddrinfo

    def lookup(host: str, *rest: object, **more: object) -> object:
        if host == "rebinding.example":
            asked.append(host)
            return [(0, 0, 0, "", ("127.0.0.1", 0))]
        return true(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    url = endpoint.url("/sparql", "rebinding.example")
    federation = Federation([Service(url, private=True)], BOUNDS)
    text = f"SELECT * {{ SERVICE <{url}> {{ <urn:other> <urn:people> ?n }} }}"
    expanded = federation.expanded(Query(text), "", time.monotonic() + 5)
    assert "VALUES (?n)" in expanded.text
    assert asked == ["rebinding.example"]


@pytest.mark.parametrize(
    ("pattern", "error", "told"),
    [
        (
            "SERVICE <http://not.listed/> {{ ?s ?p ?o }}",
            QueryRefused,
            "not on this endpoint",
        ),
        ("SERVICE SILENT <http://not.listed/> {{ ?s ?p ?o }}", QueryRefused, "not on this"),
        ("SERVICE ?where {{ ?s ?p ?o }}", QueryUnsupported, "which endpoint is meant"),
        ("SERVICE <{url}> {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", QueryUnsupported, "inside"),
        ("SERVICE <{url}> {{ <urn:other> ?p ?o }}", ServiceFailed, "blank nodes"),
        (" ".join(["SERVICE <{url}> {{ ?s ?p ?o }}"] * 4), QueryTooComplex, "4 services; 3"),
        ("FILTER(trueSERVICE <{url}> {{ ?s ?p ?o }})", QueryRefused, "be told from SERVICE"),
        ("FILTER(1<2) SERVICE:x {{ ?s ?p ?o }}", QueryRefused, "be told from SERVICE"),
        ("SERVICE <{url}> ?s ?p ?o", QuerySyntaxError, "column 18.*wants an address"),
        ("SERVICE SILENT", QuerySyntaxError, "wants an address"),
    ],
)
def test_what_cannot_be_done_is_declined(
    federated: Pool, endpoint: Endpoint, pattern: str, error: type[QueryError], told: str
) -> None:
    with pytest.raises(error, match=told):
        rows(federated, "SELECT * WHERE { " + pattern.format(url=endpoint.url()) + " }")


def test_the_querys_own_deadline_holds(federated: Pool, endpoint: Endpoint) -> None:
    text = f"SELECT * {{ SERVICE <{endpoint.url('/drip')}> {{ ?s ?p ?o }} }}"
    start = time.monotonic()
    with pytest.raises(ServiceFailed, match="in time"):
        federated.run(Query(text), timeout=0.3)
    assert time.monotonic() - start < 0.9


def test_over_http_it_is_never_kept(federated: Pool, endpoint: Endpoint) -> None:
    client = create_app(federated.instance, federated).test_client()
    text = f"SELECT ?n {{ SERVICE <{endpoint.url()}> {{ <urn:other> <urn:people> ?n }} }}"
    before = len(endpoint.asked)
    for _ in range(2):
        answer = client.get("/sparql", query_string={"query": text, "format": "csv"})
        assert (answer.status_code, answer.get_data(as_text=True)) == (200, "n\r\n7\r\n")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    assert len(endpoint.asked) == before + 2
    failed = f"SELECT * {{ SERVICE <{endpoint.url('/busy')}> {{ ?s ?p ?o }} }}"
    answer = client.get("/sparql", query_string={"query": failed})
    assert answer.status_code == 502
    assert "/busy> failed: it answered 503" in json.loads(answer.data)["detail"]
    described = client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert b"BasicFederatedQuery" in described.data


def test_it_is_off_by_default(pool: Pool, endpoint: Endpoint) -> None:
    before = len(endpoint.asked)
    for silent in ("", "SILENT "):
        with pytest.raises(QueryRefused, match="switched off"):
            pool.run(Query(f"SELECT * {{ SERVICE {silent}<{endpoint.url()}> {{ ?s ?p ?o }} }}"))
    assert len(endpoint.asked) == before


def test_services_of_the_configuration(instance: Instance) -> None:
    path = instance.root / "instance.toml"
    assert listed(instance) == []
    said = path.read_text()
    path.write_text(said + '[federation]\nservices = ["https://e.example/q"]\n'
                    'private_services = ["http://127.0.0.1/q"]\n')  # fmt: skip
    found = [Service("https://e.example/q"), Service("http://127.0.0.1/q", private=True)]
    assert listed(instance) == found
    path.write_text(said + '[federation]\nservice = "https://e.example/q"\n')
    with pytest.raises(ConfigError, match="cannot have service"):
        listed(instance)
    with pytest.raises(ConfigError, match="no http"):
        Federation([Service("file:///etc/passwd")])


def test_the_list_is_an_option(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from server.cli import main

    done = CliRunner().invoke(main, ["serve", "--help"])
    assert "--private-service" in done.output
