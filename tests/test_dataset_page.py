"""The page of a dataset: facts with three marks, its table, charts, files, use, statements, CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from bs4 import BeautifulSoup
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from graph import snapshots
from graph.core.instance import open_instance
from graph.queries import Pool, QueryLimits
from loaders.link_checks import ProbeResult, UrlChecks, store_path
from server.app import create_app
from server.core.settings import Settings
from server.cubes.members import CubeCode
from server.datasets.periods import PeriodSpan, nested
from server.pages.datasets import captured, charts
from server.sparql.labels import term_labels
from tests import parts
from tests.page_texts import english_names_of, unmarked
from tests.pools import ready

pytestmark = pytest.mark.slow

LIVESTOCK = "/id/dataset/nso/DT_NSO_1001_109V1"
REGISTER = "/id/dataset/mn-odp/6686"
HTML = {"Accept": "text/html"}
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def app(demo: Path) -> Iterator[Flask]:
    instance = open_instance(demo)
    with Pool.start(instance, workers=1, limits=QueryLimits()) as pool:
        yield create_app(instance, ready(pool))


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def english(demo: Path) -> frozenset[str]:
    """What the demo's data call by an English name alone, as the office its regions."""
    snapshot = snapshots.current(open_instance(demo))
    assert snapshot is not None
    return english_names_of(snapshot.path)


def unused_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def soup(client: FlaskClient, address: str, language: str = "en") -> BeautifulSoup:
    mark = "&" if "?" in address else "?"
    response = client.get(f"{address}{mark}lang={language}", headers=HTML)
    assert response.status_code == 200, response.text[:500]
    assert len(response.data) <= MOST_BYTES
    return BeautifulSoup(response.text, "html.parser")


def facts(page: BeautifulSoup) -> dict[str, str]:
    found = page.select(".facts > div")
    return {one.dt.text: " ".join(one.dd.text.split()) for one in found}  # type: ignore[union-attr]


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
        assert [name for name, _ in charts._told_apart(map(code, "abc"))] == [
            "Ulaanbaatar (a)", "Ulaanbaatar (b)", "c",
        ]  # fmt: skip
        said = charts._left_out([(code("c"), None)], [code("d")])
        assert said == "Without a figure: c. Not drawn, because the list is long: d."


