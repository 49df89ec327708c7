"""What every page has: the frame, its data, and pages for what went wrong."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph.core.instance import open_instance
from graph.queries import Pool
from server.app import create_app
from tests.pools import ready


@pytest.fixture(scope="module")
def client(few_datasets: Path) -> Iterator[FlaskClient]:
    instance = open_instance(few_datasets)
    with ready(Pool.start(instance, workers=1)) as pool:
        yield create_app(instance, pool).test_client(use_cookies=False)


def page(client: FlaskClient, path: str) -> str:
    mark = "&" if "?" in path else "?"
    found = client.get(f"{path}{mark}lang=en", headers={"Accept": "text/html"})
    assert found.status_code == 200, path
    return found.text


MEDIA_TYPES = {
    "JSON": "application/json",
    "CSV": "text/csv",
    "Turtle": "text/turtle",
    "JSON-LD": "application/ld+json",
    "N-Triples": "application/n-triples",
    "RDF/XML": "application/rdf+xml",
}


@pytest.mark.parametrize(
    "path",
    ["/", "/history", "/history?source=nso", "/diff", "/log", "/log/1.html", "/verify", "/datasets",
     "/sources", "/places", "/laws", "/id/place/065.html", "/search?q=мал"],
)  # fmt: skip
def test_the_data_of_a_page_are_there_in_each_format_that_it_links(
    client: FlaskClient, path: str
) -> None:
    shown = page(client, path).partition("<main")[2]
    offered = "".join(re.findall(r'<p class="formats">.*?</p>', shown, re.S))
    linked = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>([^<]+)</a>', offered)
    data = [(href.replace("&amp;", "&"), name) for href, name in linked if name in MEDIA_TYPES]
    assert data, path
    for href, name in data:
        found = client.get(href)
        assert (found.status_code, found.mimetype) == (200, MEDIA_TYPES[name]), href
        assert found.data


def test_the_start_page_as_data_has_the_numbers_that_it_shows(client: FlaskClient) -> None:
    told = json.loads(client.get("/index.json").text)
    shown = page(client, "/")
    for name in ("datasets", "organisations"):
        assert f">{told['numbers'][name]:,}</a>" in shown
    rows = list(csv.DictReader(io.StringIO(client.get("/index.csv").text)))
    assert {row["name_en"] for row in rows} >= {"Arkhangai", "Ulaanbaatar"}
    livestock = next(one for one in told["maps"] if one["map"] == "livestock")
    figures = {row["place"]: float(row["livestock"]) for row in rows if row["livestock"]}
    assert figures == livestock["values"]


CHECKED = Path(__file__).parents[1] / ".ci/clients/pages.json"


@pytest.mark.parametrize("language", ["mn", "en"])
def test_every_page_has_the_frame(client: FlaskClient, language: str) -> None:
    """The pages that are looked at in a browser: search, where one is, what to rely on."""
    pages = json.loads(CHECKED.read_text("utf-8"))["pages"].values()
    shown = [one["path"] for one in pages if one["path"][:2] not in ("/", "/?")]
    for path in [
        *shown,
        "/about",
        "/help",
        "/q/none",
        "/queries",
        "/log/999.html",
        "/sparql?query=x",
    ]:
        mark = "&" if "?" in path else "?"
        found = client.get(f"{path}{mark}lang={language}", headers={"Accept": "text/html"})
        assert f'<html lang="{language}">' in found.text, path
        header, main = found.text.partition("<main")[::2]
        assert 'role="search"' in header, path
        assert 'class="crumbs"' in main, path
        assert '<p class="trust">' in main, path
        ids = re.findall(r' id="([^"]+)"', found.text)
        assert len(ids) == len(set(ids)), path


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("DELETE", "/datasets", "", 405),
        ("PUT", "/sparql", "", 405),
        ("POST", "/sparql", "a,b", 415),
        ("POST", "/sparql", "x" * 2_000_000, 413),
        ("GET", "/datasets?format=zz", "", 406),
        ("GET", "/sparql?query=ASK%7B%7D&format=zz", "", 406),
        ("GET", "/places?page=999", "", 404),
        ("GET", "/log/999.html", "", 404),
    ],
)
def test_browsers_read_what_went_wrong_and_programs_get_it_as_data(
    client: FlaskClient, method: str, path: str, body: str, status: int
) -> None:
    def asked(accept: str, language: str) -> TestResponse:
        headers = {"Accept": accept, "Accept-Language": language, "Content-Type": "text/csv"}
        return client.open(path, method=method, data=body, headers=headers)

    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    for language, frame in (("mn", "Агуулга руу шилжих"), ("en", "Skip to content")):
        shown = asked(browser, language)
        assert (shown.status_code, shown.mimetype) == (status, "text/html")
        assert f'<html lang="{language}">' in shown.text
        assert frame in shown.text
        said = shown.text.partition('<div class="nothing">')[2]
        for text in re.findall(r"<p>(.*?)</p>", said):
            first = re.sub("<[^>]*>", "", text)[:1]
            assert first == first.upper(), text
    told = asked("*/*", "en")
    assert (told.status_code, told.mimetype) == (status, "application/problem+json")
    assert json.loads(told.text)["status"] == status
