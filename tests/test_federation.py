"""SERVICE with listed endpoints: results of a second engine on this machine are joined."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import pytest

from graph.core.errors import ConfigError, QueryRefused
from graph.core.instance import Instance
from graph.federation import Federation, Service, narrowing
from graph.federation.settings import configured_services
from graph.queries import Pool, Query
from server.app import create_app
from tests.engines import ENGINE, OXIGRAPH, running
from tests.federated import PLACE, Endpoint, rows

pytestmark = pytest.mark.slow


def test_what_is_there_is_joined_with_what_is_here(federated: Pool, endpoint: Endpoint) -> None:
    text = f"""PREFIX core: <https://w3id.org/ulzii/def/core#>
        SELECT ?place ?number ?people WHERE {{
          ?place core:number ?number .
          SERVICE <{endpoint.url()}> {{ ?place <urn:people> ?people . FILTER (?people > 10) }}
        }}"""
    assert rows(federated, text) == [[f"<{PLACE}>", "5", "120000"]]
    assert "PREFIX core:" in endpoint.asked[-1]
    assert f"SELECT * WHERE {{VALUES (?place) {{\n(<{PLACE}>)\n}}  ?place" in endpoint.asked[-1]


@pytest.mark.skipif(
    ENGINE != "oxigraph" or not OXIGRAPH.exists(), reason="oxigraph's server is not installed"
)
def test_another_engine_is_joined(small: Instance, tmp_path: Path) -> None:
    with running(tmp_path / "engine") as (there, _):
        update = f"INSERT DATA {{ <{PLACE}> <urn:people> 120000 }}"
        httpx2.post(there.update_url, data={"update": update}).raise_for_status()
        federation = Federation([Service(there.query_url, private=True)])
        with Pool.start(small, workers=1, federation=federation) as pool:
            text = f"""SELECT ?name ?people WHERE {{
                ?place <http://www.w3.org/2000/01/rdf-schema#label> ?name .
                SERVICE <{there.query_url}> {{ ?place <urn:people> ?people }}
            }} ORDER BY ?name"""
            result = [['"Uvurkhangai"@en', "120000"], ['"Өвөрхангай"@mn', "120000"]]
            assert rows(pool, text) == result


@pytest.mark.parametrize(
    ("pattern", "there"),
    [
        ("SERVICE <{url}> {{ <{place}> <urn:name> ?n }}", 2),
        ("SERVICE SILENT <{url}> {{ <{place}> <urn:at> ?n }}", 1),
        ("OPTIONAL {{ SERVICE <{url}> {{ <urn:nothing> <urn:name> ?n }} }}", 1),
        ("service <{url}> {{ SELECT ?n {{ ?s <urn:people> ?n }} ORDER BY ?n LIMIT 1 }}", 1),
        ("SERVICE <{url}> {{ <{place}> <urn:people> 120000 }}", 1),
        ("SERVICE <{url}> {{ <{place}> <urn:people> 1 }}", 0),
        ("SERVICE <{url}> {{ ?s <urn:people> ?n }} SERVICE <{url}> {{ ?s <urn:people> ?n }}", 2),
        ("{{ SERVICE <{url}> {{ ?s <urn:people> ?n }} }} UNION {{ BIND (1 AS ?n) }}", 3),
        ("?x a ?class FILTER EXISTS {{ SERVICE <{url}> {{ ?x <urn:people> ?m }} }}", 1),
        ("?x a ?class MINUS {{ SERVICE <{url}> {{ ?x <urn:people> ?m }} }}", -1),
        ("SERVICE <{url}> {{ ?s <urn:people> ?n # a comment {{\n }}", 2),
        ("SERVICE <{url}> {{ BIND ('}} SERVICE <urn:x> {{' AS ?n) }}", 1),
    ],
)
def test_it_stands_wherever_a_pattern_may(
    federated: Pool, endpoint: Endpoint, pattern: str, there: int
) -> None:
    text = "SELECT * WHERE { " + pattern.format(url=endpoint.url(), place=PLACE) + " }"
    result = rows(federated, text)
    assert len(result) == there or (there < 0 and f"<{PLACE}>" not in str(result))


def test_terms_arrive_as_they_were_sent(federated: Pool, endpoint: Endpoint) -> None:
    text = f"SELECT ?o WHERE {{ SERVICE <{endpoint.url()}> {{ <{PLACE}> ?p ?o }} }}"
    assert {row[0] for row in rows(federated, text)} == {
        "120000",
        '"Uvurkhangai"@en',
        '"a \\"b\\" \\\\ \\n c"',
        '"POINT(102 45)"^^<urn:wkt>',
    }


def test_names_are_resolved_as_the_query_says(federated: Pool, endpoint: Endpoint) -> None:
    root = endpoint.url("/")
    for head, name in (
        (f"PREFIX e: <{root}>", "e:sparql"),
        (f"BASE <{root}>", "<sparql>"),
        (f"BASE <{root}x/y> PREFIX : <../>", ":sparql"),
    ):
        text = f"{head} SELECT ?n WHERE {{ SERVICE {name} {{ <urn:other> <urn:people> ?n }} }}"
        assert rows(federated, text) == [["7"]]


def test_the_same_question_is_asked_once(federated: Pool, endpoint: Endpoint) -> None:
    clause = f"SERVICE <{endpoint.url()}> {{ ?s <urn:people> ?n }}"
    before = len(endpoint.asked)
    rows(federated, f"SELECT * WHERE {{ {{ {clause} }} UNION {{ {clause} }} }}")
    assert len(endpoint.asked) == before + 1


ALL_HERE = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT * {{
    ?place rdfs:label ?name . {between} SERVICE <{url}> {{ {there} }} {after} }}"""


