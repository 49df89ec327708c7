"""A scratch instance: what the W3C's suites do not ask."""

from __future__ import annotations

import json
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from werkzeug.test import Client, TestResponse

from graph.core.errors import QueryRefused, QueryTooComplex
from server.cli import main
from server.http.problem_details import HttpProblem
from server.scratch.app import ScratchApplication
from server.scratch.engine import InMemoryPool
from server.scratch.silent import without_silent_services
from server.updates.using_clauses import UsingClauses, rewrite

ADDRESS = "http://localhost/sparql"
A, B, C = (f"http://example.org/{name}" for name in "abc")
TRIPLE = f"<{A}> <{B}> <{C}> ."
UPDATE, QUERY = "application/sparql-update", "application/sparql-query"


@pytest.fixture
def client() -> Client:
    return Client(ScratchApplication(InMemoryPool(ADDRESS)))


def update(client: Client, text: str, address: str = "/sparql", **headers: str) -> TestResponse:
    return client.post(address, data=text, content_type=UPDATE, headers=headers)


def count(client: Client, pattern: str, form: str = "") -> int:
    text = f"SELECT (COUNT(*) AS ?n) {form} {{ {pattern} }}"
    answer = client.post("/sparql", data=text, content_type=QUERY)
    return int(json.loads(answer.data)["results"]["bindings"][0]["n"]["value"])


def test_overlapping_graphs_are_merged(client: Client) -> None:
    for graph in (A, B):
        client.put(f"/graph-store?graph={graph}", data=TRIPLE, content_type="text/turtle")
    assert count(client, "?s ?p ?o") == 0  # the bare default graph is no union
    assert count(client, "GRAPH ?g { ?s ?p ?o }") == 2
    assert count(client, "?s ?p ?o", f"FROM <{A}> FROM <{B}>") == 1


def test_blank_nodes_of_two_documents_are_two_nodes(client: Client) -> None:
    """Each is parsed in a forked process, which begins with the same random numbers."""
    for graph in (A, B):
        for data in ("[] <http://e/p> 1 .", "_:x <http://e/p> 1 ."):
            client.post(f"/graph-store?graph={graph}", data=data, content_type="text/turtle")
    text = "SELECT (COUNT(DISTINCT ?b) AS ?n) WHERE { GRAPH ?g { ?b <http://e/p> 1 } }"
    answer = client.post("/sparql", data=text, content_type=QUERY)
    assert answer.json is not None
    assert answer.json["results"]["bindings"][0]["n"]["value"] == "4"


def test_an_update_is_whole_or_nothing(client: Client) -> None:
    answer = update(client, f"INSERT DATA {{ {TRIPLE} }} ; DROP GRAPH <{A}>")
    assert answer.status_code == 409
    assert count(client, "?s ?p ?o") == 0


def test_a_broken_update_says_where(client: Client) -> None:
    answer = update(client, "DELETE WHERE {\n ?s ?p }")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert json.loads(answer.data)["line"] == 2


def test_the_etag_changes_with_a_write(client: Client) -> None:
    address = "/sparql?query=" + quote("ASK { ?s ?p ?o }")
    etag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    update(client, f"INSERT DATA {{ {TRIPLE} }}")
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_unknown_functions_are_expression_errors(client: Client) -> None:
    update(client, f"INSERT {{ <{A}> <{B}> ?x }} WHERE {{ BIND(<{C}>(1) AS ?x) }}")
    assert count(client, "?s ?p ?o") == 0
    update(client, f"INSERT DATA {{ {TRIPLE} }}")
    assert count(client, f"?s ?p ?o FILTER(<{C}>(?o) || <{B}>(?o))") == 0
    assert count(client, f"?s ?p ?o FILTER(<{C}>(?o) || true)") == 1


