"""What a page, a spreadsheet or a browser must not be made to do by published data."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph.core.instance import Instance
from graph.queries import Pool
from graph.snapshots.directory import Snapshot
from server.app import create_app

pytestmark = pytest.mark.slow

G = "https://example.mn/graph/hostile"
THING = "https://example.mn/id/thing"
# Names that hold the word SERVICE beside names that could be comparisons in a query.
HOSTILE = f"""
GRAPH <{G}> {{
  <{THING}> <urn:x:a)b> <urn:x:service)#c> , <mailto:service@e.mn> , <urn:(service)'d> ,
    "SERVICE <http://e/> {{}}" , "=1+1" .
  <urn:x:e)service#f> <http://e/p> <{THING}> .
}}
"""


PAGES = (
    "/", "/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=oops", "/.well-known/sparql-examples",
    "/id/thing.html", "/graph/hostile.html", "/problem/syntax", "/nothing.html",
)  # fmt: skip
DATA = (
    "/sparql?query=ASK%7B%7D&format=json", "/sparql?query=oops&format=csv", "/sparql?format=ttl",
    "/id/thing", "/id/thing.ttl", "/id/thing.csv", "/static/editor.js", "/static/ulzii.css",
    "/healthz", "/metrics", "/openapi.json", "/graph-store/none", "/q/none", "/.well-known/void",
    "/sparql?cmd=stats",
)  # fmt: skip
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def client(
    instance: Instance, republish: Callable[[Instance, int, str], Snapshot]
) -> Iterator[FlaskClient]:
    republish(instance, 1, HOSTILE)
    with Pool.start(instance, workers=1) as pool:
        app = create_app(instance, pool)
        app.testing = True
        yield app.test_client(use_cookies=False)


def test_pages_are_shown_whatever_names_the_data_holds(client: FlaskClient) -> None:
    for path in ("/graph/hostile", "/id/thing"):
        for extension in (".html", ".ttl", ".csv"):
            response = client.get(path + extension)
            assert response.status_code == 200, response.text
            assert "service@e.mn" in response.text


FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://e/","x")')
HARMLESS = ("-5", "-1.5", "a=1", "", "'=1")


def cells(response: TestResponse, delimiter: str) -> list[str]:
    text = response.text.removeprefix("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row[0] if row else "" for row in rows][1:]


def values_query() -> str:
    values = " ".join(json.dumps(text) for text in (*FORMULAS, *HARMLESS))
    return "/sparql?query=" + quote(f"SELECT ?x {{ VALUES ?x {{ {values} -5 -0.5 }} }}")


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_results_for_spreadsheets_hold_no_formula(client: FlaskClient, name: str) -> None:
    delimiter = {"csv": ",", "tsv": "\t"}[name]
    answer = client.get(f"{values_query()}&format={name}&bom=true")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    expected = [*(f"'{text}" for text in FORMULAS), *HARMLESS, "-5", "-0.5"]
    if name == "csv":
        assert cells(answer, delimiter) == expected
    else:  # strings as in Turtle, whose quotes a spreadsheet removes
        lines = answer.text.splitlines()[1:]
        assert [str(ox.Literal(text)) for text in expected[:-2]] == lines[:-2]
        assert lines[-2:] == ["-5", "-0.5"]


def test_results_for_programs_are_exactly_the_standard_s(client: FlaskClient) -> None:
    answer = client.get(values_query() + "&format=csv")
    assert cells(answer, ",") == [*FORMULAS, *HARMLESS, "-5", "-0.5"]


def test_documents_of_things_as_csv_hold_no_formula(client: FlaskClient) -> None:
    document = client.get("/id/thing.csv").text
    assert "'=1+1" in document
    assert ",=" not in document


def test_a_browser_runs_only_our_scripts_on_a_page(client: FlaskClient) -> None:
    for path in PAGES:
        response = client.get(path, headers=BROWSER)
        assert response.mimetype == "text/html", path
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        scripts = re.findall(r"<script[^>]*>", response.text)
        nonces = re.findall(r"script-src 'nonce-([^']+)'", policy)
        assert all(f'nonce="{nonces[0]}"' in script for script in scripts), path
        assert bool(scripts) is bool(nonces) is path.startswith("/sparql"), path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<base|<iframe", response.text)


def test_a_nonce_is_used_once(client: FlaskClient) -> None:
    pages = [client.get("/sparql", headers=BROWSER) for _ in range(2)]
    assert len({page.headers["Content-Security-Policy"] for page in pages}) == 2


def test_every_response_says_what_a_browser_may_do_with_it(client: FlaskClient) -> None:
    for path in (*PAGES, *DATA):
        accept = BROWSER if path in PAGES else {}
        headers = client.get(path, headers=accept, buffered=True).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; "), path
        assert "frame-ancestors 'none'" in policy, path
        assert len(headers.getlist("Content-Security-Policy")) == 1, path
