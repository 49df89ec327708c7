"""`ulzii validate`: every form a catalogue comes in, broken ones, syntaxes, data.json."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from loaders.catalogues.model import ReceivedDocument
from loaders.validation import data_json_lines
from loaders.validation.catalogue_document import read
from server.cli import main
from tests.shared import SHARED, needs_shared
from tests.validated import lines, run
from vocab.namespaces import DCAT, DCT, FOAF, RDF

pytestmark = pytest.mark.slow


BROKEN = {
    "bad.ttl": ("<a> <b> .\n", "no statement can be read; line 1"),
    "cut.rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="http://a/">\n',
        "cut.rdf line 3",
    ),
    "bad.json": ('{"dataset": [\n{"title": }]}', "bad.json line 2 column 11"),
    "api.json": ('{"result": {"items": []}}', "neither JSON-LD (no @context) nor data.json"),
    "page.rdf": ("<!doctype html><html><body>no</body></html>", "a web page"),
    "csw.xml": ('<csw:Answer xmlns:csw="http://x/"/>', "first element is <Answer>"),
    "remote.jsonld": ('{"@context": "http://x/c.jsonld", "title": "x"}', "http://x/c.jsonld"),
    "empty.ttl": ("  \n", "the file is empty"),
    "bad.trix": ('<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"', "bad.trix"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_does_not_parse_gets_a_message(name: str, tmp_path: Path) -> None:
    text, expected = BROKEN[name]
    (tmp_path / name).write_text(text, "utf-8")
    done = run(tmp_path / name)
    assert done.exit_code == 3
    assert isinstance(done.exception, SystemExit)
    assert expected in done.output
    assert done.output.startswith("ulzii: ")
    assert "\n  " in done.output  # what to do


MENDED = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<http://x.example/1> a dcat:Dataset ; dct:title "a"@en ;
  dcat:landingPage <http://x.example/a b> .
<http://x.example/2> a dcat:Dataset ; dct:issued 2020-01-01 .
<http://x.example/3> a dcat:Dataset ; foaf:page <page> .
"""


def test_what_was_mended_is_part_of_the_report_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mended.ttl"
    path.write_text(MENDED)
    done = run(path, "-F", "json")
    told = json.loads(done.output)
    found = {r["rule"].split("/")[-2]: r for r in told["results"] if "place" in r["details"]}
    assert done.exit_code == 1
    assert {name: (r["severity"], r["place"]) for name, r in found.items()} == {
        "iri-mended": ("Violation", "line 2"),
        "statement-dropped": ("Violation", "line 4"),
        "prefix-assumed": ("Violation", "line 5"),
        "iri-relative": ("Info", "line 5"),
    }
    assert found["iri-mended"]["value"] == '"http://x.example/a b"'
    assert found["iri-mended"]["focus"] == "http://x.example/1"
    assert run(path, "-F", "ttl").exit_code == 1
    assert "line 4" in run(path).output


CASES = {
    "01-space-iri.rdf": (1, "iri-mended"),
    "21-no-rdf-root.rdf": (3, "holds no catalogue"),
    "22-bnode-dataset.ttl": (0, ""),
    "23-datajson-lang.json": (0, ""),
    "24-nothing.jsonld": (3, "holds no catalogue"),
}


@pytest.mark.parametrize(
    "text", ["<http://a> <http://b> <http://c> .", '{"dataset": []}', '{"@context": {}}']
)
def test_a_document_without_a_dataset_is_reported_and_does_not_pass(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "nothing").write_text(text)
    done = run(tmp_path / "nothing", "--profile", "harvest", "-F", "json")
    assert (done.exit_code, "holds no catalogue" in done.stderr) == (3, True)
    told = json.loads(done.stdout)
    assert told["conforms"] is False
    assert "https://w3id.org/ulzii/rule/holds-no-dataset/1" in {r["rule"] for r in told["results"]}


@needs_shared
@pytest.mark.parametrize("name", CASES)
def test_small_cases(name: str) -> None:
    code, words = CASES[name]
    done = run(SHARED / "cases" / "dcat" / name, "--profile", "harvest")
    assert words in done.output
    assert done.exit_code in ({code} if code else {0, 1})


def test_bytes_that_are_no_text_get_a_message(tmp_path: Path) -> None:
    for name in ("x.json", "x.ttl", "x.rdf", "x.nt"):
        (tmp_path / name).write_bytes(b'{"dataset": ["\xff\xfe"]}' + b"\x00\xff")
        assert run(tmp_path / name).exit_code == 3


