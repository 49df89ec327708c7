"""The page at `/sparql`: it works without scripts; the script's own rules hold too."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from graph.queries.syntax.prefixes import WELL_KNOWN
from server.app import create_app
from server.pages.editor import routes

pytestmark = pytest.mark.slow

STATIC = Path(__file__).parent.parent / "server" / "static"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
AIMAG = "https://w3id.org/ulzii/id/place/066"
THINGS = f"SELECT ?thing ?n {{ VALUES (?thing ?n) {{ (<{AIMAG}> 5) (<{AIMAG}> UNDEF) }} }}"


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    return create_app(small, pool).test_client(use_cookies=False)


class Page(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and wanted.items() <= attributes.items()
        ]


def page(client: FlaskClient, query: str, lang: str = "mn", **more: str) -> tuple[int, str]:
    rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
    response = client.get(f"/sparql?lang={lang}&query={quote(query)}{rest}", headers=BROWSER)
    return response.status_code, response.text


@pytest.mark.parametrize(("lang", "label"), [("mn", "Өвөрхангай"), ("en", "Uvurkhangai")])
def test_things_are_called_by_their_names(client: FlaskClient, lang: str, label: str) -> None:
    status, text = page(client, THINGS, lang)
    assert status == 200
    assert f'<a href="/id/place/066" title="{AIMAG}">{label}</a>' in text
    assert '<td class="number">' in text


def test_the_answer_can_be_taken_in_every_format(client: FlaskClient) -> None:
    graph = "https://example.mn/graph/a"
    _, text = page(client, "SELECT * { ?s ?p ?o }", **{"default-graph-uri": graph})
    links = [a["href"] or "" for a in Page(text).all("a") if "download" in a]
    assert [re.sub(r".*format=", "", link) for link in links] == [
        "csv",
        "csv&bom=true",
        "tsv",
        "json",
        "xml",
    ]
    for link in links:
        response = client.get(link)
        assert response.status_code == 200
        assert b"066" in response.data
        assert b"notation" not in response.data  # which graph b says
    _, text = page(client, "CONSTRUCT WHERE { ?s ?p ?o }")
    links = [a["href"] or "" for a in Page(text).all("a") if "download" in a]
    assert all(client.get(link).status_code == 200 for link in links)
    assert {link.rpartition("=")[2] for link in links} == {"ttl", "jsonld", "nt", "rdf", "trig"}


def test_a_query_too_long_for_an_address_is_taken_by_forms(client: FlaskClient) -> None:
    query = "#" * 9000 + "\nSELECT ?x { VALUES ?x { 1 } }"
    answer = client.post("/sparql", data={"query": query}, headers=BROWSER)
    found = Page(answer.text)
    assert not [a for a in found.all("a") if "download" in a]
    assert len(found.all("form", action="/sparql", method="post")) == 5
    data = {"query": query, "format": "csv", "bom": "true"}
    assert client.post("/sparql", data=data).data == "\ufeffx\r\n1\r\n".encode()


def test_examples_and_prefixes_are_at_hand(client: FlaskClient) -> None:
    found = Page(client.get("/sparql?lang=en", headers=BROWSER).text)
    [area] = found.all("textarea")
    assert json.loads(area["data-prefixes"] or "") == WELL_KNOWN
    examples = [a for a in found.all("a") if "data-query" in a]
    assert len(examples) >= 3
    for example in examples:
        assert client.get(example["href"] or "").status_code == 200
    assert found.all("button", type="submit")


@pytest.mark.parametrize(
    ("query", "status", "line", "says"),
    [
        ("SELECT *\n{ ?s a dcat:Dataset }", 400, "2", "“dcat:” угтвар зарлагдаагүй байна"),
        ("ASK { SERVICE <http://e/> {} }", 403, "1", "SERVICE идэвхгүй"),
        ("ASK " + "{" * 200 + "}" * 200, 400, "1", "олон давхарласан"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    client: FlaskClient, query: str, status: int, line: str, says: str
) -> None:
    got, text = page(client, query)
    assert got == status
    [problem] = [s for s in Page(text).all("section") if "data-line" in s]
    assert problem["data-line"] == line
    assert says in text
    assert "</textarea>" in text


def test_what_is_not_shown_is_said(client: FlaskClient) -> None:
    query = f"SELECT (STR({'9' * 3000}) AS ?t) {{ VALUES ?a {{ {'1 ' * 900} }} }}"
    status, text = page(client, query, "en")
    assert status == 200
    assert "too large to be shown here" in text
    query = f"SELECT ?a {{ VALUES ?a {{ {'1 ' * 900} }} }}"
    _, text = page(client, query, "en")
    assert "900 rows (the first 500 rows)" in text


# --- drawings, and the editor that was built ---


def test_a_result_is_drawn_where_its_address_says_so(client: FlaskClient) -> None:
    query = 'SELECT ?name ?n { VALUES (?name ?n) { ("a" 1) ("b" 2.5) } }'
    _, text = page(client, query, "en", view="bars")
    assert '<svg class="chart"' in text
    assert "Drawn from the columns ?n, ?name of the result" in text
    assert Page(text).all("a", href=f"/sparql?query={quote(query, safe='')}")
    _, text = page(client, query, "mn", view="map")
    assert "<svg class" not in text.partition('id="answer"')[2]
    assert "Зураагүй:" in text


def test_the_terms_of_the_data_are_completed(client: FlaskClient) -> None:
    response = client.get("/sparql/terms?lang=en")
    assert response.mimetype == "application/json"
    assert response.json == []  # this store has no VoID
    again = client.get("/sparql/terms?lang=en", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("built", [True, False])
def test_the_built_editor_is_used_where_it_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: bool
) -> None:
    bundle = tmp_path / routes.RICH_EDITOR
    if built:
        bundle.parent.mkdir()
        bundle.touch()
    monkeypatch.setattr(routes, "STATIC", tmp_path)
    response = client.get("/sparql", headers=BROWSER)
    assert ("data-codemirror=" in response.text) is built
    # only this editor adds style elements, so only with it may a script do so
    styles = re.search(r"style-src ([^;]*)", response.headers["Content-Security-Policy"])
    assert styles and ("nonce-" in styles[1]) is built


# --- the script ---


def test_the_script_is_small_and_our_own() -> None:
    scripts = [p.read_text("utf-8") for p in STATIC.glob("*.js")]
    assert sum(len(text.splitlines()) for text in scripts) < 400
    own = {f"./{path.name}" for path in STATIC.glob("*.js")}
    for text in scripts:
        assert not re.search(r"https?://", text)
        assert set(re.findall(r'from "([^"]+)"', text)) <= own


def in_node(expression: str) -> Any:
    """The value of an expression over the script's functions."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node to run the script")
    module = (STATIC / "query.js").as_uri()
    program = (
        f"import * as q from {json.dumps(module)};"
        f"const known = {json.dumps(WELL_KNOWN)};"
        f"process.stdout.write(JSON.stringify({expression}));"
    )
    command = [node, "--input-type=module", "--no-warnings", "--eval", program]
    done = subprocess.run(command, capture_output=True, check=True, timeout=20)
    return json.loads(done.stdout)


