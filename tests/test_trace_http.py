"""`/trace`, `/statement/…` and `/capture/…`: the trace on a page, as data, and archived files."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import open_instance
from graph.queries import Pool
from graph.transparency.proofs import decode, encode
from graph.transparency.tree import root_by_inclusion
from server.app import create_app
from tests.test_trace import CELL, CLAIM
from vocab.namespaces import PROV, RDF

pytestmark = pytest.mark.slow

FINDING = (
    "</finding/emongolia-local/headline-equals-sum/2022-07-19> core:rule"
    " <https://w3id.org/ulzii/rule/headline-equals-sum/1>"
)
FACTS = "17935e0df2e9b12c1642a228dbdab75df9b4825e63a2c890cba786879513785f"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(demo: Path, pool: Pool) -> FlaskClient:
    """The demo's pages; traces need no query worker."""
    return create_app(open_instance(demo), pool).test_client(use_cookies=False)


def test_a_statement_has_a_page_in_both_languages(client: FlaskClient) -> None:
    heads = {
        "mn": "<h1>3,192.*: энэ тоо хаанаас гарсан бэ[?]</h1>",
        "en": "<h1>3,192.*: where does this number come from[?]</h1>",
    }
    for language, head in heads.items():
        page = client.get(f"/trace?of={quote(CELL)}&lang={language}", headers=HTML)
        assert page.status_code == 200
        assert re.search(head, page.text)
        assert "<mark>3192.0</mark>" in page.text
        assert "<script" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]


STEPS = ["Number", "The record in its table", "File", "Mapping", "Checks", "Log", "Proof"]
CUBE = "https://w3id.org/ulzii/id/dataset/nso/DT_NSO_1001_109V1/cube"


def page_of(client: FlaskClient, asked: str, language: str = "en", **more: str) -> str:
    query = {"of": asked, "lang": language, **more}
    return client.get("/trace", query_string=query, headers=HTML).text


def steps(page: str) -> list[str]:
    (way,) = re.findall(r'<ol class="way">(.*?)\n</ol>', page, re.DOTALL)
    return re.findall("<h2>(.*?)</h2>", way)


def test_the_way_of_a_number_is_told_in_steps(client: FlaskClient) -> None:
    page = page_of(client, CELL)
    assert steps(page) == STEPS
    assert "Khentii" in page and "a local file: not fetched over the network" in page
    assert len(page.encode()) <= 60_000
    log = client.get("/log?format=json").json
    assert log is not None
    assert log["root"] in page and "self-signed only" in page
    (bundle,) = re.findall(r'href="(/bundle[^"]*)"', page)
    answer = client.get(html.unescape(bundle))
    assert (answer.status_code, answer.content_type) == (200, "application/zip")


def test_the_proof_on_the_page_holds(client: FlaskClient) -> None:
    page, log = page_of(client, CELL), client.get("/log?format=json").json
    assert log is not None
    (index,) = map(int, re.findall(r'href="/log/(\d+).tlog-proof"', page))
    told = page.split("Inclusion proof")[1].partition("</ol>")[0]
    leaf, *path, root = re.findall(r"<li>(?:[^<:]*: )?([\w+/=]+)</li>", told)
    proven = root_by_inclusion(bytes.fromhex(leaf), index, log["size"], decode(path))
    assert encode([proven]) == [root] == [log["root"]]


def test_an_observation_opens_the_way_of_its_value_and_lists_the_rest(client: FlaskClient) -> None:
    page = page_of(client, f"{CUBE}/total/x-khentii/2024")
    assert steps(page) == STEPS
    assert "<mark>3192.0</mark>" in page
    listed = page.partition('id="all"')[2]
    rows = re.findall(r'<th scope="row"><a href="/trace\?of=sha256-[0-9a-f]{64}">', listed)
    assert len(rows) > 3
    assert "3,192" in listed.partition("<tbody>")[2].partition("</tr>")[0]
    assert len(page.encode()) <= 60_000


def test_what_was_computed_names_its_inputs(client: FlaskClient) -> None:
    page = page_of(client, "https://w3id.org/ulzii/id/dataset/emongolia-local/2022-07-19#sum")
    assert steps(page)[:2] == ["Number", "What it was computed from"]
    inputs = page.partition("What it was computed from")[2].partition("<h2>")[0]
    assert inputs.count('<a href="/trace?of=') > 5
    assert "◇" in page
    assert len(page.encode()) <= 60_000


