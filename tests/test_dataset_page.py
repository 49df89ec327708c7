"""The page of a dataset: facts with three marks, languages, findings, statements."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from server.datasets.periods import PeriodSpan, nested
from tests.dataset_pages import HTML, LIVESTOCK, REGISTER, app, client, english, facts, soup
from tests.page_texts import unmarked

__all__ = ["app", "client", "english"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["mn", "en"])
@pytest.mark.parametrize(
    "dataset",
    [
        LIVESTOCK, REGISTER, "/id/dataset/nso/wages-by-region",
        "/id/dataset/emongolia-local/2022-07-19", "/id/dataset/nso/DT_NSO_0300_019V1",
        "/id/dataset/nso/DT_NSO_0400_021V1", "/id/dataset/nso/DT_NSO_1900_032V1",
        "/id/dataset/nso/DT_NSO_1100_015V1",
    ],
)  # fmt: skip
def test_every_kind_of_dataset_has_a_light_page_in_both_languages(
    client: FlaskClient, dataset: str, language: str
) -> None:
    page = soup(client, f"{dataset}.html", language)
    assert page.html is not None
    assert page.html["lang"] == language
    assert page.find("script", type="application/ld+json") is not None
    assert len(page.select("script")) == 1
    assert not page.select("[style]")
    ids = [one["id"] for one in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for a in page.select(".toc a")} <= set(ids)


@pytest.mark.parametrize(
    "address",
    [
        f"{LIVESTOCK}.html", f"{LIVESTOCK}.html?level=2",
        f"{LIVESTOCK}.html?fix.refArea=x-central-region&rows=refPeriod&columns=livestock-type",
        f"{REGISTER}.html", "/id/dataset/nso/wages-by-region.html",
        "/id/dataset/nso/DT_NSO_1900_032V1.html", "/findings?severity=Warning",
        "/search?q=мал", "/search?q=livestock&kind=finding",
    ],
)  # fmt: skip
def test_what_is_in_the_other_language_says_so(
    client: FlaskClient, english: frozenset[str], address: str
) -> None:
    """In cells, heads, headings, choices, charts and their labels, names and sentences."""
    assert "Central region" in english
    for language in ("mn", "en"):
        mark = "&" if "?" in address else "?"
        page = client.get(f"{address}{mark}lang={language}", headers=HTML)
        assert page.status_code == 200
        assert unmarked(page.text, english) == []


def test_a_picture_is_named_by_words_that_have_their_language(client: FlaskClient) -> None:
    """The office names its regions in English only; an attribute has no place for a language."""
    page = soup(client, f"{LIVESTOCK}.html?level=1", "mn")
    bars = page.select("svg.chart")[1]
    label = page.find(id=bars["aria-labelledby"])
    assert label is not None
    assert {one.text for one in label.select("[lang=en]")} >= {"Western region", "Govi region"}
    assert {one.text for one in bars.select("text[lang=en]")} >= {"Western region"}
    english = soup(client, f"{LIVESTOCK}.html?level=1", "en").select("svg.chart")[1]
    assert "Western region" in english["aria-label"]
    assert not english.select("[lang]")


def test_each_value_is_stated_inferred_or_missing(client: FlaskClient) -> None:
    found = facts(soup(client, f"{REGISTER}.html"))
    assert found["Update frequency"] == "daily"
    assert found["Theme"] == "Government and public sector ◇ inferred"
    assert found["Licence"] == "not stated"
    assert found["Period"] == found["Date of issue"] == found["Keywords"] == "not stated"
    assert "6686 · opendata.gov.mn" in found["Identifier"]


def test_a_span_within_another_one_is_told_beside_it(client: FlaskClient) -> None:
    """A table over years and quarters has one span, and says to where its quarters reach."""
    address = "/id/dataset/nso/DT_NSO_0400_021V1.html"
    found = facts(soup(client, address))["Period"]
    assert found == "1995–2024 (by quarters 1995–2021-Q2) ◇ inferred"
    assert "улирлаар 1995–2021-Q2" in facts(soup(client, address, "mn"))["Хамрах хугацаа"]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("1995--2024", "1995-01-01", "2024-12-31")], {"1995--2024": []}),
        (
            [("a", "1995-01-01", "2021-06-30"), ("b", "1995-01-01", "2024-12-31")],
            {"b": ["a"]},
        ),
        ([("a", "1990-01-01", "2000-12-31"), ("b", "1995-01-01", "")], {"a": [], "b": []}),
        (
            [("a", "1990-01-01", "2000-12-31"), ("b", "1995-01-01", "2024-12-31")],
            {"a": [], "b": []},
        ),
        ([("a", "1990-01-01", "1990-12-31"), ("b", "1990-01-01", "1990-12-31")],
         {"a": [], "b": []}),
    ],
)  # fmt: skip
def test_spans_that_overlap_or_are_open_stand_alone(
    spans: list[tuple[str, str, str]], expected: dict[str, list[str]]
) -> None:
    assert nested([PeriodSpan(*one) for one in spans]) == expected


def test_what_has_no_name_in_the_language_is_said_to_have_none(client: FlaskClient) -> None:
    mongolian = soup(client, f"{LIVESTOCK}.html", "mn").select("#table")[0]
    assert mongolian.select("tbody th [lang=en]")
    assert "зөвхөн англиар өгсөн, монгол нэр нь алга" in mongolian.text
    assert "in Mongolian only" not in soup(client, f"{LIVESTOCK}.html").text


def test_a_title_in_one_language_is_marked_with_it(client: FlaskClient) -> None:
    english = soup(client, f"{REGISTER}.html")
    assert english.select_one("h1 [lang=mn]")
    assert "The publisher gives no English title." in english.text
    mongolian = soup(client, f"{REGISTER}.html", "mn")
    assert not mongolian.select("h1 [lang]")


def test_a_description_alone_says_so(client: FlaskClient) -> None:
    page = soup(client, f"{REGISTER}.html")
    assert "Description only" in page.text
    assert "only the description of this dataset" in page.text
    assert not page.select("svg.chart, table.grid")
    assert "The portal's field “term”" in page.text


def test_the_unit_and_the_terms_have_their_marks(client: FlaskClient) -> None:
    found = facts(soup(client, f"{LIVESTOCK}.html"))
    assert found["Unit"] == "thousand head of livestock ◇ inferred"
    assert found["Terms of use"].endswith("not verified")
    assert found["Period"] == "1970–2024 ◇ inferred"
    assert found["Freshness"].startswith("latest period 2024; last taken in by Ulzii: ")


def test_the_findings_of_a_dataset_are_its_own(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    (link,) = page.select("#findings .row a")
    assert link.text.startswith("All findings of this dataset: ")
    number = int(link.text.rpartition(" ")[2].replace(",", ""))
    assert client.get(f"{link['href']}&format=json").get_json()["total"] == number
    assert "of the whole source, not of this dataset alone" in page.text


def test_statements_stand_on_their_own_pages(client: FlaskClient) -> None:
    first = soup(client, f"{LIVESTOCK}.html?view=statements")
    second = soup(client, f"{LIVESTOCK}.html?view=statements&page=2")
    assert first.select("table.statements")
    assert "statements 101–200" in second.text
    assert client.get(f"{LIVESTOCK}.html?view=statements&page=51", headers=HTML).status_code == 400
    small = soup(client, f"{REGISTER}.html?view=statements")
    assert "statements 1–" in small.text


def test_schema_org_stays_in_the_head(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    script = page.head.find("script", type="application/ld+json") if page.head else None
    assert script is not None
    told = json.loads(script.text)
    assert told["@type"] == "Dataset"


def test_figures_of_the_text_have_an_anchor_and_a_trace(client: FlaskClient) -> None:
    text = client.get("/id/dataset/emongolia-local/2022-07-19.html", headers=HTML).text
    (figure,) = re.findall(r'<li id="claim-1281">.*?</li>', text)
    assert "<strong>1,281</strong>" in figure
    (href,) = re.findall(r'href="(/trace[^"]*)"', figure)
    assert "<mark>1281</mark>" in client.get(href, headers=HTML).text


def test_nothing_is_chosen_that_changes_no_chart(client: FlaskClient) -> None:
    """The services have one year, so that only bars of all areas are drawn; of the livestock there
    is a line over time of one type and area."""
    services = soup(client, "/id/dataset/emongolia-local/2022-07-19.html")
    assert services.select("#charts figure")
    assert services.select("#charts select") == []
    livestock = soup(client, "/id/dataset/nso/DT_NSO_1001_109V1.html")
    assert len(livestock.select("#charts select")) > 0
    for page in (services, livestock):
        assert all(len(one.select("option")) > 1 for one in page.select("select"))
