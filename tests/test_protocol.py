"""The SPARQL Protocol over HTTP, on the published endpoint: methods, formats, datasets."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import FORMATS, Pool
from server.app import create_app

A, B = "https://example.mn/graph/a", "https://example.mn/graph/b"
AIMAG = "https://w3id.org/ulzii/id/place/066"
NUMBER = "https://w3id.org/ulzii/def/core#number"
SELECT = f"SELECT ?n {{ <{AIMAG}> <{NUMBER}> ?n }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{AIMAG}> <{NUMBER}> ?n }}"
SUM = f"SELECT (SUM(?n) AS ?sum) %s {{ ?s <{NUMBER}> ?n }}"
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv; charset=utf-8"


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    app = create_app(small, pool)
    app.testing = True
    return app.test_client(use_cookies=False)


def address(query: str, **parameters: str) -> str:
    return "/sparql?" + urlencode({"query": query, **parameters}, quote_via=quote)


# --- the ways to ask ---


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("GET", {"path": address(SELECT, format="csv")}),
        ("POST", {"data": {"query": SELECT, "format": "csv"}}),
        ("QUERY", {"data": {"query": SELECT, "format": "csv"}}),
        (
            "POST",
            {
                "path": "/sparql?format=csv",
                "data": SELECT,
                "content_type": "application/sparql-query",
            },
        ),
        (
            "QUERY",
            {
                "path": "/sparql?format=csv",
                "data": SELECT,
                "content_type": "application/sparql-query",
            },
        ),
    ],
)
def test_every_way_gives_the_same(client: FlaskClient, method: str, given: dict[str, Any]) -> None:
    response = client.open(**({"path": "/sparql"} | given), method=method)
    assert (response.status_code, response.text) == (200, "n\r\n5\r\n")


@pytest.mark.parametrize(
    "path",
    [
        address(SELECT),
        address("ASK {}", format="csv", bom="true"),
        address(CONSTRUCT, format="jsonld"),
        address("SELECT oops"),
        address(SELECT, format="ttl"),
        "/sparql",
        "/sparql?format=nt",
    ],
)
def test_head_is_get_without_a_body(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    volatile = {"Date", "Server-Timing"}
    assert head.status_code == got.status_code
    assert {k: v for k, v in head.headers if k not in volatile} == {
        k: v for k, v in got.headers if k not in volatile
    }
    assert head.data == b""
    assert got.data


def test_raw_bytes_in_an_address_and_a_form_are_utf8(client: FlaskClient) -> None:
    query = 'SELECT ("Өлзий" AS ?x) {}'
    typed = {"content_type": "application/x-www-form-urlencoded"}
    sent = client.post("/sparql", data=f"query={query}&format=csv".encode(), **typed)
    assert sent.text == "x\r\nӨлзий\r\n"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_say_which_there_are(client: FlaskClient, method: str) -> None:
    response = client.open("/sparql", method=method)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST", "QUERY", "OPTIONS"} <= set(response.headers["Allow"].split(", "))


def test_an_unknown_body_is_told_what_is_taken(client: FlaskClient) -> None:
    response = client.post("/sparql", data="{}", content_type="application/json")
    assert response.status_code == 415
    assert "application/sparql-query" in response.headers["Accept"]
    assert "application/x-www-form-urlencoded" in response.headers["Accept"]


def test_options_tell_how_to_ask(client: FlaskClient) -> None:
    headers = client.options("/sparql").headers
    assert '"application/sparql-query"' in headers["Accept-Query"]
    assert "Timeout" in headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["GET", "QUERY"])
def test_safe_methods_may_be_conditional(client: FlaskClient, method: str) -> None:
    sent = {"data": "ASK {}", "content_type": "application/sparql-query"}
    given: dict[str, Any] = sent if method == "QUERY" else {}
    path = "/sparql" if method == "QUERY" else address("ASK {}")
    first = client.open(path, method=method, **given)
    again = client.open(
        path, method=method, headers={"If-None-Match": first.headers["ETag"]}, **given
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("query", "status", "column"),
    [("ASK {\n  SERVICE <http://e/> {} }", 403, 3), ("ASK\n" + "{" * 200 + "}" * 200, 400, 101)],
)
def test_what_is_refused_is_shown_too(
    client: FlaskClient, query: str, status: int, column: int
) -> None:
    response = client.get(address(query))
    found = response.get_json(force=True)
    assert response.status_code == status
    assert (found["line"], found["column"]) == (2, column)
    line, mark = found["excerpt"].split("\n")
    assert line[mark.index("^")] == query.split("\n")[1][column - 1]
    assert found["detail_mn"]


# --- what the client accepts ---


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        pytest.param("*/*", 200, JSON, id="star"),
        pytest.param("text/*", 200, CSV, id="substar"),
        pytest.param(f"{JSON};charset=utf-8", 200, JSON, id="good"),
        pytest.param("application/foo", 406, "", id="bad"),
        pytest.param(f"text/foo;q=0.5 , {XML} ; q = 0.7", 200, XML, id="explicit_priority"),
        pytest.param(f"{XML},{JSON};q=0.9", 200, XML, id="implicit_priority"),
        pytest.param("text/csv,text/foo", 200, CSV, id="implicit_priority_of_what_is_known"),
        pytest.param(f"{JSON};q=0.9,text/csv", 200, CSV, id="implicit_and_explicit_priority"),
        pytest.param(f"*/*, {JSON};q=0", 200, XML, id="exclusion"),
        pytest.param(f"text/*;q=0, {XML};q=0, */*", 200, JSON, id="wildcard_exclusion"),
        pytest.param("text/*;q=0, text/csv", 200, CSV, id="wildcard_exclusion_with_exception"),
        pytest.param("application/*;q=0.1, text/csv;q=0.2", 200, CSV, id="substar_priority"),
        pytest.param(
            "text/csv;charset=utf-8;q=0.1, text/csv;q=0.9, application/*;q=0.5",
            200,
            JSON,
            id="parameter_specificity",
        ),
        pytest.param("text/csv;charset=utf-16", 406, "", id="incompatible_charset"),
        pytest.param("text/turtle", 406, "", id="of_another_kind"),
        pytest.param(f"{XML}; version=1.2", 200, XML, id="version"),
        pytest.param("application/json", 200, "application/json", id="alias"),
    ],
)
def test_get_query_accept(client: FlaskClient, accept: str, status: int, content_type: str) -> None:
    response = client.get(address(SELECT), headers={"Accept": accept})
    assert response.status_code == status
    assert "Accept" in response.headers["Vary"]
    if status == 200:
        assert response.content_type == content_type
        assert "5" in response.text


@pytest.mark.parametrize("chosen", [f for f in FORMATS if f.engine], ids=lambda f: f.name)
def test_every_format_can_be_read(client: FlaskClient, chosen: Any) -> None:
    query = SELECT if chosen.kind == "results" else CONSTRUCT
    response = client.get(address(query), headers={"Accept": chosen.media_type})
    assert response.content_type == chosen.content_type
    if chosen.kind == "graph":
        [quad] = ox.parse(response.data, chosen.engine)
        assert quad.object == ox.Literal(5)
    elif chosen.name == "csv":
        assert list(csv.reader(io.StringIO(response.text))) == [["n"], ["5"]]
    else:
        found = ox.parse_query_results(response.data, chosen.engine)
        assert isinstance(found, ox.QuerySolutions)
        assert [row["n"] for row in found] == [ox.Literal(5)]


def test_a_profile_of_json_ld_is_no_obstacle(client: FlaskClient) -> None:
    accept = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"'
    response = client.get(address(CONSTRUCT), headers={"Accept": accept})
    assert response.content_type == "application/ld+json"


# --- parameters ---


def test_spreadsheets_get_a_byte_order_mark(client: FlaskClient) -> None:
    query = f'SELECT ?l {{ <{AIMAG}> ?p ?l FILTER(LANG(?l) = "mn") }}'
    for name in ("csv", "tsv"):
        plain = client.get(address(query, format=name))
        marked = client.get(address(query, format=name, bom="true"))
        assert marked.data == b"\xef\xbb\xbf" + plain.data
        assert marked.headers["Content-Length"] == str(len(marked.data))
        assert marked.headers["ETag"] != plain.headers["ETag"]
    assert client.get(address(query, format="json", bom="true")).status_code == 406
    assert client.get(address(query, format="csv", bom="perhaps")).status_code == 400


@pytest.mark.parametrize(
    ("parameters", "headers"),
    [
        ({"timeout": "0.2"}, {}),
        ({}, {"Timeout": "0.2"}),
        ({}, {"Prefer": "respond-async, wait=0"}),
        ({"timeout": "0.2"}, {"Timeout": "60"}),
    ],
)
def test_a_client_may_wait_less(
    client: FlaskClient, parameters: dict[str, str], headers: dict[str, str]
) -> None:
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
    query = f"SELECT (COUNT(*) AS ?n) {{ {values} }}"
    response = client.get(address(query, **parameters), headers=headers)
    assert response.status_code == 503
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("timeout", ["soon", "-1", "nan", "inf", "1e9"])
def test_a_timeout_is_a_number_of_seconds(client: FlaskClient, timeout: str) -> None:
    assert client.get(address("ASK {}", timeout=timeout)).status_code == 400


@pytest.mark.parametrize(
    ("header", "status"),
    [("Second-9, Infinite", 200), ("infinite", 200), ("5", 200), ("", 200)]
    + [(wrong, 400) for wrong in ("abc", "-1", "nan", "5 s", "5, 6")],
)
def test_the_header_says_what_the_parameter_says(
    client: FlaskClient, header: str, status: int
) -> None:
    response = client.get(address("ASK {}"), headers={"Timeout": header})
    assert response.status_code == status


def test_an_answer_says_how_long_it_waited_and_ran(client: FlaskClient) -> None:
    query = address("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }")
    timing = client.get(query).headers["Server-Timing"]
    found = re.fullmatch(r"wait;dur=([0-9.]+), run;dur=([0-9.]+)", timing)
    assert found and float(found[2]) > 0
    assert "Server-Timing" not in client.get(query).headers  # kept, so nothing ran


# --- datasets over graphs that hold the same triple ---


@pytest.mark.parametrize(
    ("query", "parameters", "total"),
    [
        (SUM % "", [], "5"),
        (SUM % f"FROM <{A}> FROM <{B}>", [], "5"),
        (SUM % f"FROM <{B}> FROM <{B}>", [], "5"),
        (SUM % "FROM <graph/a> FROM <graph/b>", [], "5"),
        (SUM % "", [("default-graph-uri", A), ("default-graph-uri", B)], "5"),
        (SUM % "FROM <http://none/>", [("default-graph-uri", A), ("default-graph-uri", B)], "5"),
        (SUM % f"FROM <{A}> FROM <{B}>", [("default-graph-uri", "http://none/")], "0"),
        (SUM % "", [("named-graph-uri", A)], "0"),
        (
            f"SELECT (SUM(?n) AS ?sum) {{ GRAPH ?g {{ ?s <{NUMBER}> ?n }} }}",
            [("default-graph-uri", A), ("default-graph-uri", B), ("named-graph-uri", B)],
            "5",
        ),
        (f"SELECT (SUM(?n) AS ?sum) {{ GRAPH ?g {{ ?s <{NUMBER}> ?n }} }}", [], "10"),
    ],
)
def test_overlapping_graphs_are_merged(
    client: FlaskClient, query: str, parameters: list[tuple[str, str]], total: str
) -> None:
    asked = [("query", query), ("format", "csv"), *parameters]
    by_get = client.get("/sparql?" + urlencode(asked))
    assert by_get.text == f"sum\r\n{total}\r\n"
    typed = {"content_type": "application/x-www-form-urlencoded"}
    assert client.post("/sparql", data=urlencode(asked), **typed).text == by_get.text


# --- relative IRIs ---


def test_relative_iris_refer_to_the_endpoint(client: FlaskClient) -> None:
    found = client.get(address("SELECT (<> AS ?a) (<id/x> AS ?b) (<#c> AS ?c) {}", format="csv"))
    base = "https://example.mn/"
    assert found.text == f"a,b,c\r\n{base}sparql,{base}id/x,{base}sparql#c\r\n"


def test_a_base_in_the_query_wins(client: FlaskClient) -> None:
    query = "BASE <http://e/x/> SELECT (<y> AS ?a) {}"
    assert client.get(address(query, format="csv")).text == "a\r\nhttp://e/x/y\r\n"
