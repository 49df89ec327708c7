"""Pages of datasets whose IRIs others minted: they are described here like all others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool
from server.app import create_app
from server.core.settings import Settings
from server.http.urls import Urls
from tests import catalogues
from tests.pools import ready

HERE = "http://data.example.mn/open/"
DATASET = "https://portal.example.org/dataset/мал?id=1&y=2#it"
_TEXT = f"""
<{DATASET}> a dcat:Dataset ; dct:title "Малын тоо"@mn , "Livestock"@en ;
  dct:identifier "мал-1" ; dct:publisher <https://w3id.org/ulzii/id/org/5296722> ;
  dct:language "mn", "Монгол"@mn, <http://publications.europa.eu/resource/authority/language/ENG> ;
  dct:temporal <urn:x:years>, <urn:x:since>, <urn:x:name>, <urn:x:nothing> ;
  dct:spatial <urn:x:nowhere>, <urn:x:somewhere> ;
  dcat:distribution <https://portal.example.org/файл/1%20a.csv> .
<https://portal.example.org/файл/1%20a.csv> a dcat:Distribution ; dcat:accessURL <http://e.mn/1> .
<urn:x:years> dcat:startDate "1970-01-01"^^xsd:date ; dcat:endDate "2024-12-31"^^xsd:date .
<urn:x:since> dcat:startDate "2020"^^xsd:gYear .
<urn:x:name> <http://www.w3.org/2000/01/rdf-schema#label> "хавар"@mn .
<urn:x:somewhere> <http://www.w3.org/2000/01/rdf-schema#label> "Завхан"@mn .
<https://portal.example.org/d.ttl> a dcat:Dataset ; dct:title "Нэр цэгтэй"@mn .
"""


@pytest.fixture
def client(another: Callable[[], Instance]) -> Iterator[FlaskClient]:
    instance = another()
    catalogues.publish(instance, _TEXT, "portal")
    with Pool.start(instance, workers=1) as pool:
        ready(pool)
        app = create_app(instance, pool, Settings(public_url=HERE))
        yield app.test_client(use_cookies=False)


def test_an_iri_and_its_local_path_lead_to_each_other() -> None:
    urls = Urls("https://example.mn/", HERE)
    for iri in (DATASET, "http://e/100%25", "urn:x:1", "https://portal.example.org/d.ttl"):
        assert urls.iris(urls.local(iri)) == [iri]
        assert urls.local(iri).count("/") == 2
    own = "https://example.mn/id/dataset/a"
    assert urls.local(own) == "/id/dataset/a"
    assert urls.described(own) == "/id/dataset/a.html"
    assert urls.described(DATASET) == urls.local(DATASET) + ".html"


def test_every_document_of_a_foreign_dataset_is_here(client: FlaskClient) -> None:
    path = "/resource/" + quote(DATASET, safe="")
    sent_on = client.get(path, headers={"Accept": "text/turtle"})
    assert (sent_on.status_code, sent_on.headers["Location"]) == (303, f"{path}.ttl")
    assert "Малын тоо" in client.get(f"{path}.ttl").text
    page = client.get(f"{path}.html?lang=en")
    assert page.status_code == 200
    assert "<h1>Livestock</h1>" in page.text.replace("\n", "")
    assert f'href="{path}.ttl"' in page.text
    assert f'"url": "{HERE}{path[1:]}.html"' in page.text.replace('":"', '": "')
    assert client.get(f"{path}.html?view=statements").status_code == 200
    missing = client.get("/resource/" + quote("https://portal.example.org/none", safe=""))
    assert missing.status_code == 404


def test_schema_org_has_intervals_tags_and_names_and_no_iris_for_them(client: FlaskClient) -> None:
    page = client.get("/resource/" + quote(DATASET, safe="") + ".html").text
    (script,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.S)
    said = json.loads(script)
    assert sorted(said["temporalCoverage"]) == ["1970-01-01/2024-12-31", "2020/..", "хавар"]
    assert sorted(said["inLanguage"]) == ["en", "mn"]
    assert said["spatialCoverage"] == ["Завхан"]


def test_a_header_names_iris_with_letters_outside_ascii(client: FlaskClient) -> None:
    link = client.head("/resource/" + quote(DATASET, safe="") + ".html").headers["Link"]
    start = "<https://portal.example.org/"
    assert f'{start}dataset/%D0%BC%D0%B0%D0%BB?id=1&y=2#it>; rel="cite-as"' in link
    assert f'{start}%D1%84%D0%B0%D0%B9%D0%BB/1%20a.csv>; rel="item"' in link


def test_an_iri_that_ends_like_a_format_is_found_by_its_whole_name(client: FlaskClient) -> None:
    path = "/resource/" + quote("https://portal.example.org/d.ttl", safe="")
    assert "Нэр цэгтэй" in client.get(f"{path}.html?lang=mn").text
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 303


def test_lists_and_the_sitemap_lead_to_the_page(client: FlaskClient) -> None:
    path = "/resource/" + quote(DATASET, safe="") + ".html"
    assert f'href="{path}"' in client.get("/datasets?lang=mn").text
    entries = ElementTree.fromstring(client.get("/sitemap/1.xml").data)
    assert f"{HERE}{path[1:]}" in {e.text for e in entries.iter() if e.tag.endswith("}loc")}


@pytest.mark.parametrize("iri", [DATASET, "urn:uuid:1", "https://w3id.org/ulzii/id/dataset/far/1"])
def test_what_goes_leaves_a_tombstone_whoever_minted_its_iri(
    another: Callable[[], Instance], iri: str
) -> None:
    instance = another()
    stays = '<https://portal.example.org/stays> a dcat:Dataset ; dct:title "Үлдэнэ"@mn .'
    catalogues.publish(
        instance, f'<{iri}> a dcat:Dataset ; dct:title "Явна"@mn . {stays}', "portal"
    )
    catalogues.publish(instance, stays, "portal")
    path = Urls(instance.base, HERE).local(iri)
    with Pool.start(instance, workers=1) as pool:
        ready(pool)
        client = create_app(instance, pool, Settings(public_url=HERE)).test_client()
        for url, accept in ((path, "text/turtle"), (f"{path}.ttl", "*/*"), (path, "text/html")):
            answer = client.get(url, headers={"Accept": accept})
            assert answer.status_code == 410
            assert "Явна" in answer.text
        stayed = "/resource/" + quote("https://portal.example.org/stays", safe="")
        assert client.get(f"{stayed}.ttl").status_code == 200
        assert client.get(f"{path}x").status_code == 404
