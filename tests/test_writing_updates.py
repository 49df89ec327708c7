"""SPARQL Update over HTTP, by token; restricted graphs; what is written at once."""

from __future__ import annotations

import threading
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graph import snapshots
from graph.audit.verify import verify
from graph.core.instance import Instance
from graph.queries import Pool
from tests.written_graphs import (
    BASE,
    DIRECT,
    NOTES,
    TTL,
    A,
    Headers,
    client,
    filled,
    pool,
    problem,
    read,
    site,
    token,
    update,
)

__all__ = ["client", "filled", "pool", "site", "token"]
pytestmark = pytest.mark.slow


def test_an_update_direct_and_as_a_form(
    client: FlaskClient, token: Headers, filled: str, pool: Pool
) -> None:
    assert filled
    done = update(client, f"INSERT DATA {{ GRAPH <{NOTES}> {{ <a> <http://e/p> 1 }} }}", token)
    assert done.status_code == 200
    assert done.headers["Ulzii-Snapshot"] == pool.snapshot()
    assert f"<{BASE}a>" in read(client)
    form = {"update": f"DELETE WHERE {{ GRAPH <{NOTES}> {{ <{BASE}a> ?p ?o }} }}"}
    assert client.post("/sparql", data=form, headers=token).status_code == 200
    assert read(client) == A + "\n"


def test_the_protocols_dataset(client: FlaskClient, token: Headers, filled: str) -> None:
    assert filled
    text = f'INSERT {{ GRAPH <{NOTES}> {{ ?s ?p "4" }} }} WHERE {{ ?s ?p "1" }}'
    assert update(client, text, token, f"?using-graph-uri={NOTES}").status_code == 200
    assert '"4"' in read(client)
    both = update(client, f"WITH <{NOTES}> {text}", token, f"?using-graph-uri={NOTES}")
    problem(both, 400)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("INSERT DATA { <http://e/a> <http://e/p> 1 }", 403),
        ("INSERT DATA { GRAPH <http://e/g> { <http://e/a> <http://e/p> 1 } }", 403),
        ("LOAD <http://127.0.0.1/x>", 403),
        ("LOAD SILENT <http://127.0.0.1/x>", 204),
        ("DELETE WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403),
        ("INSERT DATA { oops", 400),
        ("SELECT * { ?s ?p ?o }", 400),
        (f"CREATE GRAPH <{NOTES}>", 409),
        ("", 204),
    ],
)
def test_updates_that_are_refused(
    client: FlaskClient, token: Headers, filled: str, text: str, status: int
) -> None:
    assert filled
    found = update(client, text, token)
    assert found.status_code == status, found.text
    assert read(client) == A + "\n"


def test_an_update_wants_a_token_and_post(client: FlaskClient, token: Headers) -> None:
    text = f"INSERT DATA {{ GRAPH <{NOTES}> {{ <http://e/x> <http://e/p> 1 }} }}"
    problem(update(client, text, {}), 401)
    problem(client.post("/sparql", data={"update": text}), 401)
    problem(client.get("/sparql?update=" + quote(text), headers=token), 400)
    problem(client.post("/sparql", data={"update": [text, text]}, headers=token), 400)
    problem(client.post("/sparql", data={"update": text, "query": "ASK{}"}, headers=token), 400)


# --- what is restricted ---


def test_restricted_graphs_are_read_with_a_token(client: FlaskClient, token: Headers) -> None:
    secret = '<http://e/s> <http://e/p> "secret" .'
    client.put("/graph-store/drafts", data=secret, headers=token | TTL)
    mine = client.get("/graph-store/drafts", headers=token | {"Accept": "application/n-triples"})
    assert mine.text == secret + "\n"
    assert mine.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in mine.headers["Vary"]
    known = {"If-None-Match": mine.headers["ETag"], "Accept": "application/n-triples"}
    problem(client.get("/graph-store/drafts", headers=known), 404)
    problem(client.get(f"/graph-store?graph={BASE}graph/drafts"), 404)
    unknown = client.get("/graph-store/unknown").text.replace("unknown", "drafts")
    assert client.get("/graph-store/drafts").text == unknown
    assert "secret" not in client.get("/graph-store?default").text


def test_a_preflight_allows_what_is_needed(client: FlaskClient) -> None:
    found = client.options(DIRECT, headers={"Origin": "https://else.where"})
    assert found.status_code == 204
    assert "PATCH" in found.headers["Access-Control-Allow-Methods"]
    for name in ("Authorization", "If-Match", "Content-Type"):
        assert name in found.headers["Access-Control-Allow-Headers"]


def test_no_token_stands_in_the_ledger_or_beside_it(
    site: Instance, client: FlaskClient, token: Headers, filled: str
) -> None:
    assert filled
    text = token["Authorization"].split()[1]
    for path in site.root.rglob("*"):
        if path.is_file():
            assert text.encode() not in path.read_bytes(), path


def test_writes_at_once_are_done_one_after_another(
    client: FlaskClient, token: Headers, filled: str
) -> None:
    assert filled
    statuses = []

    def add(number: int) -> None:
        data = f"<http://e/{number}> <http://e/p> {number} ."
        own = client.application.test_client()
        status = 503  # which asks to try again later, and is right on a very busy machine
        for _ in range(10):
            if status == 503:
                status = own.post(DIRECT, data=data, headers=token | TTL).status_code
        statuses.append(status)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200, 200, 200]
    assert len(read(client).splitlines()) == 4


def test_the_whole_is_as_the_ledger_says(site: Instance) -> None:
    assert snapshots.current(site)
    assert [p.message for p in verify(site)] == []