@pytest.mark.parametrize("service", ["SERVICE", "SERVICE SILENT"])
def test_no_other_endpoint_is_called(client: Client, service: str) -> None:
    text = f"SELECT * {{ VALUES ?x {{ 1 }} {service} <http://127.0.0.1:9/> {{ ?x ?y ?z }} }}"
    answer = client.get("/sparql", query_string={"query": text})
    if "SILENT" not in service:
        assert answer.status_code == 403
        return
    found = json.loads(answer.data)
    assert found["head"]["vars"] == ["x", "y", "z"]
    assert [list(row) for row in found["results"]["bindings"]] == [["x"]]


def test_silent_services_inside_each_other() -> None:
    inner = "SERVICE SILENT ?g { ?a ?b '}' }"
    text = f"SELECT * {{ service silent <{A}> {{ ?s ?p ?o . {inner} }} }}"
    assert "service" not in without_silent_services(text).lower()
    list(ox.Store().query(without_silent_services(text)))  # type: ignore[arg-type]
    many = "ASK {" + "SERVICE SILENT <a> {}" * 1000 + "}"
    assert without_silent_services(many).count("OPTIONAL { {} FILTER(false) }") == 1000
    assert without_silent_services("ASK { SERVICE SILENT <a> {") == "ASK { SERVICE SILENT <a> {"


@pytest.mark.parametrize(
    "text",
    [
        f"LOAD <{A}>",
        f"load<{A}>INTO GRAPH <{B}>",
        f"INSERT DATA {{}} ; LOAD <{A}>",
        f"PREFIX : <{A}> LOAD:x",
        f"PREFIX load: <{A}> LOADSILENT<{A}>",
        f"VERSION '1.2'LOAD <{A}>",
        f"LOAD SILENT <{A}> INTO <{B}>",
        f"DELETE WHERE {{ SERVICE <{A}> {{ ?s ?p ?o }} }}",
    ],
)
def test_updates_fetch_nothing(text: str) -> None:
    with pytest.raises(QueryRefused):
        rewrite(text, UsingClauses(), 10_000)


def test_a_silent_load_does_nothing(client: Client) -> None:
    text = f"LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <{A}> ; INSERT DATA {{ {TRIPLE} }}"
    assert update(client, text).status_code == 204
    assert (count(client, "?s ?p ?o"), count(client, "GRAPH ?g {}")) == (1, 0)
    assert update(client, "LOAD SILENT undeclared:x").status_code == 400


def test_load_as_a_name_is_no_keyword() -> None:
    text = f"PREFIX load: <{A}> INSERT DATA {{ load:a load:load 'LOAD' }} ; CLEAR GRAPH load:a"
    assert rewrite(text, UsingClauses(), 10_000) == text


def test_deep_updates_do_not_reach_the_engine() -> None:
    with pytest.raises(QueryTooComplex):
        rewrite("DELETE WHERE " + "{" * 3000 + "}" * 3000, UsingClauses(), 10_000)


def test_using_goes_into_every_pattern() -> None:
    using = UsingClauses((A,), (B,))
    clauses = f"USING <{A}> USING NAMED <{B}>"
    text = "CLEAR ALL ; INSERT { ?s ?where 'WHERE' } WHERE { ?s ?p ?o } ; DELETE WHERE { ?s ?p 1 }"
    assert rewrite(text, using, 10_000) == (
        f"CLEAR ALL ; INSERT {{ ?s ?where 'WHERE' }} {clauses} WHERE {{ ?s ?p ?o }} ; "
        f"DELETE  {{ ?s ?p 1 }} {clauses} WHERE  {{ ?s ?p 1 }}"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"WITH <{A}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"INSERT {{ ?s ?p ?o }} USING <{A}> WHERE {{ ?s ?p ?o }}",
        "DELETEWHERE{ ?s ?p ?o }",
    ],
)
def test_a_dataset_is_given_once(text: str) -> None:
    with pytest.raises(HttpProblem) as caught:
        rewrite(text, UsingClauses((A,)), 10_000)
    assert caught.value.problem.kind.status == 400


