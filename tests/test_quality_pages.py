"""The pages of quality: scores, what is missing and how to mend it, the law, history; the demo."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient

from graph.core.instance import Instance, open_instance
from graph.core.iris import ROOT
from graph.ledger import Ledger
from graph.queries import Pool, QueryLimits
from loaders import quality
from loaders.pipeline.source import read_all
from server.app import create_app
from server.cache.lru import Lru
from server.cli import loading, main
from server.pages.quality import overview
from server.pages.things import organisation
from server.quality.history import ScoredVersion
from server.quality.mending import MENDS
from server.quality.scores import ItemStatus, QualityOf, score_of
from server.sparql import internal_queries
from shapes.quality.metrics import DIMENSIONS, METRICS
from tests.pools import ready

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
POINTS = "quality/datasets"  # the query
LIVESTOCK = "/quality/dataset/nso/DT_NSO_1001_109V1"


@pytest.fixture(scope="module")
def scored(few_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    data = shutil.copytree(few_datasets, tmp_path_factory.mktemp("scored") / "data")
    instance = open_instance(data)
    quality.publish(instance, quality.assess(instance))
    return instance


@pytest.fixture(scope="module")
def client(scored: Instance) -> Iterator[FlaskClient]:
    with Pool.start(scored, workers=1, limits=QueryLimits()) as pool:
        yield create_app(scored, ready(pool)).test_client(use_cookies=False)


def soup(client: FlaskClient, address: str, language: str = "en") -> BeautifulSoup:
    mark = "&" if "?" in address else "?"
    response = client.get(f"{address}{mark}lang={language}", headers=HTML)
    assert response.status_code == 200, response.text[:500]
    assert len(response.data) <= 60_000
    return BeautifulSoup(response.text, "html.parser")


def words(page: BeautifulSoup, selector: str) -> str:
    return " ".join(page.select(selector)[0].text.split())


def test_every_metric_says_how_to_mend_it() -> None:
    assert set(MENDS) == {metric.id for metric in METRICS}
    for mend in MENDS.values():
        for text in (mend.mn, mend.en):
            assert text.endswith(".")
            assert text.count("`") % 2 == 0
    without_example = [k for k, mend in MENDS.items() if "`" not in mend.mn]
    assert without_example == ["accessUrlStatusCode", "downloadUrlStatusCode"]


@pytest.mark.parametrize("language", ["mn", "en"])
def test_an_address_that_is_not_stated_is_not_to_be_opened(
    client: FlaskClient, language: str
) -> None:
    """Where none is stated, one is to be stated; where one was not asked, it is to be opened."""
    rows = soup(client, f"{LIVESTOCK}.html", language).select("table.stacked tbody tr")
    said = {row.th.text: row.select("td")[-1].text for row in rows if row.th}
    index = 0 if language == "mn" else 1
    of = {one.id: said[(one.mn, one.en)[index]] for one in METRICS if "UrlStatus" in one.id}
    opened = ("хөтчөөр нээж", "in a browser")[index]
    assert opened not in of["downloadUrlStatusCode"]
    assert ("заагаагүй тул", "No download address is stated")[index] in of["downloadUrlStatusCode"]
    assert opened in of["accessUrlStatusCode"]
    assert ("заагаагүй", "no address is stated")[index] not in of["accessUrlStatusCode"]


@pytest.mark.parametrize("language", ["mn", "en"])
def test_equal_points_are_in_the_order_of_the_list_of_datasets(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """By name, in the order of the reader's language; not by an IRI that nobody sees."""
    select = internal_queries.select

    def equal(pool: Pool, name: str, *arguments: Any) -> list[Any]:
        rows = select(pool, name, *arguments)
        return [row | {"points": ox.Literal("7")} for row in rows] if name == POINTS else rows

    monkeypatch.setattr(overview, "_SCORED", Lru[Any, Any](1 << 20))
    monkeypatch.setattr(internal_queries, "select", equal)
    links = soup(client, "/quality?page=1&rating=", language).select("#datasets th a")
    listed = soup(client, "/datasets", language).select("ul.items h3 a")
    there = [str(link["href"]).replace("/quality/dataset", "/id/dataset") for link in links]
    assert there == [link["href"] for link in listed]
    assert len(links) == 5


