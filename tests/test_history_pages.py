"""`/history` and `/diff`: pages, JSON, RDF; restricted sources by token."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.history.published import versions
from graph.ledger import Ledger
from graph.queries import Pool
from loaders.editable import sources
from loaders.pipeline.load import load
from server.app import create_app
from server.auth.tokens import TokenStore
from server.history import comparing
from server.http.problem_details import HttpProblem
from tests.editable import TITLE, put
from tests.replays import new_instance
from tests.test_bad_input import source
from tests.test_history import FIRST, SECOND, THIRD
from vocab.namespaces import DCAT, PROV

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
CLOSED = "<http://e/1> <http://e/secret>"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """`things` in three versions, and `closed`, restricted, in two."""
    folder = tmp_path_factory.mktemp("pages")
    instance = new_instance(folder)
    for text in (FIRST, SECOND, THIRD):
        (folder / "things.ttl").write_bytes(text)
        load(instance, source(folder))
    sources.add(instance, "closed", TITLE, visibility="restricted")
    for value in ("1", "2"):
        write = {"source": "closed", "writable": ("closed",)}
        put(instance, f'{CLOSED} "{value}" .', **write)
    return instance


@pytest.fixture(scope="module")
def client(told: Instance, pool: Pool) -> FlaskClient:
    return create_app(told, pool).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def token(told: Instance) -> dict[str, str]:
    _, secret = TokenStore(told).add("auditor", write=(), read=("closed",))
    return {"Authorization": f"Bearer {secret}"}


def data(client: FlaskClient, path: str) -> Any:
    return client.get(path).json


def test_two_versions_are_named_or_what_can_be_asked_is_shown(client: FlaskClient) -> None:
    page = client.get("/diff?lang=en", headers=HTML)
    assert page.status_code == 200
    assert "/history?source=things" in page.text
    same = client.get("/diff?source=things&from=2&to=2&lang=mn", headers=HTML)
    assert same.status_code == 400
    assert "нэг хувилбарыг нэрлэжээ" in same.text
    for address in ("/diff", "/history"):
        (newest,) = json.loads(client.get(f"{address}?format=json").text)
        assert newest["source"].endswith("/id/source/things")
        turtle = client.get(f"{address}?format=ttl")
        assert (turtle.status_code, turtle.mimetype) == (200, "text/turtle")
        assert newest["iri"] in turtle.text
    assert client.get("/diff?format=csv").status_code == 406


def test_the_versions_of_a_source_have_a_page_in_both_languages(client: FlaskClient) -> None:
    for language, head in (("mn", "Түүх"), ("en", "History")):
        page = client.get(f"/history?source=things&lang={language}", headers=HTML)
        assert page.status_code == 200
        assert f"<h1>{head}: " in page.text
        assert "/diff?source=things&amp;from=2&amp;to=3" in page.text
        assert "<script" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]


def test_the_versions_as_data(client: FlaskClient) -> None:
    told = data(client, "/history?source=things&format=json")
    assert [one["version"] for one in told] == [1, 2, 3]
    body = client.get("/history?source=things", headers={"Accept": "text/turtle"}).data
    triples = [quad.triple for quad in ox.parse(body, ox.RdfFormat.TURTLE)]
    revised = [(str(t.subject)[-2:-1], str(t.object)[-2:-1]) for t in triples
               if t.predicate == PROV.wasRevisionOf]  # fmt: skip
    assert sorted(revised) == [("2", "1"), ("3", "2")]
    assert sum(t.predicate == DCAT.version for t in triples) == 3


def test_two_versions_are_compared_on_a_page(client: FlaskClient) -> None:
    for language, kind in (("mn", "утга өөрчлөгдсөн"), ("en", "another value")):
        page = client.get(f"/diff?source=things&from=1&to=2&lang={language}", headers=HTML)
        assert page.status_code == 200, page.text
        assert f"<td>{kind}</td>" in page.text
        assert ">Uno</" in page.text
        assert "?record=iri%3Dhttp%3A%2F%2Fe%2F1" in page.text
        assert "<script" not in page.text


def test_two_versions_are_compared_as_json(client: FlaskClient) -> None:
    told = data(client, "/diff?source=things&from=1&to=2&format=json")
    assert told["whose"]["how"] == "same_mapping"
    assert told["counts"]["kinds"]["changed"] == 1
    assert [one["subject"] for one in told["things"]] == [f"http://e/{n}" for n in (1, 2, 3)]
    old, new = (told["things"][0]["changes"][0][key] for key in ("old", "new"))
    assert (old["object"], new["object"]) == ('"One"@en', '"Uno"@en')
    assert old["rows"][0]["locator"] == new["rows"][0]["locator"] == "iri=http://e/1"
    only = data(client, "/diff?source=things&from=1&to=2&only=values&format=json")
    assert [one["subject"] for one in only["things"]] == ["http://e/1"]
    one = data(client, "/diff?source=things&from=1&to=3&entity=http://e/4&format=json")
    assert [one["subject"] for one in one["things"]] == ["http://e/4"]


def test_two_versions_are_compared_as_quads(client: FlaskClient) -> None:
    answer = client.get(
        "/diff?source=things&from=1&to=2", headers={"Accept": "application/n-quads"}
    )
    quads = list(ox.parse(answer.data, ox.RdfFormat.N_QUADS))
    graphs = {str(quad.graph_name)[1:-1] for quad in quads}
    root = "https://example.mn/graph/things/diff/1..2/"
    assert graphs == {root + "add", root + "del"}
    added = {str(quad.object) for quad in quads if str(quad.graph_name).endswith("add>")}
    assert added == {'"Uno"@en', '"Two"@en', '"Three"@mn'}


def test_pages_follow_each_other_without_gap(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_THINGS", 1)
    path, seen = "/diff?source=things&from=1&to=2&format=json", list[str]()
    while path:
        told = data(client, path)
        seen += [one["subject"] for one in told["things"]]
        path = told["next"]
    assert seen == [f"http://e/{n}" for n in (1, 2, 3)]


def test_many_changes_are_not_counted_while_somebody_waits(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_COUNTED", 2)
    told = data(client, "/diff?source=things&from=1&to=2&format=json")
    assert (told["counts"], len(told["things"])) == (None, 3)


def test_comparisons_wait_for_each_other(told: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_WAIT", 0)
    comparer, events = comparing.Comparer(told), Ledger(told).events
    asked = comparing.DiffQuestion("things", 1, 2)
    comparer._turn.acquire()
    with pytest.raises(HttpProblem) as refused:
        comparer.compare(events, versions(events, "things"), asked, rows=True)
    assert refused.value.problem.kind.status == 503
    comparer._turn.release()
    assert comparer.compare(events, versions(events, "things"), asked, rows=True).things


def test_the_time_line_of_a_thing(client: FlaskClient) -> None:
    for language in ("mn", "en"):
        page = client.get(f"/history?entity=http://e/1&lang={language}", headers=HTML)
        assert (page.status_code, page.text.count("<section>")) == (200, 3)
    told = data(client, "/history?entity=http://e/1&format=json")
    assert [one["version"] for one in told["moments"]] == [1, 2, 3]
    assert [(one["version"], one["object"]) for one in told["brought"]] == [(3, '"One"@en')]
    nothing = client.get("/history?entity=http://e/9", headers=HTML)
    assert "Энэ юмны тухай" in nothing.text


def test_the_page_of_a_thing_leads_here(small: Instance, pool: Pool) -> None:
    pages = create_app(small, pool).test_client(use_cookies=False)
    page = pages.get("/id/place/066.html", headers=HTML).text
    assert re.search(r'href="/history\?entity=https%3A//[^"]+/id/place/066" rel="nofollow"', page)


def test_what_is_asked_wrongly_is_said(client: FlaskClient) -> None:
    for path, status in (
        ("/diff?source=nothing", 404),
        ("/diff?source=things&from=9", 404),
        ("/diff?source=things&from=x", 400),
        ("/diff?source=things&from=" + "9" * 5000, 404),
        ("/diff?source=things&from=²", 400),
        ("/diff?source=things&only=x", 400),
        ("/diff?source=things&format=xlsx", 406),
        ("/history?source=nothing", 404),
        ("/history?entity=foo", 200),
        ("/history?entity=%3C/id/x%3E", 200),
        ("/history?entity=a+b", 400),
        ("/history?entity=%22x%22", 400),
        ("/diff?source=things&entity=id/x", 200),
        ("/diff?source=things&entity=a+b", 400),
    ):
        assert client.get(path).status_code == status, path


def test_without_a_question_the_sources_are_listed(client: FlaskClient) -> None:
    page = client.get("/history", headers=HTML)
    assert (page.status_code, "/history?source=things" in page.text) == (200, True)
    assert "closed" not in page.text


def test_a_restricted_source_needs_its_token(client: FlaskClient, token: dict[str, str]) -> None:
    thing = quote("http://e/1")
    for path, stranger in (
        ("/history?source=closed&format=json", 404),
        ("/diff?source=closed&from=1&to=2&format=json", 404),
        (f"/history?entity={thing}&format=json", 200),
    ):
        shown = client.get(path)
        assert (shown.status_code, "secret" in shown.text) == (stranger, False), path
        assert stranger == 404 or "Authorization" in shown.headers["Vary"]
        told = client.get(path, headers=token)
        assert told.status_code == 200, told.text
        assert "closed" in told.text
    assert "secret" in client.get("/diff?source=closed&format=json", headers=token).text
    wrong = {"Authorization": "Bearer nothing"}
    assert client.get("/history?source=closed", headers=wrong).status_code == 401


def test_an_answer_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    path = "/diff?source=things&from=1&to=2&format=json"
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
