"""Names stand before IRIs: in titles, in the pages of history and traces, and of rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from graph.core import iris
from graph.core.instance import open_instance
from graph.queries import Pool
from graph.void.serialize import RULE
from loaders.pipeline.source import read_all
from server.app import create_app
from server.history.names import spoken
from tests.pools import ready
from vocab.namespaces import CORE, RDFS

LIVESTOCK = "/id/dataset/nso/DT_NSO_1001_109V1"
FIGURE = f"{LIVESTOCK}/cube/total/total/1979"
PAGES = (
    f"/history?entity=https%3A//w3id.org/ulzii{LIVESTOCK}",
    f"/history?entity=https%3A//w3id.org/ulzii{FIGURE}",
    "/history?source=nso",
    f"/trace?of={LIVESTOCK}",
    f"/trace?of={FIGURE}",
)
RAW = re.compile(r"^\W*(?:https?://\S+|(?:id|scheme|finding|rule|code|graph|capture)/\S+)\W*$")


@pytest.fixture(scope="module")
def client(few_datasets: Path) -> Iterator[FlaskClient]:
    instance = open_instance(few_datasets)
    with ready(Pool.start(instance, workers=1)) as pool:
        yield create_app(instance, pool).test_client()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["mn", "en"])
def test_no_iri_stands_where_a_name_can(client: FlaskClient, address: str, language: str) -> None:
    answer = client.get(f"{address}&lang={language}", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.title is not None
    assert not re.search(r"\b(id|scheme|rule)/", page.title.text), page.title.text
    for beneath in page.select("small, p.iri, pre, .hash"):
        beneath.decompose()
    shown = page.select("h1, .crumbs span, p.lead, td, th, dd a")
    assert len(shown) > 8
    assert [one.get_text(" ", strip=True) for one in shown if RAW.match(one.get_text())] == []


def test_a_value_of_the_history_has_its_iri_beneath(client: FlaskClient) -> None:
    answer = client.get(PAGES[0], headers={"Accept": "text/html"})
    assert len(answer.data) < 60_000
    page = BeautifulSoup(answer.text, "html.parser")
    table = page.select("main table")[0]
    of_finding = ["finding/" in row.text for row in table.select("tbody tr")]
    assert of_finding == sorted(of_finding), "findings come last"
    assert 10 < of_finding.count(False) < of_finding.count(True)
    beneath = [one.text for one in page.select("td small.quiet")]
    assert any(one.startswith("finding/nso/") for one in beneath)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"мал \\"5\\""@mn', ('мал "5"', "mn")),
        ('"12345"^^<http://www.w3.org/2001/XMLSchema#integer>', ("12,345", "")),
        ("<https://example.org/a>", ("<https://example.org/a>", "")),
    ],
)
def test_literals_are_read_as_people_do(value: str, text: tuple[str, str]) -> None:
    assert spoken(value) == text


def test_every_rule_has_a_name_in_both_languages() -> None:
    """Those that statements name (`core:rule`), also where no shape is the rule itself."""
    source = read_all()["rules"]
    quads = [
        quad.triple
        for pattern in source.files
        for path in sorted(source.path.parent.glob(str(pattern)))
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE, base_iri="https://e.mn/")
    ]
    named = {t.object for t in quads if t.predicate == CORE.rule}
    assert named
    asked = {*named, ox.NamedNode(RULE), ox.NamedNode(iris.rule("sum-of-rows"))}
    tongues = {
        rule: {t.object.language for t in quads if (t.subject, t.predicate) == (rule, RDFS.label)}
        for rule in asked
    }
    assert {rule.value for rule, tags in tongues.items() if tags != {"mn", "en"}} == set()


def test_one_version_is_not_compared(client: FlaskClient) -> None:
    page = client.get("/history?source=nso", headers={"Accept": "text/html"}).text
    assert 'action="/diff"' not in page