def test_the_findings_of_a_dataset_are_its_own(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    (link,) = page.select("#findings .row a")
    assert link.text.startswith("All findings of this dataset: ")
    number = int(link.text.rpartition(" ")[2].replace(",", ""))
    assert client.get(f"{link['href']}&format=json").get_json()["total"] == number
    assert "of the whole source, not of this dataset alone" in page.text


def test_the_numbers_of_the_start_page_are_those_of_the_lists(client: FlaskClient) -> None:
    html = client.get("/?lang=en", headers=HTML).text
    for path in ("datasets", "organisations", "findings"):
        listed = client.get(f"/{path}.json").get_json()["total"]
        if path == "findings":  # warnings and remarks are counted apart
            listed -= client.get("/findings.json?severity=Info").get_json()["total"]
        assert re.search(rf'<a href="/{path}">{listed:,}</a>', html), path
    figures = re.search(r"figures in ([\d,]+) observations</dt><dd>([\d,]+)</dd>", html)
    assert figures
    every, known = (int(one.replace(",", "")) for one in figures.groups())
    assert 0 < known <= every


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


def test_every_property_and_class_of_the_demo_has_labels_in_both_languages(
    client: FlaskClient,
) -> None:
    """All but those that a table defines itself, which are called what the table calls them."""
    asked = """
      PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
      PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
      SELECT DISTINCT ?term (LANG(?label) AS ?language) {
        { SELECT DISTINCT ?term { { ?s ?term ?o } UNION { ?s a ?term } } }
        OPTIONAL { ?term rdfs:label|skos:prefLabel ?label }
      }"""
    answer = client.get("/sparql", query_string={"query": asked, "format": "csv"})
    rows = [*csv.DictReader(io.StringIO(answer.text, newline=""))]
    languages: dict[str, set[str]] = {}
    for row in rows:
        of_ours = term_labels().get(row["term"], {})
        languages.setdefault(row["term"], set()).update({row["language"], *of_ours})
    assert len(languages) > 300
    assert [
        term
        for term, found in languages.items()
        if not {"mn", "en"} <= found and "/id/dataset/" not in term
    ] == []


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


def test_a_check_of_an_address_stands_beside_its_file(client: FlaskClient, demo: Path) -> None:
    assert "not checked yet" in soup(client, f"{REGISTER}.html").select("#files")[0].text
    url = "https://opendata.gov.mn/api/v1/front/detail/view"
    at = "2026-11-30T08:00:00+08:00"
    with UrlChecks(store_path(open_instance(demo))) as checks:
        checks.save(ProbeResult(url, at, status=404, final=url))
    checked = soup(client, f"{REGISTER}.html").select("#files")[0]
    assert "404 2026-11-30 08:00 UTC+8" in checked.text
    assert checked.select(".tag.warn")


def test_the_citation_names_snapshot_and_day_of_access(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    cited = " ".join(page.select("#cite blockquote")[0].text.split())
    assert cited.startswith("National Statistics Office. “NUMBER OF LIVESTOCK")
    assert re.search(
        r"version 1, snapshot \d+ \(\d{4}-\d\d-\d\d\)\. Read on \d{4}-\d\d-\d\d", cited
    )
    assert "(2" not in cited.partition("“")[0]  # no year of issue is stated, so none is said
    bibtex = page.select("#cite pre")[0].text
    assert "urldate" in bibtex
    assert "year =" not in bibtex


@pytest.fixture(scope="module")
def served(demo: Path) -> Iterator[str]:
    instance = open_instance(demo)
    with Pool.start(instance, workers=1, limits=QueryLimits()) as pool:
        port = unused_port()
        address = f"http://127.0.0.1:{port}/"
        app = create_app(instance, ready(pool), Settings(public_url=address))
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield address
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("dataset", parts.each(2, [LIVESTOCK, REGISTER]))
def test_the_programs_under_use_run(served: str, dataset: str, tmp_path: Path) -> None:
    request = urllib.request.Request(f"{served[:-1]}{dataset}.html", headers=HTML)
    with urllib.request.urlopen(request) as answer:
        page = BeautifulSoup(answer.read(), "html.parser")
    names = [one.text for one in page.select("#use summary")]
    programs = dict(zip(names, (one.text for one in page.select("#use pre")), strict=True))
    python = [sys.executable, "-c", programs["Python"]]
    done = subprocess.run(python, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 10
    if shutil.which("curl"):
        (tmp_path / "query.rq").write_text(programs["SPARQL"], "utf-8")
        for name in ("curl", "SPARQL, curl"):
            done = subprocess.run(
                ["bash", "-c", programs[name]], capture_output=True, text=True, cwd=tmp_path
            )
            assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 10
        (file,) = tmp_path.glob("*.csv")
        assert len(file.read_text("utf-8").splitlines()) > 10
    link = page.select("#use .row a")[0]["href"]
    assert unquote(str(link)).endswith(programs["SPARQL"])


def test_figures_of_the_text_have_an_anchor_and_a_trace(client: FlaskClient) -> None:
    text = client.get("/id/dataset/emongolia-local/2022-07-19.html", headers=HTML).text
    (figure,) = re.findall(r'<li id="claim-1281">.*?</li>', text)
    assert "<strong>1,281</strong>" in figure
    (href,) = re.findall(r'href="(/trace[^"]*)"', figure)
    assert "<mark>1281</mark>" in client.get(href, headers=HTML).text


def test_a_period_is_called_by_its_key(client: FlaskClient) -> None:
    assert soup(client, "/id/period/2024.html").select("h1")[0].text == "2024"


def test_a_table_over_time_begins_with_the_newest_period_on_phones(client: FlaskClient) -> None:
    (frame,) = soup(client, f"{LIVESTOCK}.html").select("#table .wide")
    assert "newest" in frame["class"]


def test_the_files_of_a_table_stand_before_those_of_the_whole_source(client: FlaskClient) -> None:
    page = soup(client, f"{LIVESTOCK}.html")
    own = page.select("#files > ul a")
    assert own
    assert not any("wages" in link.text for link in own)
    listed = soup(client, f"{LIVESTOCK}.html?view=files")
    first, *others = listed.select("main ul.plainlist")
    assert [link["href"] for link in first.select("a")] == [link["href"] for link in own]
    assert others[0].select("a")


def test_every_file_of_the_source_is_reached(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On some page, once; beyond the last there is none."""
    address = f"{LIVESTOCK}.html?view=files"
    all_of_them = [str(a["href"]) for a in soup(client, address).select("ul.plainlist a")]
    monkeypatch.setattr(captured, "AT_ONCE", 2)
    pages = -(-len(all_of_them) // 2)
    assert pages > 2
    found = [
        str(link["href"])
        for number in range(1, pages + 1)
        for link in soup(client, f"{address}&page={number}").select("ul.plainlist a")
    ]
    assert found == all_of_them
    assert client.get(f"{address}&page={pages + 1}", headers=HTML).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/id/source/nso/v/1", "/id/law/10497/en", "/id/period/1952--1992", "/graph/nso",
        "/graph/nso/findings", f"{LIVESTOCK}/cube", "/scheme/postcode/from/au/064",
        "/id/dataset/mn-odp/6686/file/18132", "/id/change/org-mddic",
    ],
)  # fmt: skip
def test_what_has_no_name_is_named_by_what_it_is_and_of_what(
    client: FlaskClient, path: str
) -> None:
    for language in ("mn", "en"):
        page = soup(client, f"{path}.html", language)
        assert page.h1 is not None
        assert page.title is not None
        for shown in (page.h1.get_text(), page.title.get_text()):
            assert path.strip("/") not in shown
    assert "statements of the source" in soup(client, "/graph/nso.html").h1.text  # type: ignore[union-attr]
    version = soup(client, "/id/source/nso/v/1.html", "mn").h1
    assert version is not None
    assert version.get_text().startswith("Үндэсний статистикийн хорооны хүснэгтүүд: хувилбар 1")


def test_parts_with_many_statements_are_listed_and_each_leads_to_its_own(
    client: FlaskClient,
) -> None:
    page = soup(client, "/def/core.html")
    listed = page.select("ul.items > li[id]")
    assert len(listed) > 30
    assert {"Finding", "severity"} <= {
        str(one["id"]) for one in listed
    }  # fragments still lead here
    assert not page.select("table.statements[aria-label$='#Finding']")
    one = soup(client, "/def/core.html?of=Finding")
    assert one.select("table.statements[aria-label$='#Finding']")
    assert client.get("/def/core.html?of=Nothing", headers=HTML).status_code == 404
    small = soup(client, "/def/tender.html")
    assert len(small.select("table.statements")) > 1


def test_the_largest_graph_answers_as_csv_too(client: FlaskClient) -> None:
    """As a stream: nothing is linked that is refused as too large."""
    rows = client.get("/graph/nso.csv")
    assert rows.status_code == 200
    assert rows.content_length is None
    lines = rows.text.splitlines()
    assert lines[0] == "subject,property,value,language,datatype"
    assert len(rows.data) > 16 << 20  # bytes that a page reads at most
    assert len({line.partition(",")[0] for line in lines}) > 1_000
