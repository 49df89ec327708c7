"""The endpoint over a real pool: methods, formats, errors, forms."""

from __future__ import annotations

from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.queries import FORMATS
from tests.small_server import AIMAG, BROWSER, client, problem

__all__ = ["client"]
pytestmark = pytest.mark.slow
ASK = "/sparql?query=" + quote("ASK { ?s ?p ?o }")
CONSTRUCT = "/sparql?query=" + quote(f"CONSTRUCT WHERE {{ <{AIMAG}> ?p ?o }}")
VALUES = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
FOR_EVER = "/sparql?query=" + quote(f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}")


# --- the endpoint ---


def test_get(client: FlaskClient) -> None:
    response = client.get(ASK)
    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    assert response.json == {"head": {}, "boolean": True}
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Ulzii-Snapshot"] == "1"
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_direct(client: FlaskClient, method: str) -> None:
    response = client.open(
        "/sparql", method=method, data="ASK {}", content_type="application/sparql-query"
    )
    assert response.json == {"head": {}, "boolean": True}


def test_form(client: FlaskClient) -> None:
    data = {"query": "SELECT ?g { GRAPH ?g {} } ORDER BY ?g", "format": "csv"}
    data["named-graph-uri"] = "https://example.mn/graph/b"
    response = client.post("/sparql", data=data)
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text == "g\r\nhttps://example.mn/graph/b\r\n"


def test_dataset_parameters_of_a_direct_post_are_in_the_address(client: FlaskClient) -> None:
    response = client.post(
        "/sparql?format=csv&default-graph-uri=https://example.mn/graph/a"
        "&default-graph-uri=https://example.mn/graph/b",
        data="SELECT (SUM(?n) AS ?sum) { ?s <https://w3id.org/ulzii/def/core#number> ?n }",
        content_type="application/sparql-query; charset=utf-8",
    )
    assert response.text == "sum\r\n5\r\n"


def test_head_has_the_headers_alone(client: FlaskClient) -> None:
    response = client.head(ASK)
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(client.get(ASK).data))
    assert response.data == b""


def test_options(client: FlaskClient) -> None:
    response = client.options("/sparql", headers={"Origin": "https://else.where"})
    assert response.status_code == 204
    assert "QUERY" in response.headers["Access-Control-Allow-Methods"]
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("name", [f.name for f in FORMATS])
def test_every_format_by_name_and_by_accept(client: FlaskClient, name: str) -> None:
    [form] = [f for f in FORMATS if f.name == name]
    address = ASK if form.kind == "results" else CONSTRUCT
    by_name = client.get(f"{address}&format={name}", headers=BROWSER)
    by_accept = client.get(address, headers={"Accept": form.media_type})
    assert by_name.content_type == by_accept.content_type == form.content_type
    assert by_name.data == by_accept.data
    assert ("charset=utf-8" in form.content_type) == form.media_type.startswith("text/")


def test_an_unknown_format_lists_what_there_is(client: FlaskClient) -> None:
    found = problem(client.get(ASK, headers={"Accept": "image/png"}), 406, "not-acceptable")
    assert "csv (text/csv)" in found["hint"]
    problem(client.get(ASK + "&format=ttl"), 406, "not-acceptable")


