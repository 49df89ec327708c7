"""`ulzii validate`: every form a report is told in, addresses, published sources, samples."""

from __future__ import annotations

import csv
import http.server
import io
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner

from graph.core import instance as instances
from graph.core.errors import ConfigError, InputError
from graph.core.instance import Instance
from graph.core.iris import ROOT
from loaders.validation import code_lists
from loaders.validation.candidate import from_source
from loaders.validation.catalogue_document import read
from server.cli import main
from shapes.profiles.validate import validate_profile
from tests.shared import DCAT_SAMPLES, needs_shared
from tests.validated import DATASET, EXAMPLES, WRONG, run
from vocab.namespaces import DCAT, RDF, SH

pytestmark = pytest.mark.slow


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