@pytest.mark.parametrize(
    ("there", "between", "after"),
    [
        ("?place <urn:people> ?people", "", ""),
        ("?place <urn:people> ?people FILTER(?people > 10)", "", "FILTER(LANG(?name) = 'mn')"),
        ("?place <urn:people> ?people OPTIONAL {{ ?place <urn:name> ?n }}", "", ""),
        ("{{ SELECT ?place ?n {{ ?place <urn:name> ?n }} LIMIT 9 }} ?place ?p ?n", "", ""),
        ("?place <urn:people> ?m", "FILTER(?place != <urn:no>)", "OPTIONAL {{ ?place a ?c }}"),
        ("?place <urn:people> ?people", "?place a ?class .", "MINUS {{ ?place a ?people }}"),
        ("?place <urn:nothing> ?people", "", ""),
        ("?place <urn:people> ?people", "FILTER(?name = 'nobody')", ""),
    ],
)
def test_what_the_query_knows_is_sent_along(
    federated: Pool, endpoint: Endpoint, there: str, between: str, after: str
) -> None:
    text = ALL_HERE.replace("{there}", there).replace("{between}", between)
    text = text.replace("{after}", after).format(url=endpoint.url())
    before = len(endpoint.asked)
    found = rows(federated, text)
    assert all("VALUES (?place)" in asked for asked in endpoint.asked[before:])
    expected = _joined_alone(federated, text)
    assert sorted(found) == sorted(expected)