def test_a_thing_with_many_statements_is_paged(client: FlaskClient) -> None:
    asked = "https://w3id.org/ulzii/id/dataset/nso/DT_NSO_1001_109V1"
    pages = [page_of(client, asked, page=str(number)) for number in (1, 2)]
    rows = [re.findall(r'<th scope="row"><a href="/trace\?of=([^"]*)"', page) for page in pages]
    assert rows[0] and rows[1] and not {*rows[0]} & {*rows[1]}
    assert all(len(page.encode()) <= 60_000 for page in pages)
    assert page_of(client, asked, page="x").count("<h1>") == 1


def test_a_mongolian_page_has_no_english_words_of_ours(client: FlaskClient) -> None:
    text = re.sub("<[^>]*>", " ", page_of(client, CELL, "mn").partition("<main")[2])
    for word in ("Number", "record", "Checks", "fetched", "stated"):
        assert word not in text, word


def test_what_is_stated_instead_is_offered(client: FlaskClient) -> None:
    page = page_of(client, CELL.replace("3192.0", "3192"))
    assert "Never stated" in page
    assert "What is stated" in page and "3192" in page.partition("What is stated")[2]


def test_a_trace_of_nothing_shows_examples_in_words(client: FlaskClient) -> None:
    page = client.get("/trace?lang=en", headers=HTML).text
    assert page.count('<a href="/trace?of=http') == 3
    assert "For example, look at these:" in page
    assert "For example" not in client.get(f"/trace?of={quote(CELL)}&lang=en", headers=HTML).text


def test_a_trace_is_turtle_with_a_reifier_and_prov_without_one(client: FlaskClient) -> None:
    turtle = client.get(f"/trace?of={quote(CELL)}", headers={"Accept": "text/turtle"})
    triples = [quad.triple for quad in ox.parse(turtle.data, ox.RdfFormat.TURTLE)]
    (reified,) = [one for one in triples if one.predicate == RDF.reifies]
    assert isinstance(reified.object, ox.Triple)
    assert str(reified.object.object).startswith('"3192"')
    derived = [one for one in triples if one.predicate == PROV.wasDerivedFrom]
    assert str(derived[0].object).endswith("#/value/1210>")
    for form, syntax in (("prov", ox.RdfFormat.TURTLE), ("jsonld", ox.RdfFormat.JSON_LD)):
        body = client.get(f"/trace?of={quote(CELL)}&format={form}").data
        quads = [*ox.parse(body, syntax)]
        assert all(quad.predicate != RDF.reifies for quad in quads)
        (said,) = [quad.object for quad in quads if quad.predicate == RDF.object]
        assert str(said).startswith('"3192"')


def test_a_trace_as_data_says_how_it_was_checked(client: FlaskClient) -> None:
    asked = f"/trace?of={quote(CELL)}"
    told = client.get(f"{asked}&format=json").get_json()
    validation = told["statements"][0]["statedBy"][0]["validation"]
    quads = [*ox.parse(client.get(f"{asked}&format=prov").data, ox.RdfFormat.TURTLE)]
    (report,) = [quad for quad in quads if quad.predicate == PROV.generated]
    assert str(report.object).endswith(f"capture/sha256-{validation['report']}>")
    used = {str(q.object) for q in quads if (q.subject, q.predicate) == (report.subject, PROV.used)}
    assert any(one.endswith(f"sha256-{validation['shapes']}>") for one in used)
    assert any("/id/source/nso/v/1>" in one for one in used)


def test_the_iri_of_a_statement_leads_to_its_trace(client: FlaskClient) -> None:
    told = client.get(f"/trace?of={quote(CLAIM)}&format=json").json
    assert told is not None
    (statement,) = told["statements"]
    path = "/statement/" + statement["id"].rpartition("/")[2]
    again = client.get(path, follow_redirects=True, headers={"Accept": "application/json"})
    assert again.json is not None
    assert again.json["statements"] == told["statements"]


def test_what_is_not_stated_is_404_with_an_answer(client: FlaskClient) -> None:
    for asked in ("sha256-" + "0" * 64, f"{CLAIM}0"):
        answer = client.get("/trace", query_string={"of": asked, "format": "json"})
        assert answer.status_code == 404
        assert answer.json is not None
        assert [one["status"] for one in answer.json["statements"]] == ["unknown"]


def test_what_is_no_question_is_400(client: FlaskClient) -> None:
    for asked in ("a b c", "<a> <b> [ <c> <d> ]", "<<( <a> <b> <c> )>> <d> <e>", '<a> <b> "x'):
        assert client.get("/trace", query_string={"of": asked}).status_code == 400, asked


