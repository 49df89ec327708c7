"""Requests and result fields of QLever's clients, above all its user interface.

`READ` and the requests are what the scripts of QLever UI (of April 2026) send and look at; the
interface itself was run against a served instance by hand (docs/federation.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.errors import QueryTooLarge
from graph.core.instance import Instance
from graph.queries import Pool, Query, QueryLimits
from server.app import create_app

pytestmark = pytest.mark.slow

MEDIA_TYPE = "application/qlever-results+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# What the interface asks for, and what it throws an error without.
SENT = {"Accept": MEDIA_TYPE, "Query-Id": "6b1b64cc-ef41-4c78-bfce-23937fbcbacb"}
READ = {
    "query",
    "status",
    "warnings",
    "selected",
    "res",
    "resultsize",
    "time",
    "runtimeInformation",
}
NODE = {
    "description",
    "column_names",
    "result_rows",
    "result_cols",
    "estimated_size",
    "estimated_operation_cost",
    "operation_time",
    "cache_status",
    "status",
    "children",
}
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
TERMS = r"""SELECT * { VALUES (?a ?b ?c) {
  (<x:y> "ө"@mn 1) (UNDEF "say \"𝕏\"\n" "x"^^<x:t>) } }"""


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    app = create_app(small, pool)
    app.testing = True
    return app.test_client(use_cookies=False)


def ask(client: FlaskClient, query: str, status: int = 200, **more: str) -> dict[str, Any]:
    """As the interface asks: a form, by POST."""
    response = client.post("/sparql", data={"query": query, **more}, headers=SENT)
    assert response.status_code == status
    assert response.mimetype == (MEDIA_TYPE if status == 200 else "application/json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    document: dict[str, Any] = json.loads(response.data)
    return document


def rows(number: int) -> str:
    return f"SELECT ?a {{ VALUES ?a {{ {' '.join(map(str, range(number)))} }} }}"


# --- answers ---


def test_an_answer_has_all_that_is_read_of_it(client: FlaskClient) -> None:
    document = ask(client, TERMS, send="100")
    assert document.keys() >= READ
    assert document["query"] == TERMS
    assert document["status"] == "OK"
    assert document["warnings"] == []
    total, computed = (document["time"][name] for name in ("total", "computeResult"))
    assert int(total.removesuffix("ms")) >= int(computed.removesuffix("ms")) >= 0
    assert document["runtimeInformation"]["meta"] == {}
    node = document["runtimeInformation"]["query_execution_tree"]
    assert node.keys() >= NODE
    assert (node["result_rows"], node["result_cols"]) == (2, 3)
    assert node["column_names"] == document["selected"]


def test_terms_are_as_qlever_writes_them(client: FlaskClient) -> None:
    document = ask(client, TERMS)
    assert document["selected"] == ["?a", "?b", "?c"]
    assert document["res"] == [
        ["<x:y>", '"ө"@mn', f'"1"^^{INTEGER}'],
        [None, '"say "𝕏"\n"', '"x"^^<x:t>'],
    ]


def test_ask_is_a_row(client: FlaskClient) -> None:
    document = ask(client, "ASK {}")
    assert document["selected"] == ["?result"]
    assert document["res"] == [['"true"^^<http://www.w3.org/2001/XMLSchema#boolean>']]


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } }",
        "DESCRIBE <https://w3id.org/ulzii/id/place/066>",
    ],
)
def test_triples_are_rows_of_three(client: FlaskClient, query: str) -> None:
    document = ask(client, query)
    assert document["selected"] == ["?subject", "?predicate", "?object"]
    plain = client.post("/sparql", data={"query": query, "format": "nt"}).data
    triples = [quad.triple for quad in ox.parse(plain, ox.RdfFormat.N_TRIPLES)]
    assert len(triples) > 1
    assert sorted(row[0] + row[1] for row in document["res"]) == sorted(
        str(triple.subject) + str(triple.predicate) for triple in triples
    )
    assert document["resultsize"] == len(triples)


# --- truncated rows, and limits ---


@pytest.mark.parametrize("send", [0, 1, 1000, 1500, 2000, 2500, 9999])
def test_a_cut_is_told(client: FlaskClient, send: int) -> None:
    document = ask(client, rows(2500), send=str(send))
    assert [row[0] for row in document["res"]] == [
        f'"{n}"^^{INTEGER}' for n in range(min(send, 2500))
    ]
    assert document["resultsize"] == document["resultSizeTotal"] == 2500
    assert document["resultSizeExported"] == len(document["res"])


def test_a_cut_answer_is_not_kept_for_the_whole(client: FlaskClient) -> None:
    for send, number in (("2", 2), ("3", 3), ("2", 2)):
        assert len(ask(client, rows(10), send=send)["res"]) == number
    assert len(ask(client, rows(10))["res"]) == 10


@pytest.mark.parametrize("form", ["json", "csv"])
def test_other_formats_are_never_cut(client: FlaskClient, form: str) -> None:
    parameters = {"query": rows(10), "format": form}
    whole = client.post("/sparql", data=parameters).data
    assert client.post("/sparql", data={**parameters, "send": "2"}).data == whole


@pytest.mark.parametrize("send", ["-1", "x", "1.5", "²"])
def test_what_is_no_number_of_rows_is_refused(client: FlaskClient, send: str) -> None:
    assert "one number of rows" in ask(client, "ASK {}", 400, send=send)["exception"]


def test_the_address_that_stays_gives_the_same_rows(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": rows(10), "send": "2"}, headers=SENT)
    again = client.get(response.headers["Content-Location"])
    assert again.data == response.data


@pytest.fixture(scope="module")
def narrow(small: Instance) -> Iterator[Pool]:
    limits = QueryLimits(timeout=10.0, rows=5, result=4000)
    with Pool.start(small, workers=1, limits=limits) as pool:
        yield pool


def test_the_limits_are_those_of_other_formats(narrow: Pool) -> None:
    assert json.loads(narrow.run(Query(rows(5), "qlever")).read())["resultsize"] == 5
    with pytest.raises(QueryTooLarge, match="over 5 rows"):
        narrow.run(Query(rows(6), "qlever"))
    first = json.loads(narrow.run(Query(rows(6), "qlever", send=5)).read())
    assert (len(first["res"]), first["resultsize"]) == (5, 6)
    with pytest.raises(QueryTooLarge, match="bytes"):
        narrow.run(Query(f"SELECT (STR({'9' * 3000}) AS ?t) {{}}", "qlever"))
    triples = "CONSTRUCT { <x:a> <x:b> ?a } { VALUES ?a { 1 2 3 4 5 6 } }"
    with pytest.raises(QueryTooLarge, match="over 5 rows"):
        narrow.run(Query(triples, "qlever"))


# --- errors ---


def test_an_error_has_the_shape_of_an_answer(client: FlaskClient) -> None:
    query = "# 𝕏\nSELECT ?x { ?x dcat:foo 1 }"
    document = ask(client, query, 400)
    assert document["status"] == "ERROR"
    assert document["query"] == query
    assert "dcat:" in document["exception"]
    assert "зарлагдаагүй" in document["exception"]
    assert document["resultsize"] == 0
    place = document["metadata"]
    assert query.encode("utf-16-le")[2 * place["startIndex"] :].decode("utf-16-le")[0] == "d"


def test_every_problem_is_told_so(client: FlaskClient) -> None:
    assert "SERVICE" in ask(client, "ASK { SERVICE <http://x.mn/> {} }", 403)["exception"]
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
    late = ask(client, f"SELECT (COUNT(*) AS ?n) {{ {values} }}", 503, timeout="300ms")
    assert late["status"] == "ERROR"
    named = client.get("/sparql", query_string={"query": "ASK {", "format": "qlever"})
    assert named.json
    assert named.json["status"] == "ERROR"


def test_an_update_is_told_why_it_is_refused(client: FlaskClient) -> None:
    sent = {"update": "INSERT DATA {}", "send": "100"}
    response = client.post("/sparql", data=sent, headers=SENT)
    assert response.status_code in {400, 401}
    assert response.json
    assert response.json["status"] == "ERROR"
    assert response.json["query"] == "INSERT DATA {}"


def test_others_get_problems_as_ever(client: FlaskClient) -> None:
    for accept in ("*/*", f"application/json, {MEDIA_TYPE};q=0.5", BROWSER + ";q=0"):
        response = client.post("/sparql", data={"query": "ASK {"}, headers={"Accept": accept})
        assert response.mimetype in {"application/problem+json", "text/html"}


# --- the other things its clients ask for ---


def test_statistics_are_those_of_the_default_graph(client: FlaskClient) -> None:
    response = client.get("/sparql?cmd=stats")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    count = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")["res"][0][0]
    assert response.json
    assert count == f'"{response.json["num-triples-normal"]}"^^{INTEGER}'
    assert "https://example.mn/" in response.json["name-index"]


def test_other_commands_are_refused(client: FlaskClient) -> None:
    response = client.get("/sparql?cmd=clear-cache")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    with_query = client.get("/sparql", query_string={"query": "ASK {}", "cmd": "clear-cache"})
    assert with_query.status_code == 200


@pytest.mark.parametrize(
    ("action", "media_type"),
    [("csv_export", "text/csv"), ("tsv_export", "text/tab-separated-values")],
)
def test_links_to_downloads_work_in_a_browser(
    client: FlaskClient, action: str, media_type: str
) -> None:
    parameters = {"query": rows(3), "action": action}
    response = client.get("/sparql", query_string=parameters, headers={"Accept": BROWSER})
    assert response.mimetype == media_type
    assert response.text.count("\n") == 4


@pytest.mark.parametrize("timeout", ["5000ms", "5s", "5", "0.5s"])
def test_times_have_units(client: FlaskClient, timeout: str) -> None:
    assert ask(client, "ASK {}", timeout=timeout)["status"] == "OK"


@pytest.mark.parametrize("timeout", ["5min", "ms", "-5s", "5sms"])
def test_other_units_are_refused(client: FlaskClient, timeout: str) -> None:
    assert "number of seconds" in ask(client, "ASK {}", 400, timeout=timeout)["exception"]


def test_its_headers_are_allowed_from_other_origins(client: FlaskClient) -> None:
    headers = {"Origin": "http://else.where", "Access-Control-Request-Headers": "query-id"}
    response = client.options("/sparql", headers=headers)
    assert response.status_code == 204
    assert "Query-Id" in response.headers["Access-Control-Allow-Headers"]


def test_documents_are_not_written_so(client: FlaskClient) -> None:
    for path in ("/id/place/066", "/graph-store?graph=https://example.mn/graph/a", "/sparql"):
        assert client.get(path, headers={"Accept": MEDIA_TYPE}).status_code == 406
