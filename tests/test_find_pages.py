"""Search and lists over HTTP: pages in both languages, data, filters as links, odd addresses."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from graph import snapshots
from graph.core.instance import open_instance
from graph.lists import schema
from graph.queries import Pool
from server.app import create_app
from server.pages.find.addresses import LISTS
from tests.pools import ready

PAGES = ("/search", *LISTS, "/sources")


@pytest.fixture(scope="module")
def client(few_datasets: Path) -> Iterator[FlaskClient]:
    instance = open_instance(few_datasets)
    with ready(Pool.start(instance, workers=1)) as pool:
        yield create_app(instance, pool).test_client()


def html(client: FlaskClient, address: str, language: str = "en", status: int = 200) -> str:
    mark = "&" if "?" in address else "?"
    answer = client.get(f"{address}{mark}lang={language}", headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    return answer.text


def found(client: FlaskClient, address: str) -> dict[str, object]:
    answer = client.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    parsed: dict[str, object] = json.loads(answer.text)
    return parsed


def ids(client: FlaskClient, address: str) -> list[str]:
    items = found(client, address)["items"]
    assert isinstance(items, list)
    return [item["id"] for item in items]


def links(page: str, part: str = "") -> list[str]:
    shown = page[page.index(part) :] if part else page
    return [href.replace("&amp;", "&") for href in re.findall(r'<a [^>]*?href="([^"]+)"', shown)]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["mn", "en"])
def test_every_list_is_a_page_and_is_linked(
    client: FlaskClient, address: str, language: str
) -> None:
    page = html(client, address, language)
    assert len(page.encode()) < 60_000
    assert f'<html lang="{language}">' in page
    assert address in links(html(client, "/search", language)) or address == "/search"
    assert "style=" not in page


@pytest.mark.parametrize("address", [a for a in PAGES if a != "/sources"])
def test_every_list_is_there_as_data(client: FlaskClient, address: str) -> None:
    known = ids(client, address)
    assert known
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").text)))
    assert [row["id"] for row in rows] == known
    turtle = client.get(f"{address}.ttl")
    listed = "https://schema.org/itemListElement"
    quads = ox.parse(turtle.data, ox.RdfFormat.TURTLE)
    assert {q.object.value for q in quads if q.predicate.value == listed} == set(known)
    for form in ("csv", "json", "ttl"):
        assert f"{address}.{form}" in "".join(links(html(client, address)))


def test_a_filter_is_a_link_with_the_number_of_its_datasets(client: FlaskClient) -> None:
    page = html(client, "/datasets")
    assert 'href="/datasets?theme=AGRI"><span>' in page
    filtered = html(client, "/datasets?theme=AGRI")
    assert "Datasets: 1" in filtered
    assert 'href="/datasets" aria-current="true"' in filtered  # the way back
    assert ids(client, "/datasets?theme=AGRI") == ids(client, "/datasets?publisher=x-nso")


def test_what_is_not_stated_is_counted_and_marked(client: FlaskClient) -> None:
    page = html(client, "/datasets")
    heading = page.index("<h2>Licence</h2>")
    assert 'class="missing">not stated</span></span><span>5</span>' in page[heading:]
    assert len(ids(client, "/datasets?licence=none")) == 5
    assert page.count("Table here") == 3  # a facet and two datasets
    assert "◇ inferred" in page


@pytest.mark.parametrize("language", ["mn", "en"])
def test_laws_are_counted_without_their_provisions(client: FlaskClient, language: str) -> None:
    laws, provisions = ids(client, "/laws"), ids(client, "/provisions")
    assert all(re.fullmatch(r".*/id/law/[^/]+", iri) for iri in laws)
    assert all(re.fullmatch(r".*/id/law/[^/]+/[^/]+", iri) for iri in provisions)
    page = html(client, "/laws", language)
    assert f": {len(laws)}</h1>" in page
    below = ids(client, "/provisions?law=16390263044601")
    assert len(below) == 8
    item = page[page.index('href="/provisions?law=16390263044601"') :].partition("</li>")[0]
    assert re.search(r"\b8</a>", item.partition("</a>")[0] + "</a>")
    shown = re.findall(r'href="(/id/law/16390263044601/[^"]+)">([^<]+)<', item)
    assert len(shown) == 8
    assert [number for _, number in shown][:4] == ["8.6.11", "8.6.21", "8.9", "8.10"]
    law = html(client, shown[0][0], language)
    assert '<li><a href="/id/law/16390263044601.html">' in law[law.index('class="crumbs"') :]


@pytest.mark.parametrize("language", ["mn", "en"])
def test_inferred_values_have_one_mark_in_facet_list_and_page(
    client: FlaskClient, language: str
) -> None:
    mark = "◇ дүгнэсэн" if language == "mn" else "◇ inferred"
    page = html(client, "/places", language)
    facet = page[page.index('<a href="/places?within=mn">') :].partition("</li>")[0]
    assert mark in facet
    assert facet.endswith("<span>22</span></a>")
    # how much is not stated is shown, however many values are more frequent
    missing = page[page.index('<a href="/places?within=none">') :].partition("</li>")[0]
    assert missing.endswith("<span>1</span></a>")
    items = html(client, "/places?within=mn", language)
    assert items[items.index('<ul class="items">') :].count(mark) == 20
    place = html(client, "/id/place/065.html", language)
    assert mark in place[place.index('<dl class="facts">') :].partition("</dl>")[0]


def test_pages_follow_one_another(client: FlaskClient) -> None:
    seen: list[str] = []
    page = html(client, "/places")
    for _ in range(30):
        seen += re.findall(r'<li><h3><a href="([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        page = html(client, following[1].replace("&amp;", "&"))
    assert len(seen) == len(set(seen)) == 362
    assert found(client, "/places?page=2&size=100")["pages"] == 4


def test_words_are_found_in_any_form_and_marked(client: FlaskClient) -> None:
    page = html(client, "/search?q=" + quote("livestocks"))
    assert "“livestocks”: 1 found" in page
    places = html(client, "/search?kind=place&q=" + quote("баянөлгий"), "mn")
    assert "Баян-Өлгий" in places
    laws = html(client, "/search?kind=organisation&q=" + quote("Улгий сумын"), "mn")
    assert "Баян-Өлгий аймгийн Өлгий сумын" in laws


def test_a_search_says_what_other_kinds_have(client: FlaskClient) -> None:
    page = html(client, "/search?kind=dataset&q=" + quote("Завхан"))
    assert "“Завхан”" in page
    assert "/search?q=%D0%97%D0%B0%D0%B2%D1%85%D0%B0%D0%BD&kind=place" in links(page)


def test_a_search_without_a_kind_shows_what_it_finds(client: FlaskClient) -> None:
    name = quote("баянөлгий")
    assert not ids(client, f"/search?kind=dataset&q={name}")
    assert "Баян-Өлгий" in html(client, f"/search?q={name}", "mn")
    assert ids(client, f"/search?q={name}") == ids(client, f"/search?kind=organisation&q={name}")


def test_nothing_found_is_never_said_not_to_exist(client: FlaskClient) -> None:
    page = html(client, "/search?q=" + quote("малын галзуу"))
    assert "That does not mean that there is no such data." in page
    offered = [h for h in links(page, "Try this") if h.startswith("/search?q=")]
    assert offered
    for address in offered:
        assert ids(client, address)
    filtered = html(client, "/search?q=" + quote("мал") + "&theme=none")
    assert f"/search?q={quote('мал')}&kind=dataset" in links(filtered)


@pytest.mark.parametrize(
    ("text", "named", "rest"),
    [
        ("өвөрхангайн мал", "өвөрхангайн", "мал"),
        ("livestock ovorkhangai", "ovorkhangai", "livestock"),
        ("уверхангай аймгийн мал", "уверхангай", "аймгийн мал"),
    ],
)
def test_a_place_and_other_words_are_searched_for_apart(
    client: FlaskClient, text: str, named: str, rest: str
) -> None:
    assert not ids(client, "/search?q=" + quote(text))
    page = html(client, "/search?q=" + quote(text))
    assert f"“{named}” was taken for the name of a place, and “{rest}” was" in page
    shown = links(page, "was taken for")
    assert shown[0] == "/id/place/062.html"
    assert "/id/dataset/nso/DT_NSO_1001_109V1.html" in shown
    others = [one for one in shown if "&kind=dataset" in one]
    assert others
    assert ids(client, others[0])


def test_words_without_a_place_are_not_taken_for_one(client: FlaskClient) -> None:
    for text in ("малын галзуу", "өвөрхангай -мал -аймаг -сум", "062 галзуу"):
        assert "was taken for" not in html(client, "/search?q=" + quote(text)), text


def test_centres_are_told_apart_and_filtered_by_their_status(client: FlaskClient) -> None:
    assert len(ids(client, "/services?status=open&size=50")) == 14
    assert len(ids(client, "/services?status=planned&size=50")) == 7
    page = html(client, "/services")
    assert "/services?status=planned" in links(page)
    item = page.partition("/id/service/emongolia-centre/")[2].partition("</ul>")[0]
    assert re.search('<li class="quiet">(open|planned) <span class="inferred"', item)


def test_a_finding_says_what_it_is_about(client: FlaskClient) -> None:
    page = html(client, "/findings?severity=Warning", "mn")
    assert "Эх бичвэрт хэлсэн нийт дүн: 1,281 / 1,280" in page
    assert "21 аймгийн цахимжуулсан орон нутгийн үйлчилгээ, 2022" in page
    assert "шалгасан дүрэм: " in page  # the name of a rule alone reads as if it had been kept
    assert "publisher=" not in page  # all have the same one: there is nothing to choose
    assert "publisher=" in html(client, "/findings")
    others = html(client, "/findings?severity=Info")
    assert re.search(r"— \w[^<]*, [^<]*, \d{4}</a>", others)


def test_a_source_leads_to_its_last_report(client: FlaskClient) -> None:
    assert "/sources/nso" in links(html(client, "/sources"))
    heading = re.compile(r"<h1>.*?</h1>", re.S)
    report = heading.search(html(client, "/id/source/nso/report"))
    shown = heading.search(html(client, "/sources/nso"))
    assert shown is not None
    assert report is not None
    assert shown[0] == report[0]
    html(client, "/sources/unknown", status=404)
    assert len(found(client, "/sources.json")["items"]) > 10  # type: ignore[arg-type]


def test_sources_are_filtered_sorted_and_paged_as_all_lists(client: FlaskClient) -> None:
    page = html(client, "/sources")
    every = found(client, "/sources.json")
    offered = re.findall(
        r'href="(/sources\?(?:state|data|year)=[^"]+)">.*?<span>(\d+)</span></a>', page
    )
    assert {href.partition("?")[2].partition("=")[0] for href, _ in offered} == {
        "state", "data", "year",
    }  # fmt: skip
    for href, number in offered:
        address = href.replace("/sources?", "/sources.json?")
        assert found(client, address)["total"] == int(number)
        assert 'aria-current="true"' in html(client, href)
    newest = found(client, "/sources.json?sort=new")["items"]
    assert isinstance(newest, list)
    changed = [item["checks"]["changed"] for item in newest]
    assert changed == sorted(changed, reverse=True)
    second = found(client, "/sources.json?size=2&page=2")
    items = every["items"]
    assert isinstance(items, list)
    assert second["items"] == items[2:4]
    assert str(second["next"]).endswith("/sources?page=3")
    listed = "https://schema.org/itemListElement"
    quads = ox.parse(client.get("/sources.ttl?data=datasets").data, ox.RdfFormat.TURTLE)
    with_datasets = {item["iri"] for item in items if item["datasets"]}
    assert {q.object.value for q in quads if q.predicate.value == listed} == with_datasets
    for form in ("csv", "json", "ttl"):
        assert f"/sources.{form}?data=datasets" in links(html(client, "/sources?data=datasets"))
    html(client, "/sources?page=99", status=404)
    html(client, "/sources?sort=zz", status=400)
    assert "Nothing was found with these filters" in html(client, "/sources?state=zz")


HOSTILE = {
    "page=-1": 400,
    "page=0": 400,
    "page=abc": 400,
    "page=1e3": 400,
    "page=١": 400,
    "page=99999999999999999999": 400,
    "page=9999999": 404,
    "page=1&page=2": 400,
    "sort=x": 400,
    "sort=title;DROP TABLE hit": 400,
    "kind=x": 400,
    "unfold=x": 400,
    "q=" + "a" * 10_000: 400,
    "q=" + "%20a" * 40: 400,
    "q=a&q=b": 400,
    "format=exe": 406,
    "q=%00": 200,
    "q=%22": 200,
    "q=%22%22%22": 200,
    "q='%3B--": 200,
    "q=*": 200,
    "q=-": 200,
    "q=-мал": 400,
    "q=%F0%9F%90%91": 200,
    "q=%FF%FE": 200,
    "q=NEAR(a,b,10)": 200,
    "q=title:мал": 200,
    "q=facets:v1": 200,
    "q=a NOT b OR (": 200,
    "q={title}: ^a + b": 200,
    "q=<script>alert(1)</script>": 200,
    "publisher=%00": 200,
    "publisher=" + "x" * 5_000: 200,
    "publisher=') OR 1=1": 200,
    "theme=%22AGRI%22": 200,
    "utm_source=x&fbclid=y": 200,
    "q=&publisher=&sort=": 200,
}


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:30])
def test_hostile_addresses_are_answered_clearly(client: FlaskClient, query: str) -> None:
    for form in ("text/html", "application/json", "text/csv", "text/turtle"):
        answer = client.get(f"/search?{query}", headers={"Accept": form})
        assert answer.status_code == HOSTILE[query], answer.text
        assert "<script>alert" not in answer.text
    if HOSTILE[query] >= 400:
        problem = client.get(f"/search?{query}", headers={"Accept": "application/json"})
        assert json.loads(problem.text)["detail"]


def test_an_instance_of_an_earlier_version_says_what_to_do(
    few_datasets: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = snapshots.current(open_instance(few_datasets))
    assert now is not None
    monkeypatch.setattr(schema, "SUFFIX", "missing.sqlite")
    page = html(client, "/datasets", "mn", status=503)
    assert "ulzii rebuild" in page
    assert "алга" in page
    html(client, "/sources")


def test_a_filter_by_a_value_that_nothing_has_is_named(client: FlaskClient) -> None:
    """Each unknown value with a link that leaves it out; known ones are listed as chosen."""
    answer = html(client, "/datasets?theme=%3Cb%3Enothing&year=1066&q=livestock")
    said = re.findall(r'<p class="notice">(.*?) <a href="([^"]*)">', answer)
    assert said == [
        (
            "The filter “Theme” has no value “&lt;b&gt;nothing” here.",
            "/datasets?q=livestock&amp;year=1066",
        ),
        (
            "The filter “Year of last change” has no value “1066” here.",
            "/datasets?q=livestock&amp;theme=%3Cb%3Enothing",
        ),
    ]
    assert "has no value" not in html(client, "/datasets?q=zzzz")


def test_a_filter_by_format_is_told_from_the_format_of_the_answer(client: FlaskClient) -> None:
    """Facet links of formats lead to lists, as pages and as data."""
    link = re.search(r'href="(/datasets\?format=[^"]*)"', html(client, "/datasets"))
    assert link, "datasets with files of some format"
    filtered = link[1].replace("&amp;", "&")
    assert "<h1>" in html(client, filtered)
    total = found(client, "/datasets")["total"]
    assert 0 < found(client, filtered.replace("/datasets?", "/datasets.json?"))["total"] <= total  # type: ignore[operator]
    plain = client.get("/datasets?format=json", headers={"Accept": "text/html"})
    assert json.loads(plain.text)["total"] == total


@pytest.mark.parametrize("language", ["mn", "en"])
def test_a_report_counts_what_the_list_of_findings_counts(
    client: FlaskClient, language: str
) -> None:
    page = BeautifulSoup(html(client, "/sources/nso", language), "html.parser")
    rows = page.select("#notices tbody tr")
    assert len(rows) == len(page.select("#notices th[scope=row] a[href^='/rule/']"))
    counts = [(a["href"], a.text) for a in page.select(".numbers a, #notices td a")]
    assert len(counts) > len(rows)
    for href, number in counts:
        if str(href).startswith(("/findings", "/datasets")):
            listed = found(client, str(href).replace("?", ".json?"))
            assert f"{listed['total']:,}" == number
    assert "id/dataset" not in page.select_one("#notices").text  # type: ignore[union-attr]
    rules = found(client, "/id/source/nso/report.json")["rules"]
    assert isinstance(rules, list)
    total = found(client, "/findings.json?source=nso")["total"]
    assert sum(rule["findings"] for rule in rules) == total
    assert {rule["severity"] for rule in rules} <= {"Warning", "Info"}


@pytest.mark.parametrize(
    ("text", "meant"), [("livestok", "livestock"), ("ivestock numbr", ""), ("малийн тооо", "")]
)
@pytest.mark.parametrize("language", ["mn", "en"])
def test_a_misspelt_search_is_answered_with_true_numbers(
    client: FlaskClient, text: str, meant: str, language: str
) -> None:
    page = BeautifulSoup(html(client, "/search?q=" + quote(text), language), "html.parser")
    shown = page.select_one(".nothing")
    assert shown is not None
    if meant:
        assert f"“{meant}”" in shown.select(".notice")[0].text
    links = shown.select(".notice a, li a[href*='q=']")
    assert links
    for link in links:
        address = str(link["href"]).replace("?", ".json?")
        number = int(link.text.split()[-1].replace(",", ""))
        assert found(client, address)["total"] == number, link
    every = sum(int(str(found(client, f"{path}.json")["total"])) for path in LISTS)
    assert f" {every:,} " in shown.text


def test_a_list_says_what_it_has_of_its_kind(client: FlaskClient) -> None:
    shown = html(client, "/datasets?q=livestok&licence=none")
    total = found(client, "/datasets.json")["total"]
    assert f"Ulzii has {total} things of this kind so far" in shown
    href = next(one for one in links(shown, "Did you mean") if "q=livestock" in one)
    assert href == "/datasets?q=livestock"


def test_proposals_are_no_spellings_of_each_other(client: FlaskClient) -> None:
    page = BeautifulSoup(html(client, "/search?q=" + quote("архангай qqqqq")), "html.parser")
    texts = {str(link["href"]) for link in page.select(".nothing li a[href*='q=']")}
    words = {re.findall(r"q=([^&]*)", href)[0] for href in texts}
    assert len(words & {quote("архангай"), "arkhangai", "arhangay"}) <= 1
