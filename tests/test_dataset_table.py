"""The table of a dataset's page, its charts, and both as CSV."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from server.cubes.members import CubeCode
from server.pages.datasets import charts
from server.pages.datasets.levels import levels_of
from server.pages.datasets.names import told_apart
from tests.dataset_pages import HTML, LIVESTOCK, REGISTER, app, client, soup
from vocab.namespaces import PLACE

__all__ = ["app", "client"]
pytestmark = pytest.mark.slow


def test_the_table_has_the_newest_years_and_every_figure_leads_to_its_trace(
    client: FlaskClient,
) -> None:
    page = soup(client, f"{LIVESTOCK}.html", "mn")
    table = page.select_one("#table table.grid")
    assert table is not None
    assert [th.text for th in table.select("thead th")][1:] == [str(y) for y in range(2017, 2025)]
    first = table.select("tbody tr")[0]
    assert first.th is not None
    assert first.th.text == "Улсын дүн"
    last = first.select("td")[-1]
    assert last.text == "57,649.7"
    assert last.a is not None
    assert last.a["href"] == f"/trace?of={LIVESTOCK}/cube/total/total/2024"
    trace = client.get(str(last.a["href"]), headers={"Accept": "application/json"})
    assert trace.status_code == 200


def test_a_warned_cell_leads_to_its_finding_and_says_so(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html?columns-page=6", "en")
    warned = page.select("#table td.warned")
    assert warned
    assert all("warning" in one.text.lower() for one in warned)
    links = page.select("#table td.warned a")
    assert all("/finding/" in str(one["href"]) for one in links)
    assert "with a warning" in page.text
    assert page.select("#table td.noted")


def test_no_figure_is_never_zero(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html?columns-page=1")
    empty = page.select("#table td.none")
    assert empty
    assert {one.text for one in empty} == {"…"}
    assert all(one["title"] == "no figure" for one in empty)


def test_the_table_is_turned_by_links(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    links = {a.text: str(a["href"]) for a in page.select("#table .row a")}
    turned = soup(client, f"{LIVESTOCK}.html{links['exchange rows and columns']}".split("#")[0])
    heads = turned.select("#table thead th")
    assert [th.text for th in heads][:2] == ["Period", "Total"] or heads[0].text == "Period"
    by_type = soup(client, f"{LIVESTOCK}.html{links['Type of livestock as rows']}".split("#")[0])
    rows = [th.text for th in by_type.select("#table tbody th")]
    assert len(rows) == 6
    for number in (1, 2):
        again = soup(client, f"{LIVESTOCK}.html?rows=refArea&page={number}")
        assert again.select("#table tbody tr")


@pytest.mark.parametrize(
    "query", ["rows=nothing", "fix.refArea=nowhere", "page=99", "cube=2", "columns-page=0"]
)
def test_what_the_table_does_not_have_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{LIVESTOCK}.html?{query}", headers=HTML).status_code == 400


def test_charts_say_in_words_what_they_show_and_list_their_figures(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html?fix.refArea=x-khentii", "en")
    line, bars = page.select("svg.chart")
    assert "3,192" in line["aria-label"]
    assert "Khentii" in line["aria-label"]
    listed = page.select("#charts details")[0].select("tr")
    assert len(listed) == 55
    assert "2024" in listed[-1].text
    assert "3,192.0" in listed[-1].text
    assert len(bars.select("rect")) == 7  # regions, not the country beside its parts
    assert "thousand head of livestock" in page.select("figcaption")[0].text


def test_a_point_with_a_warning_is_marked_in_the_line(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html", "en")
    marked = page.select("svg.chart")[0].select(".flag title")
    assert {one.text[:4] for one in marked} == {"1979", "1980", "2009"}


def test_a_missing_year_breaks_the_line(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html?fix.livestock-type=camel&fix.refArea=x-darkhan-uul")
    line = page.select("svg.chart path.line")[0]
    assert str(line["d"]).count("M") > 1
    assert "the line breaks there" in page.text


def test_quarters_are_a_line_with_years_at_the_axis(client: FlaskClient) -> None:
    page = soup(client, "/id/dataset/nso/DT_NSO_0400_021V1.html")
    line = page.select("svg.chart")[0]
    labels = {one.text for one in line.select("text.q")}
    assert labels >= {"2005", "2010", "2015"}
    assert "25 periods of another length" in page.text


def test_one_period_is_no_line_but_bars(client: FlaskClient) -> None:
    page = soup(client, "/id/dataset/emongolia-local/2022-07-19.html")
    (bars,) = page.select("svg.chart")
    assert len(bars.select("rect")) == 21


def test_bars_compare_one_level_at_a_time(client: FlaskClient) -> None:
    """Regions and their aimags are told apart by blanks in the office's file."""
    page = soup(client, "/id/dataset/nso/wages-by-region.html")
    regions, aimags = page.select("#charts .sorts")[0].select("strong, a")
    assert regions.text.startswith("Western region, Khangai region")
    assert aimags.text == "Aimags and the capital"
    assert len(page.select("svg.chart")[-1].select("rect")) == 5
    assert "Only this level is compared" in page.select("#charts figure")[-1].text
    below = soup(client, "/id/dataset/nso/wages-by-region.html" + str(aimags["href"]))
    bars = below.select("svg.chart")[-1]
    assert len(bars.select("rect")) == 22
    assert "region" not in bars.text
    wrong = client.get("/id/dataset/nso/wages-by-region.html?level=9", headers=HTML)
    assert wrong.status_code == 400