def test_a_zip_file_is_not_read_as_the_first_of_its_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:  # not compressed
        packed.writestr("x.rdf", '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://x.example/"/>')
    done = run(tmp_path / "x.zip")
    assert (done.exit_code, "a compressed file" in done.stderr) == (3, True)


def test_what_is_not_there_is_said_to_be_not_there(tmp_path: Path) -> None:
    assert "No such file" in run(tmp_path / "none.ttl").output
    done = CliRunner().invoke(main, ["--data", str(tmp_path / "none"), "validate", "nobody"])
    assert done.exit_code == 2
    assert "there is no file “nobody”" in done.output


SAME = "@prefix : <http://x/> . :a :b [ :c 1 ] , 'é'@fr ."
TRIX = """<TriX xmlns="http://www.w3.org/2004/03/trix/trix-1/"><graph><triple><uri>http://x/a</uri>
<uri>http://x/b</uri><plainLiteral xml:lang="fr">é</plainLiteral></triple></graph></TriX>"""


def test_every_syntax_is_read() -> None:
    quads = [q.triple for q in ox.parse(SAME, ox.RdfFormat.TURTLE)]
    for extension in ("ttl", "nt", "rdf", "jsonld", "n3", "trig", "nq"):
        syntax = ox.RdfFormat.from_extension(extension)
        assert syntax is not None
        body = ox.serialize(quads, format=syntax)
        assert body is not None
        assert sorted(read(f"x.{extension}", body).lines) == sorted(lines(SAME, "x.ttl"))
    assert b'<http://x/a> <http://x/b> "\xc3\xa9"@fr .' in lines(TRIX, "x.trix")


def test_literals_stay_as_they_are_written() -> None:
    text = '<http://a> <http://b> "007"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> .'
    assert lines(text, "x.nt") == [text.encode()]


def test_media_types_beat_names_only_where_they_say_something() -> None:
    turtle = b"<http://a> <http://b> <http://c> ."
    assert read("export", turtle, "text/turtle").syntax == "Turtle"
    assert read("export.ttl", turtle, "text/plain").syntax == "Turtle"
    assert list(read("x", b"\xef\xbb\xbf" + turtle).lines) == [turtle]


DATA_JSON = {
    "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
    "dataset": [
        {
            "title": 123,
            "identifier": "a-1",
            "modified": "2020-01-02",
            "accessLevel": "public",
            "keyword": ["x", ""],
            "accrualPeriodicity": "R/P1Y",
            "publisher": {"name": "Agency"},
            "distribution": [{"downloadURL": "https://x.mn/a b.csv", "mediaType": "text/csv"}],
            "temporal": "2019-01-01/2020-01-01",
            "spatial": None,
        },
        "no object",
    ],
}


def test_data_json_becomes_dcat() -> None:
    base = "https://example.mn/data"
    document = ReceivedDocument("data.json", json.dumps(DATA_JSON).encode(), base, "")
    found = {ox.Triple(*one[:3]) for one in data_json_lines.triples(document, base)}
    dataset = ox.NamedNode(f"{base}#/dataset/0")
    publisher = ox.NamedNode(f"{base}#/dataset/0/publisher")
    file = ox.NamedNode(f"{base}#/dataset/0/distribution/0")
    assert ox.Triple(dataset, RDF.type, DCAT.Dataset) in found
    assert ox.Triple(dataset, DCT.title, ox.Literal("123")) in found
    assert ox.Triple(dataset, DCT.publisher, publisher) in found
    assert ox.Triple(publisher, FOAF.name, ox.Literal("Agency")) in found
    assert ox.Triple(file, DCAT.downloadURL, ox.NamedNode("https://x.mn/a%20b.csv")) in found
    assert [t.object for t in found if t.predicate == DCAT.keyword] == [ox.Literal("x")]
    assert ox.Triple(ox.NamedNode(f"{base}#/dataset/1"), RDF.type, DCAT.Dataset) in found
    assert not [t for t in found if t.predicate == DCT.spatial]


def test_results_about_data_json_have_a_json_pointer(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(DATA_JSON))
    told = json.loads(run(path, "--profile", "harvest", "-F", "json").output)
    places = {(r["rule"].rsplit("-", 1)[1], r["place"]) for r in told["results"]}
    assert {("03/1", "/dataset/1"), ("05/1", "/dataset/0"), ("06/1", "/")} <= places
