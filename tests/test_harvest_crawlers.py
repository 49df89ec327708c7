"""What crawlers and search engines find: schema.org, Croissant, sitemap, downloads."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import RDF, Graph

from graph.core.instance import Instance
from server.resources import schema_org
from tests import served_catalogues, versions
from tests.catalogues import datasets
from tests.served_catalogues import HERE, get, opened

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib"),  # of its own parsers
]

bundled, own = served_catalogues.bundled, served_catalogues.own


def dataset_page(client: FlaskClient) -> Any:
    return get(client, "id/dataset/mn-odp/6686.html", Accept="text/html")


def test_a_datasets_page_says_what_it_is_in_schema_org(bundled: FlaskClient) -> None:
    (block,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', dataset_page(bundled).text, re.S
    )
    node = json.loads(block)
    assert (node["@context"], node["@type"]) == ("https://schema.org/", "Dataset")
    assert node["name"] == "Хуулийн этгээдийн улсын бүртгэлийн нээлттэй өгөгдөл"
    assert 50 <= len(node["description"]) <= 5000
    assert node["identifier"] == ["mn-odp:6686", "https://w3id.org/ulzii/id/dataset/mn-odp/6686"]
    assert node["url"] == f"{HERE}id/dataset/mn-odp/6686.html"
    (file,) = node["distribution"]
    assert (file["@type"], file["encodingFormat"]) == ("DataDownload", "application/json")
    assert node["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert f'rel="canonical" href="{node["url"]}"' in dataset_page(bundled).text


def test_no_text_ends_the_script_element() -> None:
    assert "</script>" not in schema_org.script({"name": "</script><script>alert(1)"})


CUBE = "id/dataset/nso/DT_NSO_1001_109V1"


def test_a_table_is_described_in_croissant_with_the_columns_of_its_file(
    bundled: FlaskClient,
) -> None:
    links = get(bundled, f"{CUBE}.html", Accept="text/html").headers["Link"]
    assert f"<{HERE}{CUBE}.croissant.jsonld>" in links
    answer = get(bundled, f"{CUBE}.croissant.jsonld")
    assert answer.mimetype == "application/ld+json"
    tag = answer.headers["ETag"]
    assert get(bundled, f"{CUBE}.croissant.jsonld", If_None_Match=tag).status_code == 304
    node = answer.json
    assert (node["@type"], node["conformsTo"]) == (
        "sc:Dataset",
        "http://mlcommons.org/croissant/1.0",
    )
    (file,), (records,) = node["distribution"], node["recordSet"]
    with get(bundled, file["contentUrl"].replace(HERE, "/")) as table:
        assert table.mimetype == file["encodingFormat"]
        header, *rows = csv.reader(table.text.splitlines())
    assert [field["source"]["extract"]["column"] for field in records["field"]] == header
    assert {field["source"]["fileObject"]["@id"] for field in records["field"]} == {file["@id"]}
    types = [field["dataType"] for field in records["field"]]
    for row in rows[:100]:
        for kind, value in zip(types, row, strict=True):
            assert value == "" or (float(value) >= 0 if kind == "sc:Float" else ":" in value)
    assert len(rows) > 1000


def test_croissant_is_json_ld_that_names_its_terms(bundled: FlaskClient) -> None:
    graph = Graph().parse(data=get(bundled, f"{CUBE}.croissant.jsonld").data, format="json-ld")
    cr = rdflib.Namespace("http://mlcommons.org/croissant/")
    assert len(set(graph.subjects(RDF.type, cr.Field))) == 4
    assert len(set(graph.objects(None, cr.column))) == 4
    kinds = {str(kind) for kind in graph.objects(None, cr.dataType)}
    assert kinds == {"https://schema.org/Float", "https://schema.org/URL"}


def test_what_is_no_table_has_no_croissant(bundled: FlaskClient) -> None:
    assert "croissant" not in dataset_page(bundled).headers["Link"]
    assert get(bundled, "id/dataset/mn-odp/6686.croissant.jsonld").status_code == 404
    assert get(bundled, "id/dataset/nso/none.croissant.jsonld").status_code == 404


def test_a_datasets_page_leads_to_its_metadata(bundled: FlaskClient) -> None:
    links = dataset_page(bundled).headers["Link"]
    assert '<https://w3id.org/ulzii/id/dataset/mn-odp/6686>; rel="cite-as"' in links
    assert '/file/18132>; rel="item"' in links
    described_by = re.findall(r'<([^>]+)>; rel="describedby"; type="([^"]+)"', links)
    assert len(described_by) == 3
    for url, media_type in described_by:
        assert get(bundled, url).mimetype == media_type


def test_robots_are_invited_and_the_sitemap_has_every_page(bundled: FlaskClient) -> None:
    robots = get(bundled, "robots.txt").text
    assert "Allow: /" in robots
    assert "Disallow" not in robots
    assert f"Sitemap: {HERE}sitemap.xml" in robots
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ElementTree.fromstring(get(bundled, "sitemap.xml").data)
    (only,) = [e.text or "" for e in index.iter(f"{space}loc")]
    entries = ElementTree.fromstring(get(bundled, only).data)
    pages = [e.text or "" for e in entries.iter(f"{space}loc")]
    assert len(pages) == len(list(entries.iter(f"{space}lastmod"))) == 5
    assert {get(bundled, page).status_code for page in pages} == {200}
    assert get(bundled, "sitemap/2.xml").status_code == 404


def test_agents_find_our_apis(bundled: FlaskClient) -> None:
    answer = get(bundled, ".well-known/api-catalog")
    assert answer.mimetype == "application/linkset+json"
    assert 'rel="api-catalog"' in bundled.head("/.well-known/api-catalog").headers["Link"]
    contexts = answer.json["linkset"] if answer.is_json else json.loads(answer.data)["linkset"]
    hrefs = [v["href"] for c in contexts for vs in c.values() if isinstance(vs, list) for v in vs]
    assert {get(bundled, href).status_code for href in hrefs} <= {200, 303}
    by_anchor = {c["anchor"].removeprefix(HERE): c for c in contexts}
    listed = [link["href"] for link in by_anchor[".well-known/api-catalog"]["item"]]
    assert listed == [f"{HERE}{api}" for api in ("sparql", "catalog") if api in by_anchor]
    for one in by_anchor.values():  # RFC 8631: descriptions are for machines, documents for people
        for link in one.get("service-doc", ()):
            assert get(bundled, link["href"], Accept="text/html").mimetype == "text/html"
        for link in one.get("service-desc", ()):
            assert get(bundled, link["href"]).mimetype == link["type"] != "text/html"


def test_a_download_can_be_resumed(bundled: FlaskClient) -> None:
    url = "graph/catalog.nt"
    whole = get(bundled, url)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = get(bundled, url, Range="bytes=10-29", Accept_Encoding="gzip")
    assert (part.status_code, part.data) == (206, whole.data[10:30])
    assert part.headers["Content-Range"] == f"bytes 10-29/{len(whole.data)}"
    assert get(bundled, url, Range="bytes=-5").data == whole.data[-5:]
    behind = get(bundled, url, Range=f"bytes={len(whole.data) + 5}-")
    assert behind.status_code == 416
    assert behind.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    for ignored in ("items=0-3", "bytes=5-2", "bytes=0-0,5-6", "bytes=-", "bytes", "bytes=a-b"):
        assert get(bundled, url, Range=ignored).data == whole.data, ignored
    other = get(bundled, url, Range="bytes=10-29", If_Range='"other"')
    assert (other.status_code, other.data) == (200, whole.data)


def test_a_source_is_dumped_whole_with_its_graphs(bundled: FlaskClient) -> None:
    quads = {}
    for form, syntax in (("nq", ox.RdfFormat.N_QUADS), ("trig", ox.RdfFormat.TRIG)):
        answer = get(bundled, f"dump/mn-odp.{form}")
        assert len(answer.data) == int(answer.headers["Content-Length"])
        quads[form] = set(ox.parse(answer.data, format=syntax))
        part = get(bundled, f"dump/mn-odp.{form}", Range="bytes=100-199")
        assert (part.status_code, part.data) == (206, answer.data[100:200])
        tag = answer.headers["ETag"]
        assert get(bundled, f"dump/mn-odp.{form}", If_None_Match=tag).status_code == 304
    assert quads["nq"] == quads["trig"]
    graphs = {quad.graph_name.value for quad in quads["nq"]}
    assert {f"https://w3id.org/ulzii/graph/mn-odp{x}" for x in ("", "/inferred")} <= graphs
    number = get(bundled, "catalog.ttl").headers["Ulzii-Snapshot"]
    old = get(bundled, f"snapshot/{number}/dump/mn-odp.nq")
    assert old.data == get(bundled, "dump/mn-odp.nq").data
    assert "immutable" in old.headers["Cache-Control"]
    assert get(bundled, "dump/nobody.nq").status_code == 404
    assert get(bundled, "snapshot/99999/dump/mn-odp.nq").status_code == 404


def data_dumps(client: FlaskClient) -> set[str]:
    answer = get(client, ".well-known/void", Accept="application/n-triples")
    found = ox.parse(answer.data, format=ox.RdfFormat.N_TRIPLES)
    return {str(q.object)[1:-1] for q in found if q.predicate.value.endswith("#dataDump")}


def test_void_names_the_dumps_where_they_can_be_fetched(bundled: FlaskClient) -> None:
    urls = data_dumps(bundled)
    assert {f"{HERE}dump/mn-odp.{form}" for form in ("nq", "trig")} <= urls
    assert f"{HERE}graph/mn-odp.nt" in urls
    for url in urls:
        with get(bundled, url) as answer:
            assert (answer.status_code, bool(answer.data)) == (200, True), url


def test_void_names_no_dump_of_a_restricted_source(own: Instance) -> None:
    versions.publish(own, "agency", datasets("abc"))
    for client in opened(own):
        versions.publish(own, "secret", datasets("x", source="secret"), "restricted")
        assert f"{HERE}dump/agency.nq" in data_dumps(client)
        assert not [url for url in data_dumps(client) if "secret" in url]


def test_a_restricted_source_is_not_dumped(own: Instance) -> None:
    versions.publish(own, "agency", datasets("abc"))
    for client in opened(own):
        first = versions.publish(own, "secret", datasets("x", source="secret"), "restricted")
        assert get(client, "dump/agency.nq").status_code == 200
        assert get(client, "dump/secret.nq").status_code == 404
        versions.publish(own, "agency", datasets("abc"), "restricted")
        assert get(client, "dump/agency.nq").status_code == 404
        assert get(client, f"snapshot/{first.number}/dump/agency.nq").status_code in (403, 404)


def test_the_addresses_of_the_document_answer(bundled: FlaskClient) -> None:
    text = (Path(__file__).parent.parent / "docs" / "being-harvested.md").read_text("utf-8")
    found = set(re.findall(r"`(/[a-z.][^`{]*)`", text))
    assert "/catalog.ttl" in found
    assert "/robots.txt" in found
    for address in found:
        answer = get(bundled, address)
        assert answer.status_code == 200, address
