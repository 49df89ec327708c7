"""`ulzii validate`: every form a catalogue comes in, every form a report is told in."""

from __future__ import annotations

import csv
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result

from graph.core import instance as instances
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.core.iris import ROOT
from loaders.catalogues.model import ReceivedDocument
from loaders.validation import code_lists, data_json_lines
from loaders.validation.candidate import from_source
from loaders.validation.catalogue_document import read
from server.cli import main
from shapes.profiles.validate import validate_profile
from tests.shared import DCAT_SAMPLES, SHARED, needs_shared
from vocab.namespaces import DCAT, DCT, FOAF, RDF, SH

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "shapes" / "profiles" / "examples"
WRONG = EXAMPLES / "05-incorrect.ttl"
DATASET = "https://data.example.mn/dataset/wells"


def run(*asked: str | Path) -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, asked)])


def lines(text: str, name: str) -> list[bytes]:
    return list(read(name, text.encode()).lines)


def test_a_catalogue_that_conforms() -> None:
    done = run(EXAMPLES / "05-correct.ttl")
    assert done.exit_code == 0
    assert "дүрэмд нийцэж байна" in done.output


@pytest.mark.parametrize(
    ("lang", "words"),
    [("mn", "бүхэлд нь pySHACL-аар шалгасан дүрэм: "), ("en", "Validated completely by pySHACL, ")],
)
def test_every_form_names_what_went_whole(lang: str, words: str) -> None:
    whole = ["dcat-ap-mn-07/1", "dcat-ap-mn-08/1"]
    assert f"{words}" in run(WRONG, "--lang", lang).output
    assert run(WRONG, "--lang", lang).output.endswith(f"{', '.join(whole)}\n")
    told = json.loads(run(WRONG, "-F", "json").output)
    assert [iri.removeprefix(f"{ROOT}rule/") for iri in told["whole"]] == whole
    turtle = run(WRONG, "-F", "ttl").output
    assert words in turtle and all(f"<{iri}>" in turtle for iri in told["whole"])
    assert words not in run(WRONG, "--lang", lang, "--profile", "dcat-ap").output


@pytest.mark.parametrize(("lang", "word"), [("mn", "Зөрчил × 1"), ("en", "Violation × 1")])
def test_the_table_says_rule_line_and_dataset(lang: str, word: str) -> None:
    done = run(WRONG, "--lang", lang)
    assert done.exit_code == 1
    row = 1 + WRONG.read_text("utf-8").split("\n").index("<dataset/wells> a dcat:Dataset ;")
    assert word in done.output
    assert "[dcat-ap-mn-05/1]" in done.output
    assert f'line {row}  <{DATASET}>  "худаг"' in done.output


def test_json_csv_and_rdf_tell_the_same() -> None:
    told = json.loads(run(WRONG, "-F", "json").output)
    (result,) = told["results"]
    assert (told["conforms"], result["focus"], result["place"][:5]) == (False, DATASET, "line ")
    (row,) = csv.DictReader(io.StringIO(run(WRONG, "-F", "csv").output))
    assert (row["focus"], row["mn"], row["en"]) == (
        DATASET,
        result["messages"]["mn"],
        result["messages"]["en"],
    )
    graph = rdflib.Graph().parse(data=run(WRONG, "-F", "ttl").output, format="turtle")
    shacl = rdflib.SH
    (report,) = graph.subjects(rdflib.RDF.type, shacl.ValidationReport)
    (node,) = graph.objects(report, shacl.result)
    assert str(graph.value(node, shacl.focusNode)) == DATASET
    messages = graph.objects(node, shacl.resultMessage)
    assert {o.language for o in messages if isinstance(o, rdflib.Literal)} == {"mn", "en"}
    assert str(graph.value(report, shacl.shapesGraph)).endswith("/profile/dcat-ap-mn/0.1")
    assert len(list(graph.objects(report, rdflib.PROV.used))) == 2


def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "c.ttl"
    path.write_text(WRONG.read_text("utf-8").replace("<dataset/wells>", "<=cmd()>"), "utf-8")
    rows = list(csv.reader(io.StringIO(run(path, "-F", "csv").output)))
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@")]


def test_a_blank_node_is_judged_and_located() -> None:
    told = json.loads(run(EXAMPLES / "01-incorrect.ttl", "-F", "json").output)
    (result,) = told["results"]
    assert result["focus"].startswith("_:")
    assert result["place"].startswith("line ")


