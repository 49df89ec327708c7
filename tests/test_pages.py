"""What holds of every page: its weight, its languages, header and foot, mistyped addresses."""

from __future__ import annotations

import html
import inspect
import re
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from graph.core import instance as instances
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.evidence_bundles import check_bundle, verify
from graph.queries import Pool
from server import texts
from server.app import create_app
from server.pages.about import evidence
from server.pages.errors.problem import candidates, words_of
from server.sparql.labels import term_labels
from tests.page_texts import PageTexts
from tests.small_pages import MORE, client, made, page

__all__ = ["client", "made"]
pytestmark = pytest.mark.slow
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


@pytest.mark.parametrize("language", ["mn", "en"])
def test_what_the_checkers_answer_is_explained(client: FlaskClient, language: str) -> None:
    said = "".join(map(inspect.getsource, (check_bundle, verify)))
    shown = client.get(f"/help/evidence?lang={language}", headers={"Accept": "text/html"}).text
    for answer, meaning in evidence.ANSWERS:
        assert answer in said, answer
        assert f"<code>{answer}</code></th><td>" in shown
        assert texts.TEXTS[meaning][language == "en"].partition("(`")[0] in html.unescape(shown)
