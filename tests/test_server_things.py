"""Documents and pages of things over a real pool, and what is not found."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from server import texts
from server.app import create_app
from server.http import problem_types
from server.sparql import examples
from tests.small_server import BROWSER, client, problem

__all__ = ["client"]
pytestmark = pytest.mark.slow


# --- things ---


@pytest.mark.parametrize(
    ("accept", "extension"),
    [("", "html"), ("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("text/csv", "csv")],
)
def test_a_thing_leads_to_its_document(client: FlaskClient, accept: str, extension: str) -> None:
    response = client.get("/id/place/066", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/id/place/066.{extension}"
    assert "Accept" in response.headers["Vary"]


def test_the_language_of_an_address_outlives_the_redirect(client: FlaskClient) -> None:
    for query in ("?lang=en", ""):
        location = client.get(f"/id/place/066{query}", headers=BROWSER).headers["Location"]
        assert location == f"/id/place/066.html{query}"


def statements(response: Any) -> list[ox.Quad]:
    assert response.status_code == 200
    return list(ox.parse(response.data, ox.RdfFormat.N_TRIPLES))


def test_extension_and_format_beat_accept(client: FlaskClient) -> None:
    by_extension = client.get("/id/place/066.nt", headers=BROWSER)
    by_format = client.get("/id/place/066?format=nt", headers=BROWSER)
    assert by_extension.content_type == "application/n-triples"
    assert by_extension.headers["Ulzii-Snapshot"] == "1"
    assert statements(by_extension) == statements(by_format)
    assert len(statements(by_extension)) == 9


def test_a_document_seen_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/id/place/066.ttl").headers["ETag"]
    assert client.get("/id/place/066.ttl", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("path", ["/id/dataset/a/x%2Fy", "/id/dataset/a/x%2fy"])
def test_things_under_the_base_and_their_escapes(client: FlaskClient, path: str) -> None:
    location = client.get(path, headers={"Accept": "text/turtle"}).headers["Location"]
    assert location == "/id/dataset/a/x%2Fy.ttl"
    assert "Өгөгдөл" in client.get(location).text


def test_statements_as_a_table(client: FlaskClient) -> None:
    rows = client.get("/id/place/0668.csv").text.splitlines()
    assert rows[0] == "subject,property,value,language,datatype"
    assert any(row.endswith("#label,Сум,mn,") for row in rows)


def test_the_page_of_a_thing(client: FlaskClient) -> None:
    page = client.get("/id/place/066.html?lang=mn")
    assert page.headers["Content-Language"] == "mn"
    assert '<h1>Өвөрхангай <small lang="en">Uvurkhangai</small></h1>' in page.text
    assert 'id="contact"' in page.text  # the anchor of the part
    assert "https://example.mn/graph/b" in page.text  # who says it
    assert "Үүнийг заасан" in page.text  # the dataset points here
    english = client.get("/id/place/066.html", headers={"Accept-Language": "en"})
    assert "<h1>Uvurkhangai" in client.get("/id/place/066.html?lang=en").text
    assert english.headers["Content-Language"] == "en"


def test_a_named_graph_is_what_it_holds(client: FlaskClient) -> None:
    assert len(statements(client.get("/graph/b.nt"))) == 2
    assert "066" in client.get("/graph/b.html").text


def test_the_unknown_is_not_found(client: FlaskClient) -> None:
    problem(client.get("/id/place/999"), 404, "not-found")
    page = client.get("/id/place/999", headers=BROWSER)
    assert page.status_code == 404
    assert "Энэ хаягаар юу ч олдсонгүй" in page.text
    problem(client.get("/id/place/066", headers={"Accept": "image/png"}), 406, "not-acceptable")


@pytest.mark.parametrize("path", ["/id/%3E%20%7D", "/id/%00", "/id/%FF", "/%", "/id/x%0d%0aA:b"])
def test_strange_addresses_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


# --- start page, health, problems ---


def test_the_language_is_remembered(small: Instance, pool: Pool) -> None:
    own = create_app(small, pool).test_client()
    assert '<html lang="en">' in own.get("/?lang=en").text
    assert '<html lang="en">' in own.get("/").text
    assert '<html lang="mn">' in own.get("/?lang=mn").text


def test_every_example_runs(client: FlaskClient) -> None:
    for example in examples.examples("https://example.mn/"):
        assert client.get("/sparql?query=" + quote(example.query)).status_code == 200
        assert example.title["mn"]
        assert example.title["en"]


def test_health(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    told = dict(response.json or {})
    assert told.pop("wall") in {"namespace", "filter", "none"}
    assert told.pop("failing_sources") == []
    assert told == {"status": "ok", "snapshot": "1", "ledger": 1, "workers": 2}


def test_every_problem_has_a_page(client: FlaskClient) -> None:
    for name, kind in problem_types.KINDS.items():
        page = client.get(f"/problem/{name}")
        assert page.status_code == 200
        assert kind.mn in page.text
        assert kind.en in page.text
    problem(client.get("/problem/none"), 404, "not-found")


def test_an_empty_instance_says_so(instance: Instance) -> None:
    with Pool.start(instance, workers=1) as empty:
        own = create_app(instance, empty).test_client()
        assert texts.TEXTS["nothing"][0] in own.get("/").text
        found = own.get("/sparql?query=ASK{}")
        problem(found, 503, "not-ready")
        assert own.get("/sparql").status_code == 200
        health = own.get("/healthz")
        assert health.json is not None
        assert health.json["status"] == "nothing is published"
