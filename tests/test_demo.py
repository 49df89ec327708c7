"""The bundled sources, all the way through, by the command line as a user types it."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph import snapshots
from graph.core.instance import open_instance
from graph.core.iris import ROOT
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.source import read_all
from server.cli import main
from server.sparql.examples import examples

pytestmark = pytest.mark.slow

QUERIES = {one.name: one.query for one in examples(ROOT)}
README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def data(demo: Path) -> Path:
    """An instance with every bundled source loaded."""
    return demo


def run(data: Path, *arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *arguments], input=text)


def rows(data: Path, name: str) -> list[dict[str, str]]:
    done = run(data, "query", QUERIES[name], "--format", "csv")
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_aimags_with_their_counts_in_two_languages_and_iso_codes(data: Path) -> None:
    found = rows(data, "services-by-aimag")
    assert len(found) == 21
    assert sum(int(row["services"]) for row in found) == 1281
    assert {"iso": "MN-073", "mn": "Архангай", "en": "Arkhangai", "services": "51"} in found
    assert all(row["iso"].startswith("MN-0") for row in found)


def test_the_query_in_readme_gives_the_same(data: Path) -> None:
    text = README.read_text("utf-8")
    (query,) = re.findall(r"```sparql\n(.*?)```", text, re.S)
    assert sum(int(row["services"]["value"]) for row in ask(data, query)) == 1281


def test_the_contradiction_with_its_source(data: Path) -> None:
    found = rows(data, "two-totals")
    stated = [row for row in found if row["kind"].endswith("#Claim")]
    computed = [row for row in found if row["kind"].endswith("#ComputedValue")]
    assert sorted(row["value"] for row in stated) == ["1280", "1281"]
    assert [row["value"] for row in computed] == ["1281"]
    assert len({row["finding"] for row in found}) == 1
    assert all("/capture/sha256-" in row["source"] for row in stated)


def test_a_table_summed_by_region(data: Path) -> None:
    found = {row["region"]: row for row in rows(data, "livestock-by-region")}
    assert len(found) == 7
    assert found["Northern region"]["areas"] == "3"
    assert found["Northern region"]["thousands"] == "8377.7"


def ask(data: Path, query: str) -> list[dict[str, Any]]:
    done = run(data, "query", "--json", query)
    assert done.exit_code == 0, done.output
    bindings: list[dict[str, Any]] = json.loads(done.stdout)["results"]["bindings"]
    return bindings


COUNT = "SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ VALUES ?class {{ {} }} ?thing a ?class }}"
KINDS = {
    "<https://w3id.org/ulzii/def/place#Aimag> <https://w3id.org/ulzii/def/place#Capital>": 22,
    "<https://w3id.org/ulzii/def/place#Soum> <https://w3id.org/ulzii/def/place#District>": 339,
}


@pytest.mark.parametrize("classes", KINDS)
def test_every_unit_is_there(data: Path, classes: str) -> None:
    assert ask(data, COUNT.format(classes))[0]["n"]["value"] == str(KINDS[classes])


def test_enough_real_figures_and_datasets(data: Path) -> None:
    observations = COUNT.format("<http://purl.org/linked-data/cube#Observation>")
    assert int(ask(data, observations)[0]["n"]["value"]) >= 1000
    portal = """SELECT (COUNT(?d) AS ?n) WHERE { GRAPH <https://w3id.org/ulzii/graph/mn-odp> {
        ?d a <http://www.w3.org/ns/dcat#Dataset> } }"""
    assert int(ask(data, portal)[0]["n"]["value"]) == 3


def test_no_blank_node_is_published(data: Path) -> None:
    assert ask(data, "SELECT * WHERE { ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) } LIMIT 1") == []


def test_no_licence_is_invented_for_an_agencys_data(data: Path) -> None:
    licensed = """PREFIX dcat: <http://www.w3.org/ns/dcat#>
        SELECT * WHERE { VALUES ?class { dcat:Dataset dcat:Distribution }
          ?s a ?class ; <http://purl.org/dc/terms/license> ?licence }"""
    # three tables of the statistics office, whose own pages state one, and one repository of works
    stated = {row["s"]["value"]: row["licence"]["value"] for row in ask(data, licensed)}
    works = f"{ROOT}id/dataset/local-fund/works/file/cube"
    assert stated.pop(works).endswith("/MIT")
    tables = ("DT_NSO_0400_066V1", "DT_NSO_0600_001V3", "DT_NSO_1400_016V2")
    named = {one.rpartition("/nso/")[2].partition("/")[0] for one in stated}
    assert named == set(tables)
    assert {one.rpartition("/")[2] for one in stated.values()} == {"CC_BY_4_0"}


def test_loading_again_changes_nothing(data: Path) -> None:
    before = snapshots.current(open_instance(data))
    done = run(data, "load", "--json")
    assert {o["status"] for o in json.loads(done.stdout)} == {"same"}
    assert snapshots.current(open_instance(data)) == before


def test_every_source_was_published_at_once(loaded_demo: Path) -> None:
    told = loaded_demo.with_name("finished").read_text("utf-8")
    assert told.count("published, version 1") == len(read_all())


def test_status_tells_what_is_published(data: Path) -> None:
    facts = json.loads(run(data, "status", "--json").stdout)
    assert {s["source"] for s in facts["sources"]} == set(read_all())
    assert facts["failures"] == []
    assert "emongolia-local" in run(data, "status").stdout


def shown(data: Path) -> dict[str, list[bytes]]:
    now = snapshots.current(open_instance(data))
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = {name: sorted(store.lines(name)) for name in store.graphs()}
    found[""] = sorted(store.lines(None))
    store.close()
    return found


@pytest.mark.ci  # `make test` rebuilds smaller instances: test_old_instance.py, test_publish.py
def test_rebuild_gives_every_statement_back_and_verify_agrees(data: Path) -> None:
    before = shown(data)
    done = run(data, "rebuild", "--json")
    assert done.exit_code == 0, done.output
    assert shown(data) == before
    verified = run(data, "verify", "--json")
    assert (verified.exit_code, json.loads(verified.stdout)["problems"]) == (0, [])


def test_recover_finishes_what_a_crash_left_and_verify_only_reads(tmp_path: Path) -> None:
    assert run(tmp_path / "data", "init", "--base", "https://example.mn/").exit_code == 0
    assert run(tmp_path / "data", "load", "authority").exit_code == 0
    (tmp_path / "data" / "snapshots" / "current").unlink()  # as before the pointer was moved
    done = run(tmp_path / "data", "verify", "--json")
    assert done.exit_code == 6
    assert snapshots.current(open_instance(tmp_path / "data")) is None
    assert run(tmp_path / "data", "recover").exit_code == 0
    assert snapshots.current(open_instance(tmp_path / "data")) is not None
    done = run(tmp_path / "data", "verify", "--json")
    assert (done.exit_code, json.loads(done.stdout)["problems"]) == (0, [])


def test_verify_names_a_changed_ledger_line(tmp_path: Path) -> None:
    run(tmp_path / "data", "init", "--base", "https://example.mn/")
    entries = tmp_path / "data" / "ledger" / "entries.ndjson"
    entries.write_bytes(entries.read_bytes().replace(b'"add"', b'"bad"'))
    done = run(tmp_path / "data", "verify")
    assert done.exit_code == 6
    assert "entries.ndjson" in done.stdout


def test_every_command_has_help() -> None:
    for name, command in main.commands.items():
        assert command.help, name
        done = CliRunner().invoke(main, [name, "--help"])
        assert done.exit_code == 0
        assert "Usage:" in done.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("status",), 2, "Make one with `ulzii init`"),
        (("init", "--base", "not an address"), 2, "cannot be the base"),
        (("load", "nothing"), 2, "no instance"),
    ],
)
def test_errors_say_what_to_do_and_have_exit_codes(
    tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = run(tmp_path / "none", *arguments)
    assert done.exit_code == code
    assert words in done.stderr


def test_an_unknown_source_is_named(data: Path) -> None:
    done = run(data, "load", "nothing")
    assert (done.exit_code, "no source “nothing”" in done.stderr) == (2, True)


def test_a_query_with_a_mistake_says_where(data: Path) -> None:
    done = run(data, "query", "SELECT * WHERE { ?s ?p }")
    assert done.exit_code != 0
    assert "1:" in done.stderr or "line 1" in done.stderr


def test_the_queries_in_the_page_about_searching(data: Path) -> None:
    text = (README.parent / "docs" / "search.md").read_text("utf-8")
    words, sorted_names, near, within = re.findall(r"```sparql\n(.*?)```", text, re.S)
    titles = [row["literal"]["value"].lower() for row in ask(data, words)]
    assert len(titles) > 3
    assert all("бүртгэл" in title for title in titles)
    names = [row["name"]["value"] for row in ask(data, sorted_names)]
    assert len(names) == 21
    assert names.index("Орхон") < names.index("Өвөрхангай") < names.index("Сүхбаатар")
    assert "Улаанбаатар" in [row["name"]["value"] for row in ask(data, near)]
    distances = [float(row["kilometres"]["value"]) for row in ask(data, near)]
    assert distances == sorted(distances)
    assert 1 < len(distances) <= 10
    assert "Улаанбаатар" not in [row["name"]["value"] for row in ask(data, within)]
    assert "Төв" in [row["name"]["value"] for row in ask(data, within)]


def test_searching_on_the_command_line(data: Path) -> None:
    done = run(data, "search", "завханы", "--limit", "3", "--lang", "mn")
    assert done.exit_code == 0, done.output
    first, address, *_ = done.stdout.splitlines()
    assert re.fullmatch(r"1\.\d\d  Завхан @mn", first)
    assert address.strip() == "https://w3id.org/ulzii/id/place/081"
    found = [
        json.loads(line) for line in run(data, "search", "aimag", "--json").stdout.splitlines()
    ]
    assert len(found) == 10
    assert all(hit["iri"].startswith("http") and hit["score"] > 0 for hit in found)
    assert run(data, "search", "№").exit_code == 7
    nothing = run(data, "search", "үүнийг хэн ч бичээгүй")
    assert nothing.stdout == ""
    assert "nothing found" in nothing.stderr
    assert nothing.exit_code == 0