def test_bars_of_one_name_are_told_apart_and_those_left_out_are_named() -> None:
    def code(key: str) -> CubeCode:
        return CubeCode(ox.Literal(key), key, {"": "Ulaanbaatar" if key in "ab" else key})

    app = Flask(__name__)
    with app.test_request_context():
        g.language = "en"
        assert [name for name, _ in told_apart(map(code, "abc"))] == [
            "Ulaanbaatar (a)", "Ulaanbaatar (b)", "c",
        ]  # fmt: skip
        said = charts._left_out([(code("c"), None)], [code("d")])
        assert said == "Without a figure: c. Not drawn, because the list is long: d."


def test_lists_without_levels_are_compared_by_kinds_of_places_without_their_total() -> None:
    """As of a table that does not say which aimags a region has."""

    def code(name: str, *classes: str) -> CubeCode:
        return CubeCode(ox.Literal(name), name, {"mn": name}, classes=frozenset(classes))

    regions = [code(name) for name in ("Төвийн бүс", "Зүүн бүс")]
    aimags = [code(name, PLACE.Aimag.value) for name in ("Хэнтий", "Дорнод")]
    soums = [code(name, PLACE.Soum.value) for name in ("Дэлгэрхаан", "Батноров")]
    found = levels_of([code("Нийт"), *regions, *aimags, *soums])
    assert found == {"0-other": regions, "0-aimags": aimags, "0-soums": soums}
    assert levels_of([code("Бүгд"), *aimags]) == {"0": aimags}
    assert levels_of([code("Бусад"), *aimags]) == {"0": [code("Бусад"), *aimags]}


@pytest.mark.parametrize("language", ["mn", "en"])
def test_no_two_rows_and_choices_of_a_table_have_one_name(
    client: FlaskClient, language: str
) -> None:
    names: list[str] = []
    for number in (1, 2, 3):
        page = soup(client, f"/id/dataset/nso/wages-by-region.html?page={number}", language)
        names += [th.text for th in page.select("#table tbody th")]
    assert len(names) == len(set(names)) == 28
    capital = "Улаанбаатар (нийслэл)" if language == "mn" else "Ulaanbaatar (capital)"
    assert capital in names
    for choice in page.select("select"):
        options = [option.text for option in choice.select("option")]
        assert len(options) == len(set(options))


