"""docs/harvesting.md stays true: its commands run, its descriptions harvest, its options exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.core.instance import Instance
from loaders.catalogues.options import CatalogueOptions
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from tests import parts, test_ckan_api, test_feeds, test_sparql_harvest, test_xml_envelopes
from tests.stand_ins import StandIn, StandInAnswer, StandInRequest, answer_json, serving
from tests.test_bad_input import allow_private

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parent.parent / "docs" / "harvesting.md").read_text("utf-8")
DESCRIPTIONS = re.findall(r"^```toml\n(.*?)^```", TEXT, re.M | re.S)
ULZII = 'ulzii() { "$PYTHON" -c "from server.cli import main; main()" --data "$DATA" "$@"; }\n'
ROADS = b"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<http://portal.example/c> a dcat:Catalog ; dcat:dataset
  [ a dcat:Dataset ; dct:identifier "r1" ; dct:title "Roads" ] ,
  [ a dcat:Dataset ; dct:identifier "r2" ; dct:title "Bridges" ] .
"""
FEED = test_feeds.STREAM + test_feeds.CREATE_A + test_feeds.CREATE_C
PARTS: dict[str, StandIn] = {
    "/catalog.ttl": lambda _: StandInAnswer(ROADS),
    "/ckan": test_ckan_api.portal(3),
    "/oai": test_xml_envelopes.repository(3),
    "/csw": test_xml_envelopes.geo_portal(3),
    "/sparql": test_sparql_harvest.endpoint(3),
    "/data.json": lambda _: answer_json({"dataset": [{"identifier": "1"}, {"identifier": "2"}]}),
    "/feed": test_feeds.served({"/feed": FEED}),
}


def portal(request: StandInRequest) -> StandInAnswer:
    """The portal of the page: every protocol at its address."""
    path = next(one for one in PARTS if request.path.startswith(one))
    rest = request.path.removeprefix("/ckan")
    return PARTS[path](StandInRequest(rest, request.query, request.body))


@pytest.fixture
def host(instance: Instance) -> Iterator[str]:
    with serving(portal) as found:
        allow_private(instance, found)
        yield found


@pytest.mark.ci
def test_the_commands_do_what_the_page_says(instance: Instance, host: str, tmp_path: Path) -> None:
    script = "".join(re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S))
    script = script.replace("https://portal.example", f"http://{host}")
    script = "set -eu\n" + ULZII + script.replace("ulzii-data/", f"{instance.root}/")
    given = {"PYTHON": sys.executable, "DATA": str(instance.root), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, **given},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode()
    results, end = json.JSONDecoder().raw_decode(text, text.index('{"head"'))
    tried, loaded, head, *rows = text[end:].strip().splitlines()
    assert tried.startswith("roads: same, version 1")
    assert loaded.startswith("roads: same, version 1")
    assert head.split()[:3] == ["id", "loader", "state"]
    assert any(row.startswith("roads") for row in rows)
    assert results["results"]["bindings"][0]["datasets"]["value"] == "2"


@pytest.mark.parametrize("description", parts.each(3, DESCRIPTIONS))  # test_catalogue_protocols.py
def test_the_descriptions_harvest(
    instance: Instance, host: str, tmp_path: Path, description: str
) -> None:
    head = 'id = "portal"\nloader = "dcat"\nforeign = true\nmedia_type = "text/turtle"\n'
    title = '[title]\nen = "Portal"\n'
    keys, mark, options = description.replace("https://portal.example", f"http://{host}").partition(
        "[options]"
    )
    path = tmp_path / "portal.toml"
    path.write_text(head + keys + title + mark + options)
    outcome = load(instance, read(path))
    assert outcome.status == "published"
    assert outcome.counts["mapped"] >= 2


def test_every_option_is_on_the_page() -> None:
    table = TEXT.partition("## Options")[2].partition("## ")[0]
    shown = {
        name
        for cell in re.findall(r"^\| (`.*?) \|", table, re.M)
        for name in re.findall("`(.*?)`", cell)
    }
    shown -= {"[options]"}
    assert shown == set(CatalogueOptions.model_fields) - {"requests"}