def test_each_cell_of_what_to_mend_has_its_heading_on_phones(client: FlaskClient) -> None:
    for address in ("/quality", "/id/dataset/nso/DT_NSO_1001_109V1.html"):
        for table in soup(client, address, "mn").select("table.stacked"):
            for cell in table.select("tbody td"):
                assert cell["data-head"], cell
    heads = soup(client, "/quality", "mn").select("td[data-head]")
    assert "Яаж нөхөх" in {str(cell["data-head"]) for cell in heads}


def test_the_catalogue_has_its_mean_and_says_why_nothing_is_accessible(client: FlaskClient) -> None:
    page = soup(client, "/quality")
    assert words(page, "h1").startswith("Quality of metadata: ")
    assert "of 405, sufficient" in words(page, "h1")
    assert "The mean of 5 datasets" in page.text
    assert "no address has been asked yet" in page.text
    rows = {
        r.th.text: [td.text for td in r.select("td")] for r in page.select("#mend tbody tr") if r.th
    }
    points, most, lacking, mend = rows["has keywords"]
    assert (points, most, lacking) == ("0", "30", "5")
    assert mend.startswith("Write 3–7 words")
    assert mend.endswith("dcat:keyword")
    assert rows["the access address answers"][:3] == ["not checked yet", "50", "not checked yet"]
    mongolian = soup(client, "/quality", "mn")
    assert words(mongolian, "h1").startswith("Метадатын чанар: 405 онооноос")


def test_the_datasets_that_lack_a_metric_are_listed_as_a_page_and_as_a_table(
    client: FlaskClient,
) -> None:
    for of, number in (("org/5296722", 3), ("catalog", 5)):
        path = "/quality" if of == "catalog" else f"/quality/{of}.html"
        (row,) = [r for r in soup(client, path).select("#mend tr") if "has keywords" in r.text]
        (link,) = row.select("td a")
        assert link.text == str(number)
        listed = soup(client, str(link["href"]), "mn")
        assert len(listed.select("main table tr")) == number
        (table,) = [str(a["href"]) for a in listed.select("main a.button")]
        rows = [*csv.DictReader(client.get(f"{table}&lang=en").text.lstrip("\ufeff").splitlines())]
        assert len(rows) == number
        paths = ["/" + one["address"].removeprefix(ROOT) for one in rows]
        assert {client.get(path, headers=HTML).status_code for path in paths} == {200}, paths
        assert {one["lacks"] for one in rows} == {"has keywords"}
        assert rows[0]["fields"] == "dcat:keyword"
        assert rows[0]["how_to_mend"].startswith("Write 3–7 words")
    for wrong in ("metric=none", "metric=keywordAvailability&of=org/none"):
        assert client.get(f"/quality/lacking?{wrong}").status_code == 404
    assert client.get("/quality/lacking.csv?metric=none").status_code == 404
    assert client.get("/quality/lacking?metric=keywordAvailability&page=2").status_code == 404


def test_organisations_and_datasets_are_linked_lowest_first(client: FlaskClient) -> None:
    page = soup(client, "/quality")
    organisations = {a.text: str(a["href"]) for a in page.select("#organisations th a")}
    assert organisations["National Statistics Office"] == "/quality/org/x-nso.html"
    points = [float(td.text) for td in page.select("#datasets td")]
    assert len(points) == 5
    assert points == sorted(points)
    assert f"{LIVESTOCK}.html" in [a["href"] for a in page.select("#datasets th a")]
    rated = soup(client, "/quality?rating=sufficient")
    assert len(rated.select("#datasets td")) == 5


def test_an_organisation_has_its_own_page(client: FlaskClient) -> None:
    page = soup(client, "/quality/org/5296722.html")
    assert "210 of 405" in words(page, "h1")
    assert len(page.select("#datasets td")) == 3
    assert "Not assessed by the items of the act." in page.select("#law")[0].text
    assert page.select("h1 [lang=mn]")


