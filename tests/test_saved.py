"""Saved queries: the same query has the same short address, and answers in every format."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from graph.core.errors import ConfigError, QueryThrottled, StorageError
from graph.core.instance import Instance
from graph.queries import Pool
from server.app import create_app
from server.cli import main
from server.saved_queries import routes, store
from server.saved_queries.routes import RateLimit
from server.saved_queries.store import SavedQueryStore

ASK = "ASK { ?s ?p ?o }"
SELECT = "SELECT ?g { GRAPH ?g {} } ORDER BY ?g LIMIT 1"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    return create_app(small, pool).test_client(use_cookies=False)


def save(client: FlaskClient, query: str, **more: str) -> str:
    saved = client.post("/queries", data={"query": query, **more})
    assert saved.status_code == 201, saved.text
    short: str = json.loads(saved.data)["short"]
    assert saved.headers["Location"] == f"/q/{short}"
    return short


def test_a_short_address_answers_by_accept_and_by_extension(client: FlaskClient) -> None:
    short = save(client, SELECT)
    assert len(short) == 8
    csv = client.get(f"/q/{short}.csv")
    assert csv.content_type == "text/csv; charset=utf-8"
    assert csv.text == "g\r\nhttps://example.mn/graph/a\r\n"
    assert client.get(f"/q/{short}", headers={"Accept": "text/csv"}).data == csv.data
    assert client.get(f"/q/{short}?format=csv").data == csv.data
    known = {"If-None-Match": csv.headers["ETag"]}
    assert client.get(f"/q/{short}.csv", headers=known).status_code == 304
    assert client.get(f"/q/{short}.ttl").status_code == 406


def test_people_get_the_editor(client: FlaskClient) -> None:
    short = save(client, SELECT)
    found = client.get(f"/q/{short}", headers=BROWSER)
    assert found.status_code == 303
    asked = parse_qs(urlsplit(found.headers["Location"]).query)
    assert asked["query"] == [SELECT]
    long = f"{SELECT} # {'урт ' * 2000}"
    page = client.get(f"/q/{save(client, long)}", headers=BROWSER)
    assert page.status_code == 200
    assert "урт урт" in page.text


def test_the_same_query_has_the_same_address(client: FlaskClient) -> None:
    short = save(client, ASK)
    assert save(client, f"\r\n {ASK}\r\n") == short
    assert save(client, ASK + " # other") != short


def test_the_editor_offers_it_and_a_page_tells_the_address(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": SELECT}, headers=BROWSER)
    assert 'action="/queries"' in page.text
    titled = {"query": SELECT + "0", "title_mn": "Графууд", "title_en": "Graphs"}
    saved = client.post("/queries", data=titled, headers=BROWSER)
    assert saved.status_code == 201
    assert "Графууд" in saved.text
    assert saved.headers["Location"] in saved.text


CHART = """SELECT ?name ?number { VALUES (?name ?number) { ("а" 1) ("б" 2) } }"""
GRAPH = "https://example.mn/graph/a"


def test_a_chart_is_reopened_as_it_was_shared(client: FlaskClient) -> None:
    shown = client.get("/sparql", query_string={"query": CHART, "view": "bars"}, headers=BROWSER)
    form = shown.text.partition('action="/queries"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="view" value="bars">' in form
    saved = client.post("/queries", data={"query": CHART, "view": "bars"}, headers=BROWSER)
    address = saved.headers["Location"]
    assert address.endswith("?view=bars")
    assert f'href="{address}"' in saved.text
    reopened = client.get(address, headers=BROWSER)
    page = client.get(reopened.headers["Location"], headers=BROWSER)
    assert "<figure>" in page.text
    assert client.get(address, headers={"Accept": "text/csv"}).text.startswith("name,number")
    plain = client.get(address.partition("?")[0], headers=BROWSER)
    assert "<figure>" not in client.get(plain.headers["Location"], headers=BROWSER).text


def test_a_saved_query_keeps_the_dataset_it_was_asked_of(client: FlaskClient) -> None:
    counted = "SELECT (COUNT(*) AS ?all) { ?s ?p ?o }"
    of_one = {"query": counted, "default-graph-uri": GRAPH}
    told = json.loads(client.post("/queries", data=of_one).data)
    address = urlsplit(told["address"])
    whole = client.get(f"/q/{told['short']}.csv").text
    part = client.get(f"/q/{told['short']}.csv?{address.query}").text
    assert part == client.get("/sparql", query_string={**of_one, "format": "csv"}).text
    assert part != whole
    opened = client.get(f"{address.path}?{address.query}", headers=BROWSER).headers["Location"]
    assert parse_qs(urlsplit(opened).query)["default-graph-uri"] == [GRAPH]


@pytest.mark.parametrize("query", [SELECT, ASK, "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_the_page_of_an_address_links_formats_that_answer(client: FlaskClient, query: str) -> None:
    page = client.post("/queries", data={"query": query}, headers=BROWSER).text
    links = re.findall(r'href="(/q/\w+\.\w+)"', page)
    assert len(links) == 4
    assert {client.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("hello", 400),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403),
        (f"{ASK} # {'x' * 20_000}", 413),
        ('SELECT * { ?s ?p "УБ99112233" }', 400),
        ('SELECT * { ?s ?p "9911-2233" }', 400),
    ],
)
def test_what_is_not_kept(client: FlaskClient, query: str, status: int) -> None:
    refused = client.post("/queries", data={"query": query})
    assert refused.status_code == status
    assert "99112233" not in refused.text
    titled = client.post("/queries", data={"query": ASK, "title_mn": "x" * 201})
    assert titled.status_code == 413


def test_unknown_addresses(client: FlaskClient) -> None:
    for path in ("/q/nothing", "/q/nothing.csv", "/q/"):
        assert client.get(path).status_code == 404


def test_a_client_saves_so_many_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_MAX_PER_HOUR", 2)
    pace = RateLimit()
    for _ in range(2):
        pace.check("192.0.2.1")
    with pytest.raises(QueryThrottled) as caught:
        pace.check("192.0.2.1")
    assert caught.value.retry > 0
    pace.check("192.0.2.2")


def test_the_shelf_is_bounded_and_names_grow_where_they_meet(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_QUERIES", 2)
    monkeypatch.setattr(store, "name_from_hash", lambda text: "aaaaaaaabbbbcccc")
    mine = SavedQueryStore(instance)
    names = [mine.save(text).short for text in ("a", "b", "a")]
    assert names == ["aaaaaaaa", "aaaaaaaab", "aaaaaaaa"]
    with pytest.raises(StorageError, match="the limit"):
        mine.save("c")
    assert (instance.root / "queries.sqlite").stat().st_mode & 0o777 == 0o600


def test_the_operator_lists_and_removes(instance: Instance) -> None:
    mine = SavedQueryStore(instance)
    short = mine.save(ASK, "Асуулга").short
    data = ["--data", str(instance.root), "queries"]
    assert short in CliRunner().invoke(main, [*data, "list"]).output
    [told] = json.loads(CliRunner().invoke(main, [*data, "list", "--json"]).output)
    assert (told["text"], told["mn"]) == (ASK, "Асуулга")
    assert CliRunner().invoke(main, [*data, "remove", short]).exit_code == 0
    assert mine.find(short) is None
    with pytest.raises(ConfigError):
        mine.remove(short)