MISSING = {
    "ASK { ?s a dcat:Dataset ; dct:title ?t }": ["dcat", "dct"],
    "PREFIX dcat: <http://www.w3.org/ns/dcat#>\nASK { ?s a dcat:Dataset }": [],
    "prefix\tdct:<x> ASK { ?s dct:a/dcat:b ?o }": ["dcat"],
    "ASK { ?s ?p \"dcat:a\" , 'dct:b' , <skos:c> # foaf:d\n }": [],
    'ASK { ?s ?p """a " dcat:b""" , "x\\" dct:y" }': [],
    "ASK { ?dcat:x _:dct ?y ; own:thing 1 ; constructor:x 2 }": [],
    'ASK { ?s ?p "1"^^xsd:integer }': ["xsd"],
}


def test_missing_prefixes_are_found() -> None:
    texts = list(MISSING)
    found = in_node(f"{json.dumps(texts)}.map((text) => q.missing(text, known))")
    assert dict(zip(texts, found, strict=True)) == MISSING


def test_names_are_completed_and_places_found() -> None:
    asked = json.dumps(["ASK { ?s a dca", "PREFIX dca", "ASK { ?dca", "d", "x sdmx-m"])
    found = in_node(f"{asked}.map((text) => q.completions(text, known).prefixes)")
    assert found == [["dcat", "dcatap"], [], [], [], ["sdmx-measure"]]
    text = json.dumps("ASK {\n ?s ?p 'Ө😀' ; dcat:x 1 }")
    assert in_node(f"q.stretch({text}, 2, 15)") == [21, 27]
    assert in_node(f"q.stretch({text}, 9, 9)") == [31, 31]
    assert in_node("q.declarations(['dct'], known)") == "PREFIX dct: <http://purl.org/dc/terms/>\n"
