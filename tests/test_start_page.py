"""The start page: what is loaded, the map, what could be read in time."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from graph.core.errors import QueryTimeout
from graph.core.instance import Instance
from graph.queries import Pool
from server import texts
from server.app import create_app
from server.pages.start import routes as start
from server.sparql import internal_queries
from tests.small_pages import client, made, page

__all__ = ["client", "made"]
pytestmark = pytest.mark.slow


def test_the_start_page_shows_what_is_loaded(client: FlaskClient) -> None:
    html = page(client, "/", "mn")
    assert "Эх сурвалж А" in html
    assert "2026-11-22 10:00 UTC+8" in html
    assert "29 мэдүүлэг" in html or re.search(r"\d+ мэдүүлэг", html)
    assert "Нийлбэр нь таарахгүй" in html
    assert "бүгд, Архангай, 2024" in re.sub(r"<[^>]*>", "", html)
    assert html.count("/sparql?query=") == start.EXAMPLES
    assert "Дүрэм" not in html.partition("<footer")[0]  # rules are no agency's data


def test_the_map_shows_the_newest_figure_of_each_unit(client: FlaskClient) -> None:
    html = page(client, "/")
    assert "Livestock by aimag and the capital, 2024" in html
    assert html.count('class="bubble"') == 1
    assert "<title>Arkhangai: 4,082 · MN-073</title>" in html
    assert 'href="/id/place/065.html"' in html
    assert "a schema, not boundaries" in html
    assert "Баян-Өлгий" in html  # has no English name
    assert '<text lang="mn"' in html
    assert html.count("<b>…</b>") == html.count('class="k0"') > 0


def test_the_start_page_of_an_empty_instance_says_how_to_load(instance: Instance) -> None:
    with Pool.start(instance, workers=1) as empty:
        own = create_app(instance, empty).test_client()
        assert texts.TEXTS["nothing"][1] in page(own, "/")
        assert texts.TEXTS["how_to_load"][0] in page(own, "/", "mn")


def test_the_start_page_shows_what_could_be_read_in_time(
    made: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part by itself, and all of them; what was missing is asked again the next time."""
    slow: set[str] = set()
    select = internal_queries.select

    def late(pool: Pool, name: str, *arguments: object, **named: object) -> object:
        if name in slow:
            raise QueryTimeout("too late")
        return select(pool, name, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(internal_queries, "select", late)
    parts = {
        "void_classes": "numbers_here",
        "findings": "findings",
        "sources": "news",
        "units": "by_place",
        "map_livestock": "map_data",
    }
    with Pool.start(made, workers=1) as pool:
        own = create_app(made, pool).test_client()
        for name, key in parts.items():
            slow = {f"pages/start/{name}"}
            html = page(own, "/")
            notice = html.partition('role="status">')[2].partition("</p>")[0]
            assert f"in time: {texts.TEXTS[key][1]}." in notice
        slow = {f"pages/start/{name}" for name in parts}
        response = own.get("/", headers={"Accept": "text/html"})
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        slow = set()
        assert 'role="status"' not in page(own, "/")
