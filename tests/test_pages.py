"""Pages of people: the start page, and what holds of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.core.errors import ConfigError, QueryTimeout
from graph.core.instance import Instance
from graph.evidence_bundles import check_bundle
from graph.ledger import create
from graph.queries import Pool, PoolRequest, QueryAnswer
from graph.search.collation import natural_key
from server import texts
from server.app import create_app
from server.pages.errors.problem import candidates, words_of
from server.pages.start import routes as start
from server.sparql import internal_queries
from server.sparql.labels import term_labels
from tests.conftest import publish_small
from tests.page_texts import PageTexts

pytestmark = pytest.mark.slow
MORE = Path(__file__).with_name("pages.trig").read_text("utf-8")
MOST_BYTES = 60_000
PAGES = [
    "/",
    "/?map=livestock",
    "/id/place/065.html",
    "/id/place/06501.html",
    "/id/org/x-nso.html",
    "/id/org/x-nso.html?in=dct:publisher",
    "/finding/nso/sum/1.html",
    "/finding/nso/sum/2.html",
    "/o/1.html",
    "/id/law/1.html",
    "/id/law/1/3.1.html",
    "/id/service/local.html",
    "/scheme/au/065.html",
    "/id/dataset/a/x%2Fy.html",
    "/about",
    "/about/accessibility",
    "/help",
    "/help/evidence",
    "/help/publish",
    "/contribute",
]
LANGUAGES = ("mn", "en")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """The small store and pages.trig."""
    made = instances.create(tmp_path_factory.mktemp("pages") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    publish_small(made, more=MORE)
    return made


@pytest.fixture(scope="module")
def client(made: Instance) -> Iterator[FlaskClient]:
    with Pool.start(made, workers=1) as pool:
        yield create_app(made, pool).test_client()


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    mark = "&" if "?" in path else "?"
    response = client.get(f"{path}{mark}lang={language}", headers={"Accept": "text/html"})
    assert response.status_code == 200, path
    return response.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_light_and_bring_nothing_from_elsewhere(
    client: FlaskClient, path: str, language: str
) -> None:
    html = page(client, path, language)
    assert len(html.encode()) <= MOST_BYTES
    assert f'<html lang="{language}">' in html
    loaded = re.findall(r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*"([^"]*)"', html)
    assert loaded
    assert [one for one in loaded if one.startswith(("http:", "https:", "//"))] == []
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", html)


@pytest.mark.parametrize("path", PAGES)
def test_what_is_not_in_the_language_of_a_page_says_so(client: FlaskClient, path: str) -> None:
    """Cyrillic on an English page stands in an element with `lang`, and so does foreign data."""
    found = PageTexts(page(client, path)).found
    assert len(found) > 40
    assert [text for tag, text in found if tag != "mn" and re.search("[а-яөү]{2}", text)] == []


@pytest.mark.parametrize("path", PAGES)
def test_mongolian_pages_show_no_english_of_ours(client: FlaskClient, path: str) -> None:
    """Neither as a whole text of ours, nor in Latin words that are no names and not in the data."""
    english = {en.strip() for mn, en in texts.TEXTS.values() if mn != en}
    found = {text.strip() for tag, text in PageTexts(page(client, path, "mn")).found if tag != "en"}
    assert found & english == set()
    latin = set(_LATIN.findall(_ADDRESS.sub(" ", " ".join(found))))
    assert latin - data_words() - _NAMES == set()


_LATIN = re.compile(r"[A-Za-z]{3,}")
_ADDRESS = re.compile(r"\S*[./:]\w\S*")  # IRIs, paths, names of files
_NAMES = frozenset(
    (
        "Ulzii English SPARQL UTC API MIT RDF CSV JSON XML Turtle Triples Excel DCAT SHACL VoID"
        " GeoNames MQA IANA WCAG CKAN Service Description WKT XLSX ODS TOML OAI PMH CSW Web axe"
        " Firefox Safari Chromium Debian guess"
    ).split()
)
"""Names that have no other form in Mongolian; those of formats, commands and this instance."""


@cache
def data_words() -> frozenset[str]:
    """The Latin words of what is loaded, which are shown as they are."""
    small = Path(__file__).with_name("small.trig").read_text("utf-8")
    return frozenset(_LATIN.findall(small + MORE))


def test_header_and_footer_link_what_is_there(client: FlaskClient) -> None:
    html = page(client, "/")
    links = set(re.findall(r'href="(/[^"#?]*)"', html.partition("<body>")[2].partition("<main")[0]))
    links |= set(re.findall(r'href="(/[^"#?]*)"', html.partition("<footer")[2]))
    assert {"/", "/log", "/sparql", "/trace"} <= links
    for link in links:
        assert client.get(link, headers={"Accept": "text/html"}).status_code != 404, link
    assert "/contact" not in links  # instance.toml names none


def test_the_foot_of_a_page_says_what_to_rely_on(client: FlaskClient) -> None:
    foot = page(client, "/").partition('<p class="trust">')[2]
    assert "Snapshot" in foot
    assert "self-signed only, no witness" in foot


def test_the_start_page_shows_what_is_loaded(client: FlaskClient) -> None:
    html = page(client, "/", "mn")
    assert "Эх сурвалж А" in html
    assert "2026-11-22 10:00 UTC+8" in html
    assert "29 мэдүүлэг" in html or re.search(r"\d+ мэдүүлэг", html)
    assert "Нийлбэр нь таарахгүй" in html
    assert "бүгд, Архангай, 2024" in re.sub(r"<[^>]*>", "", html)
    assert html.count("/sparql?query=") == start.EXAMPLES
    assert "Дүрэм" not in html.partition("<footer")[0]  # rules are no agency's data


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
            assert kinds.count("RequestBatch") == 1
            assert "ResourceDocument" not in kinds
            assert not [one for one in asked if "incoming" in getattr(one, "text", "")]


def plain(html: str) -> str:
    """The text between tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def section(html: str, name: str) -> str:
    """A section by its id."""
    return html.partition(f'id="{name}"')[2].partition("</section>")[0]


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