def test_delete_where_stays_inside_its_dataset(client: Client) -> None:
    for graph in (f"graph={A}", "default"):
        client.put(f"/graph-store?{graph}", data=TRIPLE, content_type="text/turtle")
    update(client, "DELETE WHERE { ?s ?p ?o }", f"/sparql?using-graph-uri={B}")
    assert count(client, "?s ?p ?o") == 1
    update(client, "DELETE WHERE { ?s ?p ?o }", f"/sparql?using-graph-uri={A}")
    assert count(client, "?s ?p ?o") == 0


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/graph-store", 400),
        ("GET", "/graph-store?graph=relative", 400),
        ("GET", f"/graph-store?default&graph={A}", 400),
        ("GET", f"/graph-store?graph={A}&graph={B}", 400),
        ("GET", "/graph-store?default", 200),
        ("PATCH", "/graph-store?default", 405),
        ("DELETE", "/graph-store/none", 404),
        ("OPTIONS", "/graph-store", 204),
        ("GET", "/graph-stores", 404),
        ("PUT", "/sparql", 405),
        ("GET", "/sparql?update=CLEAR%20ALL", 400),
        ("HEAD", "/sparql?query=ASK%7B%7D", 200),
    ],
)
def test_statuses(client: Client, method: str, address: str, status: int) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == status
    assert method != "HEAD" or (not answer.data and int(answer.headers["Content-Length"]) > 0)


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("text/turtle", TRIPLE, 201),
        ("text/turtle; charset=latin-1", TRIPLE, 415),
        ("text/html", "<p>", 415),
        ("", TRIPLE, 415),
        ("text/turtle", "<a> <b>", 400),
        ("application/trig", f"<{A}> {{ {TRIPLE} }}", 400),
        ("multipart/form-data; boundary=x", "nothing", 400),
    ],
)
def test_what_a_graph_takes(client: Client, content_type: str, data: str, status: int) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client.put("/graph-store/new", data=data, headers=headers)
    assert answer.status_code == status
    assert client.get("/graph-store/new").status_code == (200 if status == 201 else 404)


def test_a_refused_body_leaves_the_graph_as_it_was(client: Client) -> None:
    for data in (TRIPLE, TRIPLE + " <broken"):
        client.put("/graph-store?default", data=data, content_type="text/turtle")
    assert count(client, "?s ?p ?o") == 1


def test_relative_names_are_the_graphs_own(client: Client) -> None:
    client.put("/graph-store/a/b", data="<> <p> <c> .", content_type="text/turtle")
    answer = client.get("/graph-store/a/b", headers={"Accept": "application/n-triples"})
    host = "http://localhost/graph-store/a"
    assert answer.data.decode() == f"<{host}/b> <{host}/p> <{host}/c> .\n"


def test_graphs_are_negotiated(client: Client) -> None:
    refused = client.get("/graph-store?default", headers={"Accept": "image/png"})
    assert refused.status_code == 406
    page = client.get("/graph-store?default", headers={"Accept": "text/html, */*;q=0.1"})
    assert page.content_type == "text/turtle; charset=utf-8"


def test_browsers_get_data(client: Client) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    described = client.get("/sparql", headers=accept)
    assert "sd:Service" in described.text
    assert client.get("/sparql?query=ASK%7B%7D", headers=accept).status_code == 200
    only = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": "text/html"})
    assert only.status_code == 406


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost:3000"}, 204),
        ({"Origin": "https://example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "127.0.0.1:8008"}, 204),
        ({"Host": "[::1]:8008"}, 204),
        ({"Host": "rebound.example.org"}, 403),
        ({"Host": "localhost/x"}, 403),
        ({"Host": "localhost:x"}, 403),
        ({"Host": "a@localhost"}, 403),
        ({"Host": "[::1"}, 403),
    ],
)
def test_pages_from_elsewhere_cannot_write(
    client: Client, headers: dict[str, str], status: int
) -> None:
    assert update(client, "CLEAR ALL", **headers).status_code == status


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_only_loopback_is_served(host: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--scratch", "--port", "0", "--host", host])
    assert result.exit_code == 2
    assert "loopback" in result.output