def _joined_alone(pool: Pool, text: str) -> list[list[str]]:
    """The rows of a query whose clauses are called alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.federation.expanding.narrowing", lambda *_: None)
        return rows(pool, text)


def test_values_are_sent_in_blocks(
    federated: Pool, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "BLOCK", 1)
    before = len(endpoint.asked)
    there = "?place <urn:people> ?people"
    text = ALL_HERE.format(url=endpoint.url(), there=there, between="", after="")
    assert len(rows(federated, text)) == 2
    asked = endpoint.asked[before:]
    assert len(asked) > 2
    assert all(one.count("\n(<https://") == 1 for one in asked)
    monkeypatch.setattr(narrowing, "MOST_VALUES", 2)  # more than these: called alone
    assert len(rows(federated, text)) == 2
    assert len(endpoint.asked) == before + len(asked) + 1


def test_where_nothing_can_match_nobody_is_called(federated: Pool, endpoint: Endpoint) -> None:
    before = len(endpoint.asked)
    text = f"""SELECT * {{ ?place <urn:not-here> ?name
        SERVICE <{endpoint.url()}> {{ ?place <urn:people> ?people }} }}"""
    with federated.run(Query(text, "csv")) as answer:
        assert answer.read() == b"place,name,people\r\n"
    assert len(endpoint.asked) == before


@pytest.mark.parametrize(
    "pattern",
    [
        "OPTIONAL {{ ?place ?p ?q }} {service}",
        "?place ?p ?q OPTIONAL {{ {service} }}",
        "{{ ?place a ?c {service} }}",
        "?place a ?c . {{ {service} }} UNION {{ ?place ?p ?q }}",
        "?place ?p ?q SERVICE <{url}> {{ OPTIONAL {{ ?place <urn:people> ?m }} }}",
    ],
)
def test_what_is_not_certain_is_called_alone(
    federated: Pool, endpoint: Endpoint, pattern: str
) -> None:
    service = f"SERVICE <{endpoint.url()}> {{ ?place <urn:people> ?people }}"
    before = len(endpoint.asked)
    rows(federated, f"SELECT * {{ {pattern.format(service=service, url=endpoint.url())} }}")
    [asked] = endpoint.asked[before:]
    assert "VALUES" not in asked


def test_over_http_it_is_never_kept(federated: Pool, endpoint: Endpoint) -> None:
    client = create_app(federated.instance, federated).test_client()
    text = f"SELECT ?n {{ SERVICE <{endpoint.url()}> {{ <urn:other> <urn:people> ?n }} }}"
    before = len(endpoint.asked)
    for _ in range(2):
        answer = client.get("/sparql", query_string={"query": text, "format": "csv"})
        assert (answer.status_code, answer.get_data(as_text=True)) == (200, "n\r\n7\r\n")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    assert len(endpoint.asked) == before + 2
    failed = f"SELECT * {{ SERVICE <{endpoint.url('/busy')}> {{ ?s ?p ?o }} }}"
    answer = client.get("/sparql", query_string={"query": failed})
    assert answer.status_code == 502
    assert "/busy> failed: it responded with HTTP status 503" in json.loads(answer.data)["detail"]
    assert "service-rows=1000" in answer.headers["Ulzii-Limits"]
    described = client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert b"BasicFederatedQuery" in described.data


def test_it_is_off_by_default(pool: Pool, endpoint: Endpoint) -> None:
    before = len(endpoint.asked)
    for silent in ("", "SILENT "):
        with pytest.raises(QueryRefused, match="SERVICE is disabled"):
            pool.run(Query(f"SELECT * {{ SERVICE {silent}<{endpoint.url()}> {{ ?s ?p ?o }} }}"))
    assert len(endpoint.asked) == before


DOCS = Path(__file__).parent.parent / "docs/federation.md"
KNOWN = DOCS.read_text("utf-8").partition("They are Wikidata")[2].partition("\n\n")[0]


def test_services_of_the_configuration(instance: Instance) -> None:
    path = instance.root / "instance.toml"
    assert configured_services(instance) == []
    config = path.read_text()
    path.write_text(config + '[federation]\nservices = ["https://e.example/q"]\n'
                    'private_services = ["http://127.0.0.1/q"]\n')  # fmt: skip
    services = [Service("https://e.example/q"), Service("http://127.0.0.1/q", private=True)]
    assert configured_services(instance) == services
    path.write_text(config + "[federation]\nknown = true\n")
    documented = re.findall(r"<(https://[^>]+)>", KNOWN)
    assert [one.url for one in configured_services(instance)] == documented
    Federation(configured_services(instance))
    path.write_text(config + '[federation]\nknown = "yes"\n')
    with pytest.raises(ConfigError, match="cannot contain known"):
        configured_services(instance)
    path.write_text(config + '[federation]\nservice = "https://e.example/q"\n')
    with pytest.raises(ConfigError, match="cannot contain service"):
        configured_services(instance)
    with pytest.raises(ConfigError, match="not an http"):
        Federation([Service("file:///etc/passwd")])


def test_the_list_is_an_option(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from server.cli import main

    done = CliRunner().invoke(main, ["serve", "--help"])
    assert "--private-service" in done.output
    assert "--known-services" in done.output
