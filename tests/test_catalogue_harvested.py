"""Foreign catalogues end to end: in export, search and score, and in a second instance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from tests.harvests import (
    BASE,
    PREFIXES,
)

CLEAN = """@base <https://portal.example/> . {prefixes}
<catalog> a dcat:Catalog ; dct:title "Portal"@en ; dcat:dataset <ds/1> , <ds/2> .
<org/a> a foaf:Agent ; foaf:name "Agency"@en .
<ds/1> a dcat:Dataset ; dct:identifier "ds-1" ; dct:title "{title}"@en ; dct:publisher <org/a> ;
  dcat:distribution <ds/1/csv> .
<ds/1/csv> a dcat:Distribution ; dcat:accessURL <f/1> .
<ds/2> a dcat:Dataset ; dct:identifier "ds-2" ; dct:title "Bridges"@en ; dct:publisher <org/a> .
"""


def harvest_file(folder: Path, name: str, title: str) -> Path:
    (folder / f"{name}.ttl").write_text(CLEAN.format(prefixes=PREFIXES, title=title))
    described = folder / f"{name}.toml"
    described.write_text(
        f'id = "{name}"\nloader = "dcat"\nfiles = ["{name}.ttl"]\nmedia_type = "text/turtle"\n'
        f'[title]\nen = "{name}"\n'
    )
    return described


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data of an instance with a harvested catalogue, and a mirror of it."""
    folder = tmp_path_factory.mktemp("harvested")
    data = folder / "data"
    assert ulzii(data, "init", "--base", BASE) == ""
    assert ulzii(data, "load", "catalog", "organisations", "law", "codes", "mn-odp")
    for name, title in (("portal", "Road counts"), ("mirror", "Mirrored")):
        ulzii(data, "load", str(harvest_file(folder, name, title)))
    yield data


def ulzii(data: Path, *command: str) -> str:
    done = CliRunner().invoke(main, ["--data", str(data), *command])
    assert done.exit_code == 0, done.output
    return done.output if command[0] != "init" else ""


@pytest.mark.slow
def test_harvested_datasets_are_in_export_search_and_score(harvested: Path, tmp_path: Path) -> None:
    out = tmp_path / "catalogue.nt"
    ulzii(harvested, "export", "--catalogue", str(out))
    exported = out.read_text()
    for dataset in ("ds/1", "ds/2"):
        assert f"dcat#dataset> <https://portal.example/{dataset}> ." in exported
    assert '"Bridges"@en' in exported
    assert "CatalogRecord" in exported
    assert "Bridges" in ulzii(harvested, "search", "Bridges")
    assert "Agency" in ulzii(harvested, "score")


@pytest.mark.slow
def test_only_the_first_source_describes_a_dataset_in_the_export(
    harvested: Path, tmp_path: Path
) -> None:
    out = tmp_path / "catalogue.nt"
    ulzii(harvested, "export", "--catalogue", str(out))
    assert '"Road counts"@en' in out.read_text()
    assert "Mirrored" not in out.read_text()
    # both are kept, each in its own graph
    query = "SELECT ?g { GRAPH ?g { ?d <http://purl.org/dc/terms/title> ?t } FILTER(?t IN (%s)) }"
    graphs = ulzii(harvested, "query", query % '"Road counts"@en, "Mirrored"@en')
    assert {f"{BASE}graph/portal", f"{BASE}graph/mirror"} == {
        row["g"]["value"] for row in json.loads(graphs)["results"]["bindings"]
    }


@pytest.mark.slow
def test_an_unchanged_harvest_makes_no_version(harvested: Path) -> None:
    for name in ("portal", "mirror"):
        again = ulzii(harvested, "load", str(harvested.parent / f"{name}.toml"))
        assert "same" in again


@pytest.mark.slow
@pytest.mark.ci  # test_round_trip.py does it over HTTP
def test_our_own_export_gives_the_same_datasets_in_a_second_instance(
    harvested: Path, tmp_path: Path
) -> None:
    exported, second = tmp_path / "export.ttl", tmp_path / "second"
    ulzii(harvested, "export", "--catalogue", str(exported))
    ulzii(second, "init", "--base", "https://second.example/")
    ulzii(second, "load", "catalog", "organisations", "law", "codes")
    described = tmp_path / "first.toml"
    described.write_text(
        'id = "first"\nloader = "dcat"\nfiles = ["export.ttl"]\nmedia_type = "text/turtle"\n'
        '[title]\nen = "First"\n'
    )
    ulzii(second, "load", str(described))
    query = "SELECT ?d { <%scatalog> <http://www.w3.org/ns/dcat#dataset> ?d }"
    bases = {harvested: BASE, second: "https://second.example/"}
    first, again = (
        {
            row["d"]["value"]
            for row in json.loads(ulzii(data, "query", query % base))["results"]["bindings"]
        }
        for data, base in bases.items()
    )
    assert first == again
    assert len(first) > 4
    assert "Agency" in ulzii(second, "score")
