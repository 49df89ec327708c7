"""The report of a harvest: what came, changed and went, what was rejected where, what was found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from graph.archive import Archive
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool
from graph.reports import rdf
from graph.reports.harvest import HarvestReport, last_run, newest_load, report
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from server.app import create_app
from server.cli import main
from tests.copies import copied
from vocab.namespaces import CORE

pytestmark = pytest.mark.slow

BASE = "https://portal.example.org/"
PREFIXES = f"""@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@base <{BASE}> .
"""
DATASET = """<{0}> a dcat:Dataset ; dct:title "{1}"@en ; dct:description "{0}"@en ;
  dct:identifier "{0}" ; dct:publisher <office> ; dcat:distribution <file/{0}> .
<file/{0}> a dcat:Distribution ; dcat:accessURL <{0}.csv> ; dct:description "{2}"@en .
"""
BAD = '<bad> dct:description "УБ00112233"@mn .\n'


def described(folder: Path, more: str = "") -> Source:
    path = folder / "portal.toml"
    path.write_text(
        'id = "portal"\nloader = "rdf"\nfiles = ["portal.ttl"]\nmedia_type = "text/turtle"\n'
        f"reject_limit = 0.5\nforeign = false\n{more}\n"
        '[title]\nmn = "Портал"\nen = "Portal"\n'
    )
    return read(path)


def write(folder: Path, *datasets: tuple[str, str, str], more: str = "") -> Source:
    text = "".join(DATASET.format(*one) for one in datasets)
    (folder / "portal.ttl").write_text(PREFIXES + text + more)
    return described(folder)


@pytest.fixture(scope="module")
def two_versions(another: Callable[[], Instance]) -> Path:
    """`a` stays, the title of `b` and the file of `c` change, `d` goes, `e` comes. Nobody changes
    the instance; the file that it was loaded from lies beside it."""
    made, stays = another(), ("a", "A", "file")
    folder = made.root.parent
    load(made, write(folder, stays, ("b", "B", "file"), ("c", "C", "file"), ("d", "D", "file")))
    changed = [stays, ("b", "B2", "file"), ("c", "C", "new"), ("e", "БYХ", "file")]
    load(made, write(folder, *changed, more=BAD))
    return folder


@pytest.fixture
def harvested(two_versions: Path, tmp_path: Path) -> Instance:
    """A copy of it."""
    return copied(two_versions, tmp_path)


def reported(instance: Instance) -> HarvestReport:
    events = list(Ledger(instance))
    event = newest_load(events, "portal", published=False)
    assert event is not None
    return report(events, Archive(instance.archive), instance.names, event)


def ulzii(instance: Instance, *command: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *command])


def test_datasets_that_came_changed_and_went(harvested: Instance) -> None:
    changes = reported(harvested).changes
    assert (changes.datasets, changes.added, changes.deleted) == (4, (BASE + "e",), (BASE + "d",))
    assert changes.changed == (BASE + "b", BASE + "c"), "a file is a part of its dataset"


def test_rejected_records_have_place_and_reason_without_personal_data(harvested: Instance) -> None:
    (rejected,) = reported(harvested).rejected
    assert rejected.place.startswith("portal.ttl#")
    assert "no-register-number" in rejected.reason
    assert "00112233" not in json.dumps(reported(harvested).to_json())


def test_findings_are_those_of_the_version(harvested: Instance) -> None:
    (found,) = [one for one in reported(harvested).findings if "one-script" in one.rule]
    assert (found.about, found.severity, found.occurrences) == ((BASE + "e",), "Warning", 1)
    assert set(found.comments) == {"mn", "en"}
    assert (found.rule, "Warning", 1, 1) in reported(harvested).rules


def test_commands_print_it(harvested: Instance, tmp_path: Path) -> None:
    source = write(tmp_path, ("a", "A", "file"), ("b", "B3", "file"), ("c", "C", "file"), more=BAD)
    done = ulzii(harvested, "load", str(source.path))
    assert done.exit_code == 0
    assert "3 datasets: 0 added, 2 changed, 1 deleted" in done.output
    assert "1 record rejected: " in done.output
    assert "\n    portal.ttl#" in done.output
    whole = ulzii(harvested, "sources", "report", "portal").output
    assert f"- {BASE}e" in whole
    assert "version 3" in whole
    facts = json.loads(ulzii(harvested, "sources", "report", "portal", "--json").output)
    assert facts["changes"]["deleted"] == [BASE + "e"]
    write(tmp_path, ("a", "A", "file"), ("b", "B4", "file"), ("c", "C", "file"))
    (entry,) = json.loads(ulzii(harvested, "load", str(source.path), "--json").output)
    assert (entry["report"]["changed"], entry["report"]["rejected"]) == (1, [])
    run = json.loads(ulzii(harvested, "status", "--json").output)["runs"]["portal"]
    assert (run["outcome"], run["report"]) == (
        "published",
        "https://example.mn/id/source/portal/report",
    )


def test_how_the_last_run_ended(harvested: Instance, tmp_path: Path) -> None:
    def outcome() -> str:
        return last_run(list(Ledger(harvested)), "portal").outcome

    assert outcome() == "published"
    load(harvested, described(tmp_path))
    assert outcome() == "same"
    (tmp_path / "portal.ttl").write_text("<a> <b")
    with pytest.raises(InputError):
        load(harvested, described(tmp_path))
    assert outcome() == "quarantined"
    (tmp_path / "portal.ttl").write_text("")
    with pytest.raises(InputError):
        load(harvested, described(tmp_path))
    assert outcome() == "failed"
    load(harvested, write(tmp_path, ("a", "A", "file")))
    assert outcome() == "held"
    assert "held" in ulzii(harvested, "sources", "report", "portal").output
    ulzii(harvested, "approve", "portal", "--reject", "--reason", "no")
    assert outcome() == "rejected"


@pytest.fixture
def client(harvested: Instance, pool: Pool) -> FlaskClient:
    """The pages of the instance; the reports need no query worker."""
    return create_app(harvested, pool).test_client(use_cookies=False)


def test_it_has_an_address(client: FlaskClient, harvested: Instance, tmp_path: Path) -> None:
    page = client.get("/id/source/portal/report", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert f"{BASE}e" in page.text
    assert "no-register-number" in page.text
    written = client.get("/id/source/portal/report.json")
    assert written.get_json()["changes"]["added"] == [BASE + "e"]
    assert client.get("/id/source/portal/report.csv").status_code == 406
    assert client.get("/id/source/nothing/report").status_code == 404
    tag = written.headers["ETag"]
    again = client.get("/id/source/portal/report.json", headers={"If-None-Match": tag})
    assert again.status_code == 304
    load(harvested, write(tmp_path, ("a", "A", "file")))  # held
    now = client.get("/id/source/portal/report.json").get_json()
    assert (now["version"], now["last_run"]["outcome"]) == (2, "held")


@pytest.mark.parametrize("form", ["ttl", "nt", "rdf", "jsonld"])
def test_it_is_rdf_too(client: FlaskClient, harvested: Instance, form: str) -> None:
    answer = client.get(f"/id/source/portal/report.{form}")
    assert answer.status_code == 200
    kind = ox.RdfFormat.from_media_type(answer.mimetype or "")
    assert kind is not None
    found = {quad.triple for quad in ox.parse(answer.data, kind)}
    node = ox.NamedNode("https://example.mn/id/source/portal/report")
    assert ox.Triple(node, CORE.addedDataset, ox.NamedNode(BASE + "e")) in found
    assert {t.predicate for t in found if t.subject == node} >= {CORE.rejectedRecord}
    made = {*rdf.triples(reported(harvested), harvested.names)}
    assert len(found) == len(made)


def test_a_restricted_source_has_none(instance: Instance, pool: Pool, tmp_path: Path) -> None:
    write(tmp_path, ("a", "A", "file"))
    load(instance, described(tmp_path, 'visibility = "restricted"'))
    client = create_app(instance, pool).test_client(use_cookies=False)
    assert client.get("/id/source/portal/report").status_code == 404


def test_one_is_not_many(instance: Instance, tmp_path: Path) -> None:
    source = write(tmp_path, ("a", "A", "a file"))
    output = ulzii(instance, "load", str(source.path)).output
    assert "1 dataset: 1 added" in output
    counts = re.findall(r"\b(\d+) (dataset|record|statement|finding|occurrence)(s?)\b", output)
    assert {noun for _, noun, _ in counts} >= {"dataset", "record"}
    assert all((number == "1") == (not plural) for number, _, plural in counts)