def test_a_heading_never_repeats_a_word(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html", "en")
    heading = page.select_one("#line-name")
    assert heading is not None
    assert "Total, Total" not in heading.text
    assert "Total (Type of livestock, Area), 1970" in heading.text
    figure = soup(client, f"{LIVESTOCK}/cube/total/total/2017.html", "en")
    assert figure.h1 is not None
    assert figure.h1.text.startswith("Total (Type of livestock, reference area), 2017: ")
    assert figure.title is not None
    assert "Total, Total" not in figure.title.text


def test_the_slice_and_the_whole_as_csv(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html?fix.livestock-type=camel", "en")
    links = {a.text: str(a["href"]) for a in page.select("#table .row a")}
    table = client.get(f"{links['CSV of this table']}&lang=en")
    rows = list(csv.reader(io.StringIO(table.text, newline="")))
    assert table.mimetype == "text/csv"
    assert rows[0][:3] == ["Area", "Unit", "1970"]
    assert table.headers["Content-Disposition"].endswith('DT_NSO_1001_109V1_camel.table.csv"')
    assert (len(rows), len(rows[0])) == (31, 57)
    excel = client.get(links["CSV of this table, for Excel"])
    assert excel.data.startswith(b"\xef\xbb\xbf")
    whole = client.get(links["CSV of all observations"])
    every = list(csv.DictReader(io.StringIO(whole.text, newline="")))
    assert len(every) == 9900
    total = [
        r for r in every
        if (r["livestock-type"], r["refArea"], r["refPeriod"]) == ("total", "total", "2024")
    ]  # fmt: skip
    assert [one["value"] for one in total] == ["57649.7"]
    assert {(one["unit"], one["multiplier"]) for one in every} == {("толгой мал", "1000")}
    assert sum(one["status"] == "M" for one in every) == sum(not one["value"] for one in every) > 0
    etag = {"If-None-Match": whole.headers["ETag"]}
    assert client.get(links["CSV of all observations"], headers=etag).status_code == 304


def test_rows_of_all_observations_stand_in_the_order_of_the_table(client: FlaskClient) -> None:
    text = client.get("/id/dataset/nso/wages-by-region.observations.csv?lang=en").text
    rows = [*csv.DictReader(io.StringIO(text, newline=""))]
    areas = [*dict.fromkeys(row["area"] for row in rows)]
    assert areas[:4] == ["national-average", "western-region", "bayan-ulgii", "govi-altai"]
    assert areas[-2:] == ["ulaanbaatar-region", "ulaanbaatar"]
    assert [*dict.fromkeys(row["gender"] for row in rows)] == ["total", "female", "male"]
    assert {(row["unit"], row["multiplier"]) for row in rows} == {("togrog", "1000")}


def test_a_description_has_no_csv_of_observations(client: FlaskClient) -> None:
    answer = client.get(f"{REGISTER}.observations.csv")
    assert answer.status_code == 404
    assert "only its description" in answer.text


def test_a_table_over_time_begins_with_the_newest_period_on_phones(client: FlaskClient) -> None:
    (frame,) = soup(client, f"{LIVESTOCK}.html").select("#table .wide")
    assert "newest" in frame["class"]


WORKS = "/id/dataset/local-fund/works"


@pytest.mark.parametrize("language", ["mn", "en"])
def test_figures_of_things_are_named_in_the_table_and_not_drawn(
    client: FlaskClient, language: str
) -> None:
    """Work 1 of 2013 and work 1 of 2014 are two works: a line between them would mislead."""
    page = soup(client, f"{WORKS}.html?fix.refArea=0111351", language)
    assert not page.select("#charts svg") and not page.select("#charts select")
    assert page.select_one("#charts .notice") is not None
    rows = page.select("#table tbody tr")
    assert rows[6].th is not None
    assert rows[6].th.text == {"mn": "7-р ажил", "en": "work 7"}[language]
    name = rows[6].select("td")[1].small
    assert name is not None and name.text == "Тохижилт (авто замын дагуух)"
    assert (name.span is not None and name.span.get("lang") == "mn") == (language == "en")
    assert not [one for one in page.select("#table td[title]") if "label" in str(one["title"])]


def test_all_observations_as_csv_name_what_each_is_a_figure_of(client: FlaskClient) -> None:
    rows = [*csv.DictReader(io.StringIO(client.get(f"{WORKS}.observations.csv?lang=en").text))]
    assert len(rows) == 91
    assert {one["label"] for one in rows} > {"Тохижилт (авто замын дагуух)"}
    assert all(one["label"] for one in rows if one["value"])
