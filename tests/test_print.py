"""Pages on paper: nothing is left that only a screen can use, no heading without what it heads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from graph.core.instance import open_instance
from graph.queries import Pool
from server.app import create_app
from server.texts import TEXTS
from tests.pools import ready

STYLE = Path(__file__).parents[1] / "server" / "static" / "ulzii.css"
HIDDEN = re.compile(r"([^{}]*)\{\s*display:\s*none !important;\s*\}")
LIVESTOCK = "/id/dataset/nso/DT_NSO_1001_109V1"
PAGES = (
    "/",
    "/datasets",
    "/findings?severity=Info",
    "/search?q=livestock",
    "/search?q=livestok",
    "/sources/nso",
    f"{LIVESTOCK}.html",
    f"{LIVESTOCK}.html?page=2",
    f"{LIVESTOCK}/cube/total/total/1979.html",
    f"/trace?of={LIVESTOCK}/cube/total/total/1979",
    "/history",
    "/history?source=nso",
    "/log",
    "/log/3.html",
    "/sparql?query=SELECT%20*%20%7B%20VALUES%20%3Fa%20%7B%201%20%7D%20%7D",
)
DEAD = (
    *("pivot", "chart_level", "sorted_by", "view_as", "grid_scrolls"),
    *("trace_another", "columns_pages", "rows_pages", "save", "share", "drop_filter", "filters"),
)


@pytest.fixture(scope="module")
def client(few_datasets: Path) -> Iterator[FlaskClient]:
    instance = open_instance(few_datasets)
    with ready(Pool.start(instance, workers=1)) as pool:
        yield create_app(instance, pool).test_client()


def printed(client: FlaskClient, address: str, language: str) -> Tag:
    """What stands on paper, as far as selectors hide it."""
    mark = "&" if "?" in address else "?"
    answer = client.get(f"{address}{mark}lang={language}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, address
    page = BeautifulSoup(answer.text, "html.parser")
    rules = STYLE.read_text("utf-8").partition("@media print")[2]
    for selectors in HIDDEN.findall(rules):
        for one in page.select(selectors):
            one.decompose()
    main = page.main
    assert main is not None
    return main


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["mn", "en"])
def test_no_dead_words_are_printed(client: FlaskClient, address: str, language: str) -> None:
    paper = printed(client, address, language)
    assert paper.select("input:not([type=hidden]), select, button") == []
    assert paper.select("a[rel~=next], a[rel~=prev]") == []
    for heading in paper.select("h2, h3"):
        after = (one for one in heading.find_all_next(string=True) if one.strip())
        inside = heading.get_text(strip=True)
        following = next((one for one in after if one.strip() not in inside), None)
        assert following is not None, heading
        other = following.find_parent(["h2", "h3"])
        assert other is None or (heading.name, other.name) == ("h2", "h3"), heading


def test_words_of_a_screen_are_not_printed(client: FlaskClient) -> None:
    paper = printed(client, f"{LIVESTOCK}.html", "en").text
    for key in DEAD:
        words = TEXTS[key][1].strip(":").strip()
        assert not re.search(rf"^\W*{re.escape(words)}\W*$", paper, re.M), key
