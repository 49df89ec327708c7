"""What `/openapi.json` promises is what the server does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool
from graph.statements import canonical
from server.app import create_app
from server.discovery import openapi
from tests.test_publish import publish
from vocab.namespaces import RDF

pytestmark = pytest.mark.slow


LINE = canonical.line(RDF.type, RDF.type, RDF.Property)
STATEMENT = LINE.decode()
DIFF = {"source": "y", "from": "1", "to": "2"}
# what each address is asked, of those that need to be
ASKED: dict[str, dict[str, str]] = {
    "/trace": {"of": STATEMENT},
    "/history": {"source": "x"},
    "/diff": DIFF,
    "/bundle": {"statement": STATEMENT},
    "/log/{index}.json": {"index": "1"},
    "/log/{index}.tlog-proof": {"index": "1"},
}


@pytest.fixture(scope="module")
def stated(another: Callable[[], Instance]) -> Instance:
    made = another()
    publish(made, "x", [LINE])
    publish(made, "y", [LINE])
    publish(made, "y", [LINE, canonical.line(RDF.value, RDF.type, RDF.Property)])
    return made


@pytest.fixture(scope="module")
def client(stated: Instance) -> Any:
    with Pool.start(stated, workers=1) as running:
        yield create_app(stated, running).test_client(use_cookies=False)


def test_every_address_answers_in_every_format_it_names(
    client: FlaskClient, stated: Instance
) -> None:
    told = client.get(openapi.ADDRESS).json
    assert told is not None
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        formats = methods["get"]["responses"]["200"]["content"]
        for media_type in formats:
            query = dict(ASKED.get(path, {}))
            if path == "/sparql":
                query = {"query": ASK if is_result(media_type) else CONSTRUCT}
            if "{digest}" in path:
                query = {"digest": a_capture(stated)}
            address = path.format_map(query)
            response = client.get(
                address, query_string=query, headers={"Accept": media_type}, follow_redirects=True
            )
            assert response.status_code == 200, (path, media_type)
            assert response.mimetype == media_type


def a_capture(instance: Instance) -> str:
    """The digest of a validation report, which is shown as captures are."""
    return str(next(item["report"] for item in Ledger(instance) if item["type"] == "Validate"))


def test_parameters_are_those_that_the_addresses_read(client: FlaskClient) -> None:
    """What a description requires is required: without it the answer is no success."""
    told = client.get(openapi.ADDRESS).json
    assert told is not None
    for path, methods in told["paths"].items():
        parameters = methods["get"].get("parameters", [])
        needed = [p["name"] for p in parameters if p.get("required") and p["in"] == "query"]
        for name in needed:
            query = {k: v for k, v in ASKED[path].items() if k != name}
            answer = client.get(path, query_string=query, headers={"Accept": "application/json"})
            assert answer.status_code in {400, 404}, (path, name)
        placed = {p["name"] for p in parameters if p["in"] == "path"}
        assert placed == {part.partition("}")[0] for part in path.split("{")[1:]}


ASK = "SELECT * { ?s ?p ?o } LIMIT 1"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"


def is_result(media_type: str) -> bool:
    return "sparql-results" in media_type or media_type in ("text/csv", "text/tab-separated-values")


def test_both_kinds_of_body_are_read(client: FlaskClient) -> None:
    told = client.get(openapi.ADDRESS).json
    assert told is not None
    kinds = told["paths"]["/sparql"]["post"]["requestBody"]["content"]
    sent = {"application/x-www-form-urlencoded": {"query": ASK}, "application/sparql-query": ASK}
    assert kinds.keys() == sent.keys()
    for media_type, data in sent.items():
        assert client.post("/sparql", data=data, content_type=media_type).status_code == 200


def test_every_parameter_is_read(client: FlaskClient) -> None:
    told = client.get(openapi.ADDRESS).json
    assert told is not None
    names = {one["name"] for one in told["paths"]["/sparql"]["get"]["parameters"]}
    graph = "https://example.mn/graph/x"
    values = {
        "query": "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
        "default-graph-uri": graph,
        "named-graph-uri": graph,
        "format": "csv",
        "timeout": "5",
        "bom": "true",
        "send": "1",  # read in QLever's JSON alone, where tests/test_qlever.py asks for it
    }
    assert names == values.keys()
    response = client.get("/sparql", query_string=values)
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert len(response.text.splitlines()) == 3
    wrong = {"timeout": "soon", "bom": "perhaps", "format": "pdf", "default-graph-uri": "no IRI"}
    for name, value in wrong.items():
        refused = client.get("/sparql", query_string={**values, name: value})
        assert str(refused.status_code) in told["paths"]["/sparql"]["get"]["responses"], name
        assert refused.mimetype == "application/problem+json"
