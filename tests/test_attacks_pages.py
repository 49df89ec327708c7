"""What a page, a spreadsheet or a browser must not be made to do by published data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from graph.snapshots.directory import Snapshot
from server.app import create_app

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