def test_the_page_of_an_organisation_has_its_quality_and_the_law(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_law(pool: Pool, subject: str) -> QualityOf | None:
        score = score_of(pool, subject)
        given = {"b": "late", "a": "not-assessed", "c": "late"}
        items = tuple(ItemStatus(f"https://example.mn/{k}", v) for k, v in given.items())
        return replace(score, items=items) if score else None

    page = soup(client, "/id/org/x-nso.html")
    assert "of 405" in words(page, "#quality h2")
    assert words(page, ".facts a[href='#quality']") == words(page, "#quality h2").partition(": ")[2]
    assert len(page.select("#quality tbody tr")) == len(DIMENSIONS)
    assert page.select("#quality a[href='/quality/org/x-nso.html']")
    assert words(page, "#law").endswith("Not assessed by the items of the act.")
    monkeypatch.setattr(organisation, "score_of", read_law)
    page = soup(client, "/id/org/x-nso.html", "mn")
    assert [one.text for one in page.select("#law summary")] == [
        "нийтэлсэн, хугацаандаа шинэчлээгүй: 2",
        "үнэлээгүй: 1",
    ]
    assert "дутуу гэж хэлэхгүй" in words(page, "#law")
    without = soup(client, "/id/org/x-cita.html")
    assert "publishes no dataset" in words(without, "#quality")


def test_a_dataset_has_its_own_page_and_its_data_stay(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    assert "195 of 405" in words(page, "h1")
    assert not page.select("#datasets")
    assert "share of properties inferred by Ulzii: 50%" in page.text
    assert "Scored on one day only: 195 points" in page.text
    data = client.get(f"{LIVESTOCK}.ttl")
    assert data.status_code == 200
    assert data.mimetype == "text/turtle"
    to_page = client.get(LIVESTOCK, headers=HTML)
    assert (to_page.status_code, to_page.headers["Location"]) == (303, f"{LIVESTOCK}.html")


def test_the_page_of_a_dataset_says_what_to_mend(client: FlaskClient) -> None:
    page = soup(client, "/id/dataset/nso/DT_NSO_1001_109V1.html")
    section = page.select("#quality")[0]
    assert "Quality: 195 of 405, sufficient" in section.text
    assert "no address has been asked yet" in section.text
    first = section.select("tbody tr")[5]
    assert first.select("th")[0].text == "the access address answers"
    mend, gain = (td.text for td in first.select("td"))
    assert mend.startswith("Open the address in a browser")
    assert (mend[-17:], gain) == ("(not checked yet)", "+50")
    assert f"{LIVESTOCK}.html" in [a["href"] for a in section.select(".row a")]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/quality?rating=superb", 400), ("/quality?page=x", 400), ("/quality?page=99", 404),
        ("/quality/dataset/nso/nothing.html", 404), ("/quality/nothing.html", 404),
    ],
)  # fmt: skip
def test_what_was_not_scored_is_not_there(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address, headers=HTML).status_code == status


def test_without_scores_the_page_says_how_to_make_them(few_datasets: Path) -> None:
    instance = open_instance(few_datasets)
    with Pool.start(instance, workers=1, limits=QueryLimits()) as pool:
        unscored = create_app(instance, ready(pool)).test_client(use_cookies=False)
        assert "ulzii score" in soup(unscored, "/quality").text
        of_dataset = soup(unscored, "/id/dataset/mn-odp/6686.html")
        assert "has not been scored yet" in of_dataset.text


def test_two_days_make_a_line(client: FlaskClient) -> None:
    days = ("2026-11-01T08:00:00+08:00", "2026-11-30T08:00:00+08:00")
    past = [ScoredVersion(n, at, Decimal(100 + n)) for n, at in enumerate(days, start=1)]
    with client.application.test_request_context("/quality?lang=en"):
        client.application.preprocess_request()
        assert overview._chart(past[:1]) is None
        chart = overview._chart(past)
    assert chart is not None
    assert "101 points on 2026-11-01, 102 on 2026-11-30" in chart


@pytest.mark.ci  # test_score_command.py scores twice
def test_the_demo_scores_what_it_loads_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, wanted = read_all(), {"mn-odp"}
    for name, source in reversed(every.items()):
        wanted.update(source.references if name in wanted else ())
    few = {name: source for name, source in every.items() if name in wanted}
    monkeypatch.setattr(loading, "read_all", lambda: few)
    arguments = ["--data", str(tmp_path / "data"), "demo", "--no-serve"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "quality: published, version 1" in done.stdout
    again = CliRunner().invoke(main, arguments)
    assert "quality:" not in again.stdout
    events = Ledger(open_instance(tmp_path / "data")).events
    assert [one["version"] for one in events.find("Publish", "quality")] == [1]