def test_what_was_seen_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(ASK)
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    again = client.get(ASK, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert client.get(ASK + "&format=csv").headers["ETag"] != etag
    assert client.get(ASK, headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_may_differ_next_time_has_no_validator(client: FlaskClient) -> None:
    response = client.get("/sparql?query=" + quote("SELECT (RAND() AS ?r) {}"))
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_a_syntax_error_says_where(client: FlaskClient) -> None:
    found = problem(client.get("/sparql?query=SELECT%20*%0A%7B"), 400, "syntax")
    assert found["line"] == 2
    assert found["column"] > 1


@pytest.mark.parametrize(
    ("address", "status", "name"),
    [
        ("/sparql?query=ASK{}&query=ASK{}", 400, "bad-request"),
        ("/sparql?default-graph-uri=http://e/", 400, "bad-request"),
        ("/sparql?update=CLEAR%20ALL", 400, "bad-request"),
        ("/sparql?query=ASK{}&timeout=soon", 400, "bad-request"),
        ("/sparql?query=%FF", 400, "bad-request"),
        ("/sparql?query=ASK{}&default-graph-uri=no%20iri", 400, "syntax"),
        ("/sparql?query=" + "ASK{SERVICE<http://e/>{}}", 403, "refused"),
        ("/sparql?query=ASK" + "{" * 200 + "}" * 200, 400, "too-complex"),
        (FOR_EVER.replace(quote("(COUNT(*) AS ?n)"), "*"), 413, "too-large"),
    ],
)
def test_wrong_requests(client: FlaskClient, address: str, status: int, name: str) -> None:
    assert problem(client.get(address), status, name)["detail"]


def test_wrong_bodies(client: FlaskClient) -> None:
    problem(client.post("/sparql", data="ASK {}"), 415, "unsupported-media-type")
    latin = {"content_type": "application/sparql-query; charset=latin-1"}
    problem(client.post("/sparql", data="ASK {}", **latin), 415, "unsupported-media-type")
    plain = {"content_type": "application/sparql-query"}
    problem(client.post("/sparql", data=b"ASK {} # \xff", **plain), 400, "bad-request")
    problem(client.post("/sparql", data=b"#" * 400_000, **plain), 413, "too-large")
    problem(client.post("/sparql", data=b"#" * 150_000, **plain), 413, "too-large")


def test_a_wrong_method(client: FlaskClient) -> None:
    response = client.put("/sparql", data="ASK {}")
    problem(response, 405, "method-not-allowed")
    assert "QUERY" in response.headers["Allow"]


def test_a_query_for_ever_is_told_to_come_back(client: FlaskClient) -> None:
    response = client.get(FOR_EVER + "&timeout=0.3")
    problem(response, 503, "timeout")
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_without_a_query_the_service_describes_itself(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "application/n-triples"})
    quads = list(ox.parse(response.data, ox.RdfFormat.N_TRIPLES))
    sd = "http://www.w3.org/ns/sparql-service-description#"
    found = {
        (str(q.predicate.value).removeprefix(sd), getattr(q.object, "value", "")) for q in quads
    }
    assert ("endpoint", "http://localhost/sparql") in found
    assert ("name", "https://example.mn/graph/a/findings") in found
    assert ("resultFormat", "http://www.w3.org/ns/formats/SPARQL_Results_CSV") in found
    assert not any(isinstance(t, ox.BlankNode) for q in quads for t in (q.subject, q.object))
    assert client.get("/sparql").content_type == "text/turtle; charset=utf-8"


# --- pages of the endpoint ---


def test_browsers_get_a_form_and_a_table(client: FlaskClient) -> None:
    assert "<textarea" in client.get("/sparql", headers=BROWSER).text
    select = f"SELECT ?label {{ <{AIMAG}> ?p ?label }}"
    page = client.get("/sparql?query=" + quote(select), headers=BROWSER)
    assert page.status_code == 200
    assert "Өвөрхангай" in page.text
    assert select.replace("<", "&lt;").replace(">", "&gt;") in page.text


def test_a_form_sent_by_a_browser_gets_a_page_too(client: FlaskClient) -> None:
    page = client.post("/sparql", data={"query": "ASK {}"}, headers=BROWSER)
    assert "Тийм" in page.text


def test_an_error_keeps_the_query_in_the_form(client: FlaskClient) -> None:
    page = client.get("/sparql?query=SELECT%20oops&lang=en", headers=BROWSER)
    assert page.status_code == 400
    assert "SELECT oops</textarea>" in page.text
    assert "The query is not valid SPARQL" in page.text


def test_markup_in_data_and_queries_is_escaped(client: FlaskClient) -> None:
    query = 'SELECT ("<script>alert(1)</script>" AS ?x) {}'
    page = client.get("/sparql?query=" + quote(query), headers=BROWSER).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
