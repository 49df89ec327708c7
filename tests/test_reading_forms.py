"""Which form a document has, in which encoding it is, and what is refused by name."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO

import pytest

from graph.core.errors import InputError
from loaders.catalogues.model import ReceivedDocument
from loaders.catalogues.reading.sniff import sniff
from tests.readings import BASE, RDF_START, TURTLE_START, rdf_xml, read_bytes, xml_dataset

XML = rdf_xml(xml_dataset(1))
TURTLE = TURTLE_START + 'd:1 a dcat:Dataset ; dct:title "Зам — é"@mn .\n'
LINE = "<http://a.example/> <http://b.example/> <http://c.example/> .\n"
GMD = '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'
OAI = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>'

RDF_NAMESPACE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

FORMS = {
    XML: "rdf-xml",
    "\n<!-- c -->" + XML.partition("?>")[2]: "rdf-xml",
    f'<d:X xmlns:d="http://d.example/" xmlns:r="{RDF_NAMESPACE}"/>': "rdf-xml",
    TURTLE: "turtle",
    "PREFIX d: <http://d.example/>\nd:a d:b d:c .": "turtle",
    "[ <http://b.example/> 1 ] .": "turtle",
    "<urn:a> <urn:b> 1 .": "turtle",
    "<urn:a>\n  <urn:b> <urn:c> .": "turtle",
    LINE: "n-triples",
    LINE.replace(" .", " <http://g.example/> ."): "n-triples",
    '{"@context": {}, "@graph": []}': "json-ld",
    '[{"@id": "http://a.example/"}]': "json-ld",
    '{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": []}': "data.json",
    '{"success": true, "result": []}': "ckan",
    OAI: "oai-pmh",
    '<?xml version="1.0"?>\n<!DOCTYPE html>\n<html><body/></html>': "html",
    "<!doctype html><html lang=mn><head>": "html",
    "<html><p>Алдаа": "html",
    GMD: "iso-19139",
    '<mdb:MD_Metadata xmlns:mdb="http://standards.iso.org/iso/19115/-3/mdb/2.0"/>': "iso-19139",
    '<ServiceExceptionReport xmlns="http://www.opengis.net/ogc"/>': "exception",
    '<WMS_Capabilities xmlns="http://www.opengis.net/wms"/>': "capabilities",
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>': "sitemap",
    "<rss version='2.0'><channel/></rss>": "sitemap",
    "<catalogue><item/></catalogue>": "xml",
    "<?xml version='1.0'?>\n<!-- c": "no-element",
    '{"status": "OK", "data": {"latestVersion": {}}}': "dataverse",
    '{"type": "FeatureCollection", "features": []}': "geojson",
    '{"error": "not found"}': "json",
    "Not found": "text",
    " \n": "empty",
    "PK\x03\x04...": "archive",
    "%PDF-1.4": "binary",
}  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("name", ["x", "x.rdf", "x.json", "x.xml"])
def test_the_content_tells_the_form(text: str, name: str) -> None:
    assert sniff(ReceivedDocument(name, text.encode(), BASE, "p")) == FORMS[text]


REFUSED = {
    "<!DOCTYPE html><html><body>404</body></html>": "a web page",
    GMD: "ISO 19139",
    '{"status": "OK", "data": {}}': "Dataverse",
    '{"error": "not found"}': "neither JSON-LD",
    "<catalogue><item/></catalogue>": "this XML is not RDF: its first element is <catalogue>",
    "<?xml version='1.0'?><rdf:RDF xmlns:rdf='http": "cut or unfinished: it has no element",
    "Not found": "no RDF syntax",
    "": "empty",
    RDF_START + "</rdf:RDF>": "holds no statement",
    TURTLE_START: "holds no statement",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_catalogue_is_refused_by_name(text: str) -> None:
    for name, media_type in (("x.rdf", "application/rdf+xml"), ("x.ttl", ""), ("x", "text/plain")):
        with pytest.raises(InputError, match=REFUSED[text]) as caught:
            read_bytes(text, name, media_type)
        assert caught.value.hint


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_file_is_refused_also_where_its_content_can_be_seen(method: int) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("catalog.rdf", XML)
    with pytest.raises(InputError, match="a compressed file") as caught:
        read_bytes(packed.getvalue(), "catalog.rdf", "application/rdf+xml")
    assert "Unpack it" in (caught.value.hint or "")


def test_a_gzip_file_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="a compressed file"):
        read_bytes(gzip.compress(XML.encode()), "catalog.rdf.gz")


def test_another_form_than_the_media_type_says_is_a_finding() -> None:
    assert read_bytes(TURTLE, "x", "application/rdf+xml").kinds == {"media-type-wrong": 1}
    assert read_bytes(XML, "x.ttl").kinds == {"media-type-wrong": 1}
    for name, media_type in (("x", "text/plain"), ("x.xml", "text/xml"), ("x.rdf", "")):
        assert not read_bytes(XML, name, media_type).problems


ENCODINGS = {
    "utf-8": TURTLE.encode(),
    "utf-8 with a mark": TURTLE.encode("utf-8-sig"),
    "utf-16 with a mark": TURTLE.encode("utf-16"),
    "utf-16 without": TURTLE.encode("utf-16-be"),
    "utf-32": TURTLE.encode("utf-32"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_unicode_is_read_in_every_width(encoding: str) -> None:
    found = read_bytes(ENCODINGS[encoding], "x.ttl")
    assert (found.values("title"), found.problems) == (["Зам — é"], [])


@pytest.mark.parametrize(
    ("stated", "actual", "text", "problems"),
    [
        ("windows-1251", "cp1251", "Зам", 0),
        ("ISO-8859-1", "latin-1", "café", 0),
        ("UTF-16", "utf-16", "Зам", 0),
        ("UTF-8", "cp1252", "café – “x”", 1),
        ("UTF-8", "cp1251", "Хот суурины зам", 1),
        ("windows-1251", "utf-8", "Зам", 1),
        ("nonsense", "utf-8", "Зам", 0),
    ],
)
def test_the_declared_encoding_is_followed_where_it_is_true(
    stated: str, actual: str, text: str, problems: int
) -> None:
    xml = XML.replace('encoding="UTF-8"', f'encoding="{stated}"').replace("Dataset 1", text)
    found = read_bytes(xml.encode(actual), "x.rdf")
    assert found.values("title") == [text]
    assert found.kinds == ({"encoding-wrong": problems} if problems else {})


def test_the_charset_of_the_header_counts_where_nothing_else_is_said() -> None:
    text = TURTLE.replace("Зам — é", "Зам")
    assert read_bytes(text.encode("cp1251"), "x.ttl", charset="windows-1251").values("title") == [
        "Зам"
    ]


def test_a_file_of_two_encodings_is_read_line_by_line() -> None:
    parts = TURTLE.encode(), 'd:2 dct:title "café"@fr .\n'.encode("cp1252")
    found = read_bytes(b"".join(parts), "x.ttl")
    assert found.values("title") == ["Зам — é", "café"]
    (problem,) = found.problems
    assert (problem.kind, problem.locator) == ("encoding-wrong", "line=4,5")


def test_a_mark_and_blank_lines_before_the_declaration_are_left_out() -> None:
    found = read_bytes(b"\xef\xbb\xbf\n\n" + XML.encode(), "x.rdf")
    assert not found.problems
    lines = ("\n\n" + XML).splitlines()
    (place,) = {t.locator for t in found.triples if "title" in t.predicate.value}
    assert "dct:title" in lines[int(place.partition(",")[2]) - 1]
