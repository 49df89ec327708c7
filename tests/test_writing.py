"""Writing over HTTP with the Graph Store Protocol, by token."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.writer_lock import hold_writer_lock
from graph.queries import FORMATS, Pool
from server.app import create_app
from server.auth.tokens import TokenStore
from server.updates import writer
from tests.written_graphs import (
    BASE,
    DIRECT,
    NOTES,
    TTL,
    UPDATE,
    A,
    Headers,
    client,
    filled,
    pool,
    problem,
    read,
    site,
    token,
)

__all__ = ["client", "filled", "pool", "site", "token"]
pytestmark = pytest.mark.slow


# --- the Graph Store Protocol ---


def test_a_new_graph_is_created_and_says_where(client: FlaskClient, token: Headers) -> None:
    client.delete(DIRECT, headers=token)
    made = client.put(f"/graph-store?graph={quote(NOTES)}", data=A, headers=token | TTL)
    assert made.status_code == 201
    assert made.headers["Location"] == "http://localhost/graph-store/notes"
    told = json.loads(made.data)
    assert told["graph"] == NOTES
    assert told["version"] == made.headers["Ulzii-Version"]
    assert told["version"].startswith(f"{BASE}id/source/notes/v/")
    assert made.headers["Ulzii-Snapshot"] == str(told["snapshot"])
    got = client.get(DIRECT, headers={"Accept": "application/n-triples"})
    assert got.headers["Ulzii-Snapshot"] == made.headers["Ulzii-Snapshot"]
    assert got.text == A.replace("  ", " ") + "\n"


def test_put_post_patch_delete(client: FlaskClient, token: Headers, filled: str) -> None:
    assert filled
    added = client.post(DIRECT, data='<http://e/b> <http://e/p> "2" .', headers=token | TTL)
    assert added.status_code == 200
    assert sorted(read(client).splitlines()) == [A, '<http://e/b> <http://e/p> "2" .']
    text = 'DELETE { ?s ?p "1" } INSERT { ?s ?p "3" } WHERE { ?s ?p "1" }'
    assert client.patch(DIRECT, data=text, headers=token | UPDATE).status_code == 200
    assert '"3"' in read(client)
    assert client.delete(DIRECT, headers=token).status_code == 200
    problem(client.get(DIRECT), 404)
    assert client.delete(DIRECT, headers=token).status_code == 204


def test_nothing_new_is_204_and_no_snapshot(
    client: FlaskClient, token: Headers, filled: str, pool: Pool
) -> None:
    before = pool.snapshot()
    assert client.put(DIRECT, data=f"  {A} ", headers=token | TTL).status_code == 204
    assert pool.snapshot() == before


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.kind == "graph"])
def test_every_format(client: FlaskClient, filled: str, name: str) -> None:
    assert filled
    [form] = [f for f in FORMATS if f.name == name]
    accept = form.media_type
    assert isinstance(form.engine, ox.RdfFormat)
    got = client.get(DIRECT, headers={"Accept": accept})
    assert got.status_code == 200
    assert got.content_type == form.content_type
    assert [f"{q.triple} ." for q in ox.parse(got.data, form.engine)] == [A]
    assert client.get(f"{DIRECT}?format={name}").data == got.data
    assert got.headers["Content-Length"] == str(len(got.data))
    head = client.head(DIRECT, headers={"Accept": accept})
    assert head.data == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.headers["ETag"] == got.headers["ETag"]
    again = client.get(DIRECT, headers={"Accept": accept, "If-None-Match": got.headers["ETag"]})
    assert again.status_code == 304


def test_formats_that_are_not(client: FlaskClient, token: Headers, filled: str) -> None:
    assert filled
    assert "ttl" in problem(client.get(DIRECT, headers={"Accept": "image/png"}), 406)["hint"]
    wrong = {"Content-Type": "text/csv"}
    assert "turtle" in problem(client.put(DIRECT, data=b"a,b", headers=token | wrong), 415)["hint"]
    problem(client.patch(DIRECT, data=b"x", headers=token | TTL), 415)
    problem(client.put(DIRECT, data=b"<a> oops", headers=token | TTL), 400)
    named = {"Content-Type": "application/trig"}
    quads = "<http://e/g> { <http://e/a> <http://e/p> 1 }"
    assert "names the graph" in problem(
        client.put(DIRECT, data=quads, headers=token | named), 400
    )["detail"]  # fmt: skip


def test_documents_of_a_form(client: FlaskClient, token: Headers, filled: str) -> None:
    assert filled
    body = (
        "--x\r\nContent-Disposition: form-data; name=a; filename=a.ttl\r\n"
        "Content-Type: text/turtle\r\n\r\n<http://e/1> <http://e/p> 1 .\r\n"
        "--x\r\nContent-Disposition: form-data; name=b; filename=b.nt\r\n\r\n"
        '<http://e/2> <http://e/p> "2" .\r\n--x--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post(DIRECT, data=body, headers=token | kind).status_code == 200
    assert len(read(client).splitlines()) == 3


def test_relative_iris_stand_under_the_graph(client: FlaskClient, token: Headers) -> None:
    client.put(DIRECT, data="<> <#p> <x> .", headers=token | TTL)
    assert read(client) == f"<{NOTES}> <{NOTES}#p> <{BASE}graph/x> .\n"


def test_the_default_graph_and_others_are_read_alone(
    client: FlaskClient, token: Headers, filled: str
) -> None:
    assert filled
    nt = {"Accept": "application/n-triples"}
    assert A in client.get("/graph-store?default", headers=nt).text
    told = client.get("/graph-store/provenance", headers=nt)
    assert "LedgerEntry" in told.text
    for path in ("/graph-store?default", "/graph-store/provenance", "/graph-store/plans"):
        found = problem(client.put(path, data=A, headers=token | TTL), 403)
        assert "ulzii sources add" in found["hint"]
    for path in ("/graph-store", "/graph-store?graph=a&default", "/graph-store?x=1"):
        problem(client.get(path), 400)
    problem(client.get("/graph-store?graph=no-iri"), 400)
    problem(client.get("/graph-store?graph=http://e/unknown"), 404)
    problem(client.post("/graph-store", data=A, headers=token | TTL), 403)


def test_without_a_token_nothing_is_written(client: FlaskClient, filled: str) -> None:
    assert filled
    before = read(client)
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        refused = client.open(DIRECT, method=method, data=A, headers=TTL)
        problem(refused, 401)
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="ulzii"'
    bad = {"Authorization": "Bearer ulzii-guess"}
    assert "invalid_token" in client.delete(DIRECT, headers=bad).headers["WWW-Authenticate"]
    assert read(client) == before


def test_a_token_writes_what_it_is_for(client: FlaskClient, site: Instance) -> None:
    _, text = TokenStore(site).add("planner", ("plans",), ())
    mine = {"Authorization": f"Bearer {text}"}
    refused = client.put(DIRECT, data=A, headers=mine | TTL)
    problem(refused, 403)
    assert "insufficient_scope" in refused.headers["WWW-Authenticate"]
    assert client.put("/graph-store/plans", data=A, headers=mine | TTL).status_code == 201
    TokenStore(site).revoke("planner")
    problem(client.put("/graph-store/plans", data=A, headers=mine | TTL), 401)


def test_two_editors_do_not_overwrite_each_other(
    client: FlaskClient, token: Headers, filled: str
) -> None:
    assert filled
    seen = client.get(DIRECT, headers={"Accept": "text/turtle"}).headers["ETag"]
    zipped = client.get(DIRECT, headers={"Accept": "application/n-triples"}).headers["ETag"]
    assert seen != zipped
    two = '<http://e/a> <http://e/p> "2" .'
    done = client.put(DIRECT, data=two, headers=token | TTL | {"If-Match": seen})
    assert done.status_code == 200
    found = problem(client.put(DIRECT, data=A, headers=token | TTL | {"If-Match": zipped}), 412)
    assert "ETag" in found["hint"]
    told = json.loads(done.data)["etag"]
    assert client.put(DIRECT, data=A, headers=token | TTL | {"If-Match": told}).status_code == 200
    problem(client.put(DIRECT, data=two, headers=token | TTL | {"If-None-Match": "*"}), 412)


def test_a_broken_rule_is_told_with_its_results(
    client: FlaskClient, token: Headers, filled: str, site: Instance
) -> None:
    assert filled
    data = "<http://e/d> a <http://www.w3.org/ns/dcat#Dataset> ."
    found = problem(client.post(DIRECT, data=data, headers=token | TTL), 422)
    assert found["type"] == f"{BASE}problem/invalid"
    [title] = [r for r in found["results"] if r["path"] == "http://purl.org/dc/terms/title"]
    assert title["focus"] == "http://e/d"
    assert title["messages"].keys() == {"mn", "en"}
    assert read(client) == A + "\n"
    assert Ledger(site).last("Quarantine", "notes")


def test_a_busy_instance_asks_to_come_back(
    pool: Pool, token: Headers, site: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_MAX_WAIT", 0.1)
    slow = create_app(site, pool).test_client()
    with hold_writer_lock(site, "a load"):
        busy = slow.put(DIRECT, data="<http://e/x> <http://e/p> 9 .", headers=token | TTL)
    problem(busy, 503)
    waited = re.fullmatch(r"wait;dur=([0-9.]+), run;dur=0.0", busy.headers["Server-Timing"])
    assert waited and float(waited[1]) > 0
    assert busy.headers["Retry-After"]
