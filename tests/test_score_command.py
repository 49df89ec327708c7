"""ulzii score and ulzii check-urls on a real instance: the ledger, versions, verify."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from graph import verify
from graph.instance import Instance
from graph.progress import Silent
from loaders import pipeline, quality, source
from loaders.quality.evidence import identifiers
from loaders.url_checks import UrlChecks, place
from server.cli import main
from tests.turtle import PREFIXES
from vocab.namespaces import DQV

CATALOGUE = """
<catalog> a dcat:Catalog ; dct:title "К"@mn ; dct:description "К"@mn ; dct:identifier "c" ;
  dct:publisher <o> ; dcat:dataset <id/dataset/s/1> , <id/dataset/s/2> .
<o> a foaf:Agent ; foaf:name "Яам"@mn .
<id/dataset/s/1> a dcat:Dataset ; dct:title "Нэг"@mn ; dct:description "Нэг"@mn ;
  dct:identifier "s:1" ; dct:publisher <o> ; dcat:distribution <id/dataset/s/1/file/1> .
<id/dataset/s/1/file/1> a dcat:Distribution ; dcat:accessURL <SITE/page.html> ;
  dcat:downloadURL <SITE/data.csv> ; dcat:byteSize 5 .
<id/dataset/s/2> a dcat:Dataset ; dct:title "Хоёр"@mn ; dct:description "Хоёр"@mn ;
  dct:identifier "s:2" ; dct:publisher <o> .
"""
DATASETS = ("dataset/s/1", "dataset/s/2")
TOML = """
id = "s"
loader = "rdf"
files = ["s.ttl"]
media_type = "text/turtle"
[title]
mn = "Эх сурвалж"
en = "A source"
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    files = tmp_path / "site"
    files.mkdir()
    (files / "page.html").write_text("<!doctype html><p>Мэнд")
    (files / "data.csv").write_text("a,b\n1")

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(files))

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def load(instance: Instance, tmp_path: Path, site: str) -> Callable[[str], None]:
    """A function that loads the catalogue with more statements."""
    (tmp_path / "s.toml").write_text(TOML)

    def run(text: str) -> None:
        head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
        (tmp_path / "s.ttl").write_text(head + text.replace("SITE", site))
        pipeline.load(instance, source.read(tmp_path / "s.toml"))

    return run


def ulzii(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments])


def facts(instance: Instance, *arguments: str) -> Any:
    result = ulzii(instance, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def published(instance: Instance, graph: str) -> set[ox.Quad]:
    with quality.published(instance) as store:
        name = ox.NamedNode(instance.names.graph(graph))
        return set(store.quads_for_pattern(None, None, None, name))


def test_nothing_to_score_yet(instance: Instance) -> None:
    result = ulzii(instance, "score")
    assert result.exit_code == 2
    assert "nothing is published yet" in result.output


def test_scores_are_versions_of_a_source(instance: Instance, load: Callable[[str], None]) -> None:
    load(CATALOGUE)
    first = facts(instance, "score")
    assert first["version"] == 1
    assert first["catalogue"]["score"] == (30 + 10 + 20 + 5 + 30 + 10) / 2
    assert first["datasets"][0]["notMeasured"] == ["accessUrlStatusCode", "downloadUrlStatusCode"]
    again = facts(instance, "score")
    assert (again["version"], again["catalogue"]) == (1, first["catalogue"])
    before = published(instance, "quality")

    load(CATALOGUE + '<id/dataset/s/2> dcat:keyword "үг"@mn .')
    assert facts(instance, "score", "--dry-run")["version"] is None
    assert published(instance, "quality") == before
    assert facts(instance, "score")["version"] == 2
    changed = {
        str(quad.subject).split("quality/")[1].rstrip(">")
        for quad in published(instance, "quality") ^ before
        if quad.predicate == DQV.value
    }
    parts = ("keywordAvailability", "findability", "score")
    values = {f"{whose}#{part}" for whose in ("catalog", "o", "dataset/s/2") for part in parts}
    compared = {f"{whose}#identifierStability" for whose in ("catalog", "o", *DATASETS)}
    assert changed == values | compared
    assert list(verify.verify(instance, 3, Silent())) == []


def test_what_dcat_ap_refuses_does_not_conform(
    instance: Instance, load: Callable[[str], None]
) -> None:
    """Two sizes of one file pass our own rules, but not the profile's."""
    load(CATALOGUE + "<id/dataset/s/1/file/1> dcat:byteSize 6 .")
    scored = facts(instance, "score", "--dry-run")
    assert [one["dcatApCompliance"] for one in scored["datasets"]] == [0, 30]
    assert scored["catalogue"]["dcatApCompliance"] == 15


def test_identifiers_of_the_version_before(instance: Instance, load: Callable[[str], None]) -> None:
    load(CATALOGUE)
    assert identifiers(instance) is None
    load(CATALOGUE.replace('"s:2"', '"s:two"'))
    start = f"{instance.base}id/dataset/s/"
    assert identifiers(instance) == {start + "1": "s:1", start + "2": "s:2"}
    scored = facts(instance, "score", "--dry-run")
    assert [one["identifierStability"] for one in scored["datasets"]] == [1, 0]
    assert scored["catalogue"]["identifierStability"] == 0.5


def test_addresses_are_asked_once_and_count(
    instance: Instance, load: Callable[[str], None], site: str
) -> None:
    load(CATALOGUE)
    refused = facts(instance, "check-urls", "--pause", "0")
    assert {one["error"] for one in refused} == {"refused"}
    assert facts(instance, "score", "--dry-run")["datasets"][0]["accessibility"] == 20
    asked = facts(instance, "check-urls", "--pause", "0", "--private", "--days", "0")
    assert {one["url"]: (one["status"], one["html"]) for one in asked} == {
        f"{site}/data.csv": (200, False),
        f"{site}/page.html": (200, True),
    }
    assert facts(instance, "check-urls", "--private") == []
    first = facts(instance, "score")["datasets"][0]
    assert (first["accessibility"], first["contentMatch"], first["byteSizeMatch"]) == (100, 1, 1)
    place(instance).unlink()
    with UrlChecks(place(instance)) as checks:
        assert checks.all() == []


def test_the_report_names_things_in_both_languages(
    instance: Instance, load: Callable[[str], None]
) -> None:
    load(CATALOGUE)
    told = ulzii(instance, "score", "--datasets").output
    for text in ("каталог · catalogue: 52.5 / 405, муу · bad", "has keywords", "Яам", "Хоёр"):
        assert text in told
    assert "1 багцын хаягийг асуугаагүй" in told
    assert "0 хаяг · addresses" not in ulzii(instance, "check-urls").output
