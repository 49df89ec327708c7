"""Pages of things: places, organisations, laws, findings, observations."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool, PoolRequest, QueryAnswer
from graph.search.collation import natural_key
from server.app import create_app
from tests.small_pages import client, made, page, plain, section

__all__ = ["client", "made"]
pytestmark = pytest.mark.slow


def test_an_observation_is_headed_by_its_dimensions_and_figure(client: FlaskClient) -> None:
    html = page(client, "/o/1.html")
    (heading,) = re.findall(r"<h1>(.*?)</h1>", html)
    assert re.sub(r"<[^>]*>", "", heading) == "total, Архангай mn, 2024: 4,082.3"
    assert "/trace?of=https%3A//example.mn/o/1" in html
    assert '<a href="/id/dataset/nso/DT_NSO_1001_109V1.html">' in html
    assert 'href="/finding/nso/sum/1"' in html
    assert "normal value" not in html  # no status is stated
    html = page(client, "/o/2.html")
    assert "Nothing was found." in html and "/finding/nso/sum/1" not in html


def test_a_page_of_a_thing_asks_a_worker_once(
    made: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For what every page of a thing has; names of properties that point at things are kept."""
    asked: list[PoolRequest] = []
    run = Pool.run

    def counted(self: Pool, request: PoolRequest, **named: Any) -> QueryAnswer:
        asked.append(request)
        return run(self, request, **named)

    with Pool.start(made, workers=1) as pool:
        own = create_app(made, pool).test_client()
        page(own, "/scheme/au/065.html")
        monkeypatch.setattr(Pool, "run", counted)
        for path, other in (("/scheme/au/065.html", "mn"), ("/id/law/1.html", "mn")):
            del asked[:]
            assert "<h1>" in page(own, path, other)
            kinds = [type(one).__name__ for one in asked]
            assert kinds[0] == "RequestBatch"
            assert len(kinds) <= 2  # of names that its statements lead to
            assert "ResourceDocument" not in kinds
            assert not [one for one in asked if "incoming" in getattr(one, "text", "")]


def test_a_place_has_its_codes_units_and_figures(client: FlaskClient) -> None:
    html = page(client, "/id/place/065.html", "mn")
    assert "<h1>Архангай <small" in html
    assert "MN-073" in section(html, "codes")
    assert "Газрын албаны код" in section(html, "codes")
    below = section(html, "below")
    assert [
        below.index(name) for name in ("Өгийнуур", "Өндөр-Улаан", "Тариат", "Эрдэнэбулган")
    ] == (
        sorted(below.index(name) for name in ("Өгийнуур", "Өндөр-Улаан", "Тариат", "Эрдэнэбулган"))
    )
    assert "Малын тоо" in section(html, "figures")
    assert '<svg class="chart"' in section(html, "figures")
    assert 'class="flag"' in section(html, "figures")  # the figure of 2024 has a warning
    assert "сурвалжид алга" in html  # no source has its boundary
    assert "47.5° N, 101.5° E" in html


def test_a_place_lists_its_service_centre_and_tables_with_equal_areas(client: FlaskClient) -> None:
    html = page(client, "/id/place/065.html")
    figures = section(html, "figures")
    wages = figures.partition("Wages")[2].partition("</tr>")[0]
    assert wages.endswith('<td class="number">1</td>')
    assert '<td class="number">2</td>' in figures.partition("Livestock</a></th>")[2]
    centres = section(html, "services")
    assert '<a href="/id/service/centre/065.html">' in centres
    assert plain(centres).endswith(": planned")
    assert "Wages" not in page(client, "/id/place/083.html")


def test_a_service_centre_leads_to_its_place_and_says_what_is_not_known(
    client: FlaskClient,
) -> None:
    html = page(client, "/id/service/centre/065.html")
    facts = html.partition('<dl class="facts">')[2].partition("</dl>")[0]
    assert '<a href="/id/place/065.html">' in facts
    for path in ("/id/service/centre/065.html", "/id/service/local.html"):
        said = page(client, path).partition('class="notice"')[2].partition("</p>")[0]
        assert "does not name the services" in said
        assert '<a href="/id/dataset/nso/DT_NSO_1001_109V1.html">Livestock</a>' in said
    assert "does not name" not in page(client, "/id/law/1.html")


def test_a_soum_leads_to_its_aimag(client: FlaskClient) -> None:
    html = page(client, "/id/place/06501.html")
    assert '<li><a href="/id/place/065.html">Arkhangai</a></li>' in html  # breadcrumb
    assert "have no figure of this place" in html


def test_an_organisation_lists_what_it_publishes(client: FlaskClient) -> None:
    html = page(client, "/id/org/x-nso.html")
    assert "state body" in html
    assert "until the number is known" in html
    assert "Livestock" in section(html, "datasets")
    assert "Table here" in section(html, "datasets")
    assert html.count('class="missing"') >= 3


def test_links_to_a_thing_are_listed_by_property(client: FlaskClient) -> None:
    html = page(client, "/id/org/x-nso.html?in=dct:publisher")
    incoming = section(html, "incoming")
    assert "publisher" in plain(incoming)
    assert 'href="/id/dataset/nso/DT_NSO_1001_109V1.html"' in incoming
    assert "DT_NSO" not in section(page(client, "/id/org/x-nso.html"), "incoming")
    strange = client.get("/id/org/x-nso.html?in=%3E&page=x", headers={"Accept": "text/html"})
    assert strange.status_code == 200


def test_a_finding_is_titled_by_what_it_says_of_what(client: FlaskClient) -> None:
    html = page(client, "/finding/nso/sum/1.html")
    title = plain(html.partition("<h1>")[2].partition("</h1>")[0])
    assert title == "total, Архангай mn, 2024: The sum does not agree"
    assert "4,082.3" in html
    assert "a total equals its parts" in html
    assert "Send an explanation" not in html  # no contact is named
    other = page(client, "/finding/nso/sum/2.html", "mn")
    assert 'lang="en">English only: &lt;b&gt;' in other


def test_laws_services_and_terms_say_names_before_iris(client: FlaskClient) -> None:
    law = page(client, "/id/law/1/3.1.html")
    assert '<a href="/id/law/1.html">Act</a>' in law
    assert plain(law.partition('<dl class="facts">')[2]).startswith("typelegal resource")
    assert "үйлчилгээ" in page(client, "/id/service/local.html", "mn").lower()
    assert '<a href="/id/place/065.html">Arkhangai</a>' in page(client, "/scheme/au/065.html")


def test_parts_of_a_law_stand_by_their_numbers_below_its_list(client: FlaskClient) -> None:
    html = page(client, "/id/law/1.html", "mn")
    assert "Хууль, тогтоомж" in plain(html.partition('class="crumbs"')[2].partition("</nav>")[0])
    names = [natural_key(f"Хууль, {number}") for number in ("8.9", "8.10", "8.10.2", "13.4")]
    assert names == sorted(names)