@pytest.mark.parametrize("profile", ["dcat-ap", "dcat-ap-mn", "harvest", "ulzii"])
def test_every_profile_can_be_asked(profile: str) -> None:
    done = run(EXAMPLES / "03-incorrect.ttl", "--profile", profile, "-F", "json")
    told = json.loads(done.output)
    assert told["profile"] == profile
    assert told["conforms"] is (profile == "dcat-ap")
    assert done.exit_code == (0 if profile == "dcat-ap" else 1)


def test_many_places_are_cut_short_unless_all_are_asked(tmp_path: Path) -> None:
    many = "".join(f"<https://example.mn/{n}> a <{DCAT.Dataset.value}> .\n" for n in range(9))
    path = tmp_path / "many.nt"
    path.write_text(many.replace(" a ", f" {RDF.type} "))
    assert "… and 4 more places" in run(path, "--lang", "en", "--profile", "harvest").output
    everything = run(path, "--lang", "en", "--profile", "harvest", "--all").output
    assert "more places" not in everything
    assert "line 9  <https://example.mn/8>" in everything


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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    handler = partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", tmp_path
        server.shutdown()
        thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_an_address_is_asked(site: tuple[str, Path]) -> None:
    address, folder = site
    (folder / "catalog.ttl").write_bytes(WRONG.read_bytes())
    (folder / "page.html").write_text("<html><body>catalogue</body></html>")
    assert "[dcat-ap-mn-05/1]" in run(f"{address}catalog.ttl", PRIVATE).output
    refused = run(f"{address}none.ttl", PRIVATE)
    assert (refused.exit_code, "HTTP status 404" in refused.output) == (3, True)
    assert "this is a web page" in run(f"{address}page.html", PRIVATE).output
    assert run("http://127.0.0.1:1/x.ttl", PRIVATE).exit_code == 3


PRIVATE = "--allow-private"


def test_an_address_in_a_private_network_is_asked_only_when_told(site: tuple[str, Path]) -> None:
    address, folder = site
    (folder / "catalog.ttl").write_bytes(WRONG.read_bytes())
    refused = run(f"{address}catalog.ttl")
    assert refused.exit_code == 3
    assert "private network" in refused.output
    assert PRIVATE in refused.output


@pytest.fixture(scope="module")
def loaded(loaded_demo: Path) -> Instance:
    """The bundled sources, for commands that only read."""
    return instances.open_instance(loaded_demo)


def test_a_published_source_is_checked_as_it_would_be_exported(loaded: Instance) -> None:
    asked = ["--data", str(loaded.root), "validate", "mn-odp", "-F", "json"]
    told = json.loads(CliRunner().invoke(main, asked).output)
    assert told["conforms"] is True
    assert told["counts"]["Warning"] > 0
    assert told["data"] == loaded.names.version("mn-odp", 1)
    sizes = [line for line in from_source(loaded, "mn-odp").lines if b"#byteSize>" in line]
    assert all(line.endswith(b"#nonNegativeInteger> .") for line in sizes)


def test_a_source_that_is_not_published_is_named_as_such(loaded: Instance) -> None:
    with pytest.raises(ConfigError, match=r"neither a file nor a published source.*\n.*mn-odp"):
        from_source(loaded, "nso-2")


def sample_files() -> list[Path]:
    return sorted(p for p in DCAT_SAMPLES.rglob("*") if p.is_file())


@needs_shared
@pytest.mark.ci
def test_every_sample_is_read_or_refused_with_a_reason() -> None:
    refused, together = [], list[bytes]()
    for number, path in enumerate(sample_files()):
        try:
            found = read(path.name, path.read_bytes())
        except InputError as error:
            refused.append(path)
            assert error.where.startswith(path.name)
            assert error.hint
        else:
            together += [line.replace(b"_:b", f"_:f{number}b".encode()) for line in found.lines]
    # a text about the samples, ISO 19139 twice, Dataverse, two fragments without a subject
    assert (len(refused), len(sample_files())) == (6, 190)
    report = validate_profile("harvest", together, code_lists.codes())
    assert report.counts["Violation"] > 500
    assert {r.rule[-4:-2] for r in report.results} >= {"01", "03", "05", "06", "09", "11"}


@needs_shared
@pytest.mark.parametrize("path", sample_files()[::12], ids=lambda p: p.name)
def test_the_command_on_samples(path: Path) -> None:
    done = run(path, "-F", "ttl")
    assert isinstance(done.exception, SystemExit | None)
    assert (done.exit_code == 3) == done.stderr.startswith("ulzii: ")
    if done.stdout:
        report = ox.parse(done.stdout, ox.RdfFormat.TURTLE)
        assert SH.ValidationReport in {quad.object for quad in report}
