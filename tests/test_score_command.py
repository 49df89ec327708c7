"""ulzii score and ulzii check-urls on a real instance: the ledger, versions, verify."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from graph.audit import verify
from graph.core.instance import Instance
from graph.core.iris import ROOT
from graph.core.progress import SilentReporter
from graph.ledger import Ledger
from loaders import quality
from loaders.link_checks import UrlChecks, store_path
from loaders.pipeline import source
from loaders.pipeline.load import load as load_source
from loaders.quality.evidence import identifiers
from server.cli import main
from shapes.quality.dqv import METRIC
from shapes.quality.law import STATUSES
from tests.turtle import PREFIXES
from vocab.namespaces import CORE, DQV

pytestmark = pytest.mark.slow

CATALOGUE = """
<catalog> a dcat:Catalog ; dct:title "К"@mn ; dct:description "К"@mn ; dct:identifier "c" ;
  dct:publisher <o> ; dcat:dataset <id/dataset/codes/1> , <id/dataset/codes/2> .
<o> a foaf:Agent ; foaf:name "Яам"@mn .
<id/dataset/codes/1> a dcat:Dataset ; dct:title "Нэг"@mn ; dct:description "Нэг"@mn ;
  dct:identifier "s:1" ; dct:publisher <o> ; dcat:distribution <id/dataset/codes/1/file/1> .
<id/dataset/codes/1/file/1> a dcat:Distribution ; dcat:accessURL <SITE/page.html> ;
  dcat:downloadURL <SITE/data.csv> ; dcat:byteSize 5 .
<id/dataset/codes/2> a dcat:Dataset ; dct:title "Хоёр"@mn ; dct:description "Хоёр"@mn ;
  dct:identifier "s:2" ; dct:publisher <o> .
"""
ULAANBAATAR = timezone(timedelta(hours=8))
DATASETS = ("dataset/codes/1", "dataset/codes/2")
TOML = """
id = "codes"  # one of our own: it describes the catalogue
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
        load_source(instance, source.read(tmp_path / "s.toml"))

    return run


def ulzii(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments])