def test_a_record_is_shown_in_its_table(client: FlaskClient) -> None:
    page = client.get(f"/capture/sha256-{FACTS}?record=row%3D7", headers=HTML)
    assert page.status_code == 200
    assert '<th scope="col">fact</th>' in page.text
    assert "<mark>Баянхонгор</mark>" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("locator", ["row=9999999", "cell=7,99", "row=9999999-10000005"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_record_that_the_file_does_not_have_is_404(
    client: FlaskClient, locator: str, accept: str
) -> None:
    path = f"/capture/sha256-{FACTS}?record={quote(locator, safe='')}"
    answer = client.get(f"{path}&lang=mn", headers={"Accept": accept})
    assert answer.status_code == 404
    begins = "Файлд" if accept == "text/html" else "файлд"  # a page says it as a sentence
    assert f"{begins} “{locator}” гэсэн бичлэг алга" in answer.text
    assert f"/capture/sha256-{FACTS}" in answer.text


def test_the_iri_of_a_capture_still_has_documents(client: FlaskClient) -> None:
    told = client.get(f"/capture/sha256-{FACTS}?format=json").json
    assert told is not None
    assert told["captures"] == "public"
    assert told["heldBy"][0]["url"].endswith("facts.csv")


def test_a_public_file_is_downloaded_and_not_run(client: FlaskClient) -> None:
    whole = client.get(f"/capture/sha256-{FACTS}/file")
    assert whole.headers["Content-Disposition"] == 'attachment; filename="facts.csv"'
    assert whole.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["ETag"] == f'"{FACTS}"'
    part = client.get(f"/capture/sha256-{FACTS}/file", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])


def test_a_file_of_which_only_records_are_shown_is_not_sent(client: FlaskClient) -> None:
    table = "c0ebb017daba1b12f70374eea4c75015fb4e9888c0e65873c2b53845599c5123"
    assert client.get(f"/capture/sha256-{table}/file").status_code == 403
    page = client.get(f"/capture/sha256-{table}?record=%2Fvalue%2F1210", headers=HTML)
    assert "<mark>3192.0</mark>" in page.text


def test_a_file_that_nobody_published_is_unknown(client: FlaskClient) -> None:
    assert client.get(f"/capture/sha256-{'0' * 64}", headers=HTML).status_code == 404
    assert client.get(f"/capture/sha256-{'0' * 64}/file").status_code == 404


def test_the_rule_is_read_in_the_archived_code(client: FlaskClient) -> None:
    """From the trace to the files of the code, the line that names the rule, and its text."""
    page = page_of(client, CLAIM)
    (href,) = {*re.findall(r'href="(/code/[^"]*/files\?rule=[^"]*)"', page)}
    files = client.get(f"{html.unescape(href)}&lang=en", headers=HTML).text
    path = "loaders/systems/local_services/claims.py"
    found = re.search(rf'<a href="([^"]*/{path}[?]rule=headline-claim)#(L[0-9]+)"', files)
    assert found and "&#34;headline-claim&#34;" in files
    code = client.get(found[1], headers=HTML).text
    marked = re.search(rf'<a href="#{found[2]}" id="{found[2]}">[0-9]+</a> <mark>(.*)</mark>', code)
    assert marked and "&#34;headline-claim&#34;" in marked[1]
    text = found[1].partition("?")[0]
    assert client.get(f"{found[1]}&format=text", headers=HTML).data == client.get(text).data
    answer = client.get(text)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert '"headline-claim"' in answer.text
    assert client.get(f"{text}x").status_code == 404
    assert client.get(text.replace("/emongolia-local/", "/other/")).status_code == 404


def test_report_and_shapes_of_a_trace_lead_on(client: FlaskClient) -> None:
    page = page_of(client, CLAIM)
    for pattern in (r'href="(/capture/sha256-[0-9a-f]{64})"', r'href="(/code/shapes/[^"]*)"'):
        for href in {*re.findall(pattern, page)}:
            assert client.get(href, headers=HTML).status_code == 200, href


def test_events_lead_on_to_what_they_rest_on_and_to_the_code(client: FlaskClient) -> None:
    """From the log of a trace by links alone to the archived code of the version."""
    numbers = {*re.findall(r'href="/log/([0-9]+)[.]html"', page_of(client, CLAIM))}
    told: dict[str, set[str]] = {}
    for number in numbers:
        page = client.get(f"/log/{number}.html?lang=en", headers=HTML).text
        kind = re.findall("<code>([A-Z][a-z]+)</code>", page)[0]
        (fact,) = re.findall("<dt>Leads on to</dt><dd.*?>(.*?)</dd>", page) or [""]
        for href in re.findall('href="([^"]*)"', fact):
            assert client.get(href, headers=HTML).status_code == 200, href
        told[kind] = {*re.findall(">([^<]*)</a>", fact)}
    assert told["Code"] == {"Files of the archived code"}
    assert {*map(without_number, told["Load"])} == {"fetched", "Files of the archived code"}
    assert told["Validate"] == {"Shapes"}
    assert {*map(without_number, told["Publish"])} == {"loaded", "checked", "Versions"}


def without_number(text: str) -> str:
    return text.lstrip("0123456789 ")


def test_what_is_found_twice_is_told_once(client: FlaskClient) -> None:
    page = page_of(client, CLAIM)
    (checks,) = re.findall(r"<h2>Checks</h2>.*?</li>\s*</ul>", page, re.DOTALL)
    assert checks.count("The text states as total: 1,281 / 1,280") == 1
    finding = page_of(client, FINDING)
    for heading in ("What the finding is about", "Checks"):
        (part,) = re.findall(rf"<h2>{heading}</h2>.*?(?=<h2>|</ol>)", finding, re.DOTALL)
        assert part.count("The text states as total: 1,281 / 1,280") == 1


def test_the_page_names_the_agency(client: FlaskClient) -> None:
    for language, heads in {
        "mn": ("Мэдүүлсэн байгууллага", "Энд нийтэлсэн"),
        "en": ("Stated by", "Published here by"),
    }.items():
        page = page_of(client, CLAIM, language)
        for head, body in zip(heads, ("x-cdhh", "x-ulzii"), strict=True):
            assert re.search(f'<dt>{head}</dt><dd><a href="[^"]*/id/org/{body}', page)


def test_a_rule_is_read_in_a_sentence_and_an_unknown_one_is_not_found(client: FlaskClient) -> None:
    page = page_of(client, CLAIM)
    (link,) = re.findall(r'href="([^"]*files\?rule=headline-claim)"', page)
    found = client.get(f"{link}&lang=en", headers=HTML)
    assert found.status_code == 200
    assert SENTENCE["en"] in found.text
    assert re.search(r"The code's own words: .*\w", html.unescape(found.text))
    assert client.get(link.replace("headline-claim", "no-such"), headers=HTML).status_code == 404


SENTENCE = {
    "mn": "Эх бичвэрийн эхэнд хэлсэн нийт тоо ба бичвэр дэх байр нь.",
    "en": "The total that the text states at its beginning, and where in the text it stands.",
}


@pytest.mark.parametrize("language", ["mn", "en"])
def test_a_trace_says_what_the_rule_does(client: FlaskClient, language: str) -> None:
    page = page_of(client, CLAIM, language)
    assert f"<code>headline-claim</code></a>: {SENTENCE[language]}" in page
    other = "en" if language == "mn" else "mn"
    assert SENTENCE[other] not in page
    for form in ("json", "text", "ttl", "prov"):
        assert SENTENCE[language] in page_of(client, CLAIM, format=form), form


def test_code_that_does_not_describe_its_rules_is_said_to(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the bundles of earlier versions: their lines are still found."""
    monkeypatch.setattr("graph.trace.rule_texts.TABLE", "loaders/no-such.tsv")
    page = page_of(client, CLAIM)
    assert "the code of this version does not say in words what it does" in page
    (link,) = re.findall(r'href="([^"]*files\?rule=headline-claim)"', page)
    found = client.get(f"{link}&lang=en", headers=HTML).text
    assert "The code of this version has no description of the rule" in found
    assert "claims.py" in found


def test_a_long_file_is_shown_from_the_line_that_names_the_rule(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.captures.code_files._MOST_SHOWN", 10)
    (link,) = {*re.findall(r'href="(/code/[^"]*/files\?rule=[^"]*)"', page_of(client, CLAIM))}
    files = html.unescape(client.get(link, headers=HTML).text)
    (href, line) = re.findall(r'href="([^"#]*claims\.py[^"#]*)#(L[0-9]+)"', files)[0]
    shown = client.get(href, headers=HTML).text
    assert f'id="{line}"' in shown and shown.count(' id="L') == 10
    assert 'id="L1"' in client.get(f"{href}&page=1", headers=HTML).text
    assert client.get(f"{href}&page=100", headers=HTML).status_code == 404
