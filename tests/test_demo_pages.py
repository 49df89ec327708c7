"""The demo's pages that are of no dataset: the start page, vocabularies, things without a name."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from server.sparql.labels import term_labels
from tests.dataset_pages import HTML, LIVESTOCK, app, client, soup

__all__ = ["app", "client"]
pytestmark = pytest.mark.slow


def test_the_numbers_of_the_start_page_are_those_of_the_lists(client: FlaskClient) -> None:
    html = client.get("/?lang=en", headers=HTML).text
    for path in ("datasets", "organisations", "findings"):
        listed = client.get(f"/{path}.json").get_json()["total"]
        if path == "findings":  # warnings and remarks are counted apart
            listed -= client.get("/findings.json?severity=Info").get_json()["total"]
        assert re.search(rf'<a href="/{path}">{listed:,}</a>', html), path
    figures = re.search(r"figures in ([\d,]+) observations</dt><dd>([\d,]+)</dd>", html)
    assert figures
    every, known = (int(one.replace(",", "")) for one in figures.groups())
    assert 0 < known <= every


def test_every_property_and_class_of_the_demo_has_labels_in_both_languages(
    client: FlaskClient,
) -> None:
    """All but those that a table defines itself, which are called what the table calls them."""
    asked = """
      PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
      PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
      SELECT DISTINCT ?term (LANG(?label) AS ?language) {
        { SELECT DISTINCT ?term { { ?s ?term ?o } UNION { ?s a ?term } } }
        OPTIONAL { ?term rdfs:label|skos:prefLabel ?label }
      }"""
    answer = client.get("/sparql", query_string={"query": asked, "format": "csv"})
    rows = [*csv.DictReader(io.StringIO(answer.text, newline=""))]
    languages: dict[str, set[str]] = {}
    for row in rows:
        of_ours = term_labels().get(row["term"], {})
        languages.setdefault(row["term"], set()).update({row["language"], *of_ours})
    assert len(languages) > 300
    assert [
        term
        for term, found in languages.items()
        if not {"mn", "en"} <= found and "/id/dataset/" not in term
    ] == []


def test_a_period_is_called_by_its_key(client: FlaskClient) -> None:
    assert soup(client, "/id/period/2024.html").select("h1")[0].text == "2024"


@pytest.mark.parametrize(
    "path",
    [
        "/id/source/nso/v/1", "/id/law/10497/en", "/id/period/1952--1992", "/graph/nso",
        "/graph/nso/findings", f"{LIVESTOCK}/cube", "/scheme/postcode/from/au/064",
        "/id/dataset/mn-odp/6686/file/18132", "/id/change/org-mddic",
    ],
)  # fmt: skip
def test_what_has_no_name_is_named_by_what_it_is_and_of_what(
    client: FlaskClient, path: str
) -> None:
    for language in ("mn", "en"):
        page = soup(client, f"{path}.html", language)
        assert page.h1 is not None
        assert page.title is not None
        for shown in (page.h1.get_text(), page.title.get_text()):
            assert path.strip("/") not in shown
    assert "statements of the source" in soup(client, "/graph/nso.html").h1.text  # type: ignore[union-attr]
    version = soup(client, "/id/source/nso/v/1.html", "mn").h1
    assert version is not None
    assert version.get_text().startswith("Үндэсний статистикийн хорооны хүснэгтүүд: хувилбар 1")


def test_parts_with_many_statements_are_listed_and_each_leads_to_its_own(
    client: FlaskClient,
) -> None:
    page = soup(client, "/def/core.html")
    listed = page.select("ul.items > li[id]")
    assert len(listed) > 30
    assert {"Finding", "severity"} <= {
        str(one["id"]) for one in listed
    }  # fragments still lead here
    assert not page.select("table.statements[aria-label$='#Finding']")
    one = soup(client, "/def/core.html?of=Finding")
    assert one.select("table.statements[aria-label$='#Finding']")
    assert client.get("/def/core.html?of=Nothing", headers=HTML).status_code == 404
    small = soup(client, "/def/tender.html")
    assert len(small.select("table.statements")) > 1


def test_the_largest_graph_answers_as_csv_too(client: FlaskClient) -> None:
    """As a stream: nothing is linked that is refused as too large."""
    rows = client.get("/graph/nso.csv")
    assert rows.status_code == 200
    assert rows.content_length is None
    lines = rows.text.splitlines()
    assert lines[0] == "subject,property,value,language,datatype"
    assert len(rows.data) > 16 << 20  # bytes that a page reads at most
    assert len({line.partition(",")[0] for line in lines}) > 1_000