def facts(instance: Instance, *arguments: str) -> Any:
    result = ulzii(instance, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def published(instance: Instance, graph: str) -> set[ox.Quad]:
    with quality.open_published(instance) as store:
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

    load(CATALOGUE + '<id/dataset/codes/2> dcat:keyword "үг"@mn .')
    assert facts(instance, "score", "--dry-run")["version"] is None
    assert published(instance, "quality") == before
    assert facts(instance, "score")["version"] == 2
    changed = {
        str(quad.subject).split("quality/")[1].rstrip(">")
        for quad in published(instance, "quality") ^ before
        if quad.predicate == DQV.value
    }
    parts = ("keywordAvailability", "findability", "score")
    values = {f"{whose}#{part}" for whose in ("catalog", "o", "dataset/codes/2") for part in parts}
    compared = {f"{whose}#identifierStability" for whose in ("catalog", "o", *DATASETS)}
    assert changed == values | compared
    assert list(verify.verify(instance, 3, SilentReporter())) == []


def test_the_ledger_knows_the_code_that_made_the_scores(
    instance: Instance, load: Callable[[str], None]
) -> None:
    load(CATALOGUE)
    facts(instance, "score")
    (code,) = (e for e in Ledger(instance) if e["type"] == "Code" and e["name"] == "quality")
    assert {"shapes/quality/score.py", "shapes/quality/codes/licence.csv"} <= code["files"].keys()
    assert {"shapes/profiles/dcat-ap.ttl", "loaders/quality/evidence.py"} <= code["files"].keys()


def test_what_dcat_ap_refuses_does_not_conform(
    instance: Instance, load: Callable[[str], None]
) -> None:
    """Two frequencies of one dataset pass our own rules, but not the profile's."""
    frequency = "http://publications.europa.eu/resource/authority/frequency"
    load(
        CATALOGUE
        + f"<id/dataset/codes/1> dct:accrualPeriodicity <{frequency}/DAILY>, <{frequency}/WEEKLY> ."
    )
    scored = facts(instance, "score", "--dry-run")
    assert [one["dcatApCompliance"] for one in scored["datasets"]] == [0, 30]
    assert scored["catalogue"]["dcatApCompliance"] == 15


DUTIES = """
<ministry> a foaf:Agent ; foaf:name "Яам"@mn ; org:classification holder:state-body .
<party> a foaf:Agent ; foaf:name "Нам"@mn .
<catalog> dcat:dataset DATASETS .
<duty> a openness:Obligation ; openness:item item:8.6.11 ; openness:holderKind holder:state-body ;
  dct:source <law> .
"""
HOLDERS = {
    "in-time": 'dct:accrualPeriodicity frequency:DAILY ; dct:modified "TODAY"^^xsd:date',
    "late": 'dct:accrualPeriodicity frequency:DAILY ; dct:modified "2022-05-01"^^xsd:date',
    "published": 'dct:modified "2022-05-01"^^xsd:date',
}


def duties() -> str:
    """A ministry for each status; one that publishes nothing, and a party nobody bound."""
    told, names = [], []
    for status, said in HOLDERS.items():
        names.append(f"<id/dataset/codes/{status}>")
        told.append(
            f"<o/{status}> a foaf:Agent ; foaf:name 'Яам'@mn ; "
            "org:classification holder:state-body . "
            f"{names[-1]} a dcat:Dataset ; dct:title 'Д'@mn ; dct:description 'Д'@mn ; "
            f"dct:identifier 's:{status}' ; dct:publisher <o/{status}> ; "
            f"openness:disclosesItem item:8.6.11 ; {said} ."
        )
    today = datetime.now(ULAANBAATAR).date().isoformat()
    text = DUTIES.replace("DATASETS", " , ".join(names)) + "\n".join(told)
    return text.replace("TODAY", today)


def statuses(instance: Instance) -> dict[tuple[str, str], object]:
    """The published status by organisation and item."""
    said: dict[object, dict[object, object]] = {}
    for quad in published(instance, "quality"):
        said.setdefault(quad.subject, {})[quad.predicate] = quad.object
    asked = ox.NamedNode(f"{METRIC}informationItem")
    return {
        (str(one[DQV.computedOn]), str(one[CORE.about])): one[DQV.value]
        for one in said.values()
        if one.get(DQV.isMeasurementOf) == asked
    }


@pytest.mark.ci  # test_quality_own.py has each status
def test_every_status_of_the_law_is_told_and_published(
    instance: Instance, load: Callable[[str], None]
) -> None:
    for name in ("authority", "vocab-core", "law", "vocab-openness"):
        load_source(instance, source.read(source.BUNDLED / f"{name}.toml"))
    load(CATALOGUE + duties())
    told = facts(instance, "score")["coverage"]
    mine = {
        (one["organisation"].removeprefix(instance.base), one["notation"]): one["status"]
        for one in told
    }
    wanted = {f"o/{status}": status for status in HOLDERS}
    wanted |= {"ministry": "missing", "o": "not-assessed"}
    assert {who: mine[who, "8.6.11"] for who in wanted} == wanted
    assert {mine[who, "8.6.21"] for who in wanted} == {"not-assessed"}
    assert not [who for who, _ in mine if who == "party"]
    values = statuses(instance)
    item = f"<{ROOT}scheme/information-item-2021/8.6.11>"
    found = {who: values[f"<{instance.base}{who}>", item] for who in wanted}
    assert found == {who: ox.Literal(status) for who, status in wanted.items()}
    report = ulzii(instance, "score", "--dry-run").output
    for mn, en in STATUSES.values():
        assert f"{mn} · {en}: " in report


def test_identifiers_of_the_version_before(instance: Instance, load: Callable[[str], None]) -> None:
    load(CATALOGUE)
    assert identifiers(instance) is None
    load(CATALOGUE.replace('"s:2"', '"s:two"'))
    start = f"{instance.base}id/dataset/codes/"
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
    store_path(instance).unlink()
    with UrlChecks(store_path(instance)) as checks:
        assert checks.all() == []


def test_the_report_names_things_in_both_languages(
    instance: Instance, load: Callable[[str], None]
) -> None:
    load(CATALOGUE)
    told = ulzii(instance, "score", "--datasets").output
    for text in ("каталог · catalogue: 52.5 / 405, муу · bad", "has keywords", "Яам", "Хоёр"):
        assert text in told
    assert "1 багцын хаягийг шалгаагүй" in told
    assert "0 хаяг · addresses" not in ulzii(instance, "check-urls").output