def test_foreign_terms_have_labels_in_both_languages() -> None:
    labels = term_labels()
    assert len(labels) > 300
    assert all(both.keys() == {"mn", "en"} and all(both.values()) for both in labels.values())
    assert all(re.search("[а-яөү]|SPARQL|ASK", both["mn"]) for both in labels.values())


def test_an_address_without_a_page_leads_on(client: FlaskClient) -> None:
    for language, other in (("mn", "Nothing found"), ("en", "Энэ хаягаар")):
        found = client.get(f"/place/0655?lang={language}", headers={"Accept": "text/html"})
        assert found.status_code == 404
        assert other in found.text  # said in both languages
        assert '<a href="/id/place/065.html">' in found.text
        assert 'name="q" value="0655"' in found.text
    strange = client.get("/id/%00%3C/x", headers={"Accept": "text/html"})
    assert strange.status_code == 404
    assert client.get("/contact").status_code == 404


def test_addresses_like_a_mistyped_one() -> None:
    assert candidates("/place/0655.html")[:2] == ["/place/0655", "/place/065"]
    assert "/id/place/065" in candidates("/place/0655")
    assert candidates("/x") == ["/id/x"]
    assert words_of("/id/org/x-nso%20a.ttl") == "x nso a"


def test_a_contact_is_linked_where_the_instance_names_one(made: Instance) -> None:
    named = replace(made, contact="mailto:data@example.mn")
    with Pool.start(named, workers=1) as pool:
        own = create_app(named, pool).test_client()
        assert 'href="/contact"' in page(own, "/")
        assert 'href="mailto:data@example.mn"' in page(own, "/contact", "mn")
        assert 'href="mailto:data@example.mn"' in page(own, "/finding/nso/sum/1.html")


def test_a_contact_is_an_address(made: Instance) -> None:
    path = made.root / instances.CONFIG
    kept = path.read_text()
    try:
        path.write_text(kept + 'contact = "mailto:data@example.mn"\n')
        assert instances.open_instance(made.root).contact == "mailto:data@example.mn"
        path.write_text(kept + 'contact = "data at example"\n')
        with pytest.raises(ConfigError, match="contact"):
            instances.open_instance(made.root)
    finally:
        path.write_text(kept)


def test_the_script_that_checks_evidence_is_served_and_its_hash_is_shown(
    client: FlaskClient,
) -> None:
    script = client.get("/help/check_bundle.py")
    assert script.mimetype == "text/plain"
    assert script.data == Path(check_bundle.__file__).read_bytes()
    shown = page(client, "/help/evidence")
    assert sha256(script.data).hexdigest() in shown
    assert 'href="/help/check_bundle.py"' in shown
    for path in ("/help", "/verify"):
        assert 'href="/help/evidence"' in page(client, path)
