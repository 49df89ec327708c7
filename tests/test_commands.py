"""What docs/commands.md promises of all commands: `--json`, exit codes, completion; scores of any
catalogue; what loads and status say of records and sources that failed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner, Result

from graph.core import errors
from graph.core.instance import Instance
from graph.queries import Pool
from graph.reports.harvest import RejectedRecord
from server.app import create_app
from server.cli import main
from server.cli.loading import HELD_EXIT_CODE
from server.cli.output.failures import INTERRUPTED
from server.cli.output.harvest import rejected_lines

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = (DOCS / "commands.md").read_text("utf-8")


def run(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments])


def commands(group: click.Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.commands:
        command = group.commands[name]
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield path + name, command


def test_every_command_has_json() -> None:
    without = [n for n, c in commands() if not any("--json" in p.opts for p in c.params)]
    assert without == []


def test_every_exit_code_is_in_the_table() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.UlziiError)}
    table = {int(code) for code in re.findall(r"^\| (\d+) \|", GUIDE, re.M)}
    assert table >= codes | {0, HELD_EXIT_CODE, INTERRUPTED}
    stable = (DOCS / "stability.md").read_text("utf-8")
    assert all(f" {code} " in stable for code in table)


def completed(instance: Instance, *words: str) -> list[str]:
    completion = BashComplete(main, {}, "ulzii", "_ULZII_COMPLETE")
    arguments = ["--data", str(instance.root), *words[:-1]]
    return [one.value for one in completion.get_completions(arguments, words[-1])]


def test_sources_are_completed(instance: Instance) -> None:
    instance.sources.mkdir()
    (instance.sources / "mine.toml").write_text('id = "my-own"')
    (instance.sources / "my-broken.toml").write_text("id = ")
    assert completed(instance, "load", "my") == ["my-broken", "my-own"]
    assert completed(instance, "load", "vocab-c") == ["vocab-core"]
    assert completed(instance, "sources", "report", "ns") == ["nso"]
    assert completed(instance, "sea") == ["search"]


# --- scores of any catalogue ---

CATALOGUE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<http://e.mn/c> a dcat:Catalog ; dct:title "К"@mn ; dcat:dataset <http://e.mn/d> .
<http://e.mn/d> a dcat:Dataset ; dct:title "Багц"@mn ; dct:description "Б"@mn ;
  dct:publisher <http://e.mn/o> ; dcat:keyword "мал"@mn .
<http://e.mn/o> a foaf:Agent ; foaf:name "Яам"@mn .
"""


def test_any_catalogue_is_scored_without_an_instance(tmp_path: Path) -> None:
    path = tmp_path / "c.ttl"
    path.write_text(CATALOGUE)
    done = CliRunner().invoke(main, ["--data", str(tmp_path / "none"), "score", str(path)])
    assert done.exit_code == 0, done.output
    assert "Яам" in done.stdout
    assert "/ 405" in done.stdout
    told = CliRunner().invoke(main, ["score", str(path), "--json"])
    facts = json.loads(told.stdout)
    assert (len(facts["datasets"]), facts["version"]) == (1, None)
    assert facts["datasets"][0]["keywordAvailability"] > 0
    assert not (tmp_path / "none").exists()


def test_a_document_without_datasets_is_not_scored(tmp_path: Path) -> None:
    path = tmp_path / "c.ttl"
    path.write_text("<http://e.mn/a> <http://e.mn/b> 1 .")
    done = CliRunner().invoke(main, ["score", str(path)])
    assert (done.exit_code, "describes no dataset" in done.stderr) == (3, True)


# --- rejected records ---

NOT_DESCRIBED = "<http://e.mn/{0}> a <http://www.w3.org/ns/dcat#Dataset> .\n"


@pytest.fixture
def rejected(instance: Instance) -> Instance:
    """An instance with a source whose datasets all break the same rules."""
    instance.sources.mkdir()
    (instance.sources / "cat.toml").write_text(
        'id = "cat"\nloader = "rdf"\nfiles = ["cat.ttl"]\nmedia_type = "text/turtle"\n'
        'foreign = false\n[title]\nmn = "К"\n'
    )
    text = "".join(NOT_DESCRIBED.format(n) for n in range(8))
    (instance.sources / "cat.ttl").write_text(text)
    return instance


def test_rejected_records_stand_in_groups_with_places_and_the_command_for_the_rest(
    rejected: Instance,
) -> None:
    done = run(rejected, "load", "cat")
    assert done.exit_code == 3
    groups = [line for line in done.stderr.splitlines() if " rejected: " in line]
    assert len(groups) == 1, "one reason for all"
    assert groups[0].startswith("  8 records rejected: ")
    places = [line for line in done.stderr.splitlines() if line.startswith("    cat.ttl#")]
    assert len(places) == 5
    assert "… and 3 more places (`ulzii sources report cat` shows all)" in done.stderr
    whole = run(rejected, "sources", "report", "cat")
    assert whole.exit_code == 0
    assert whole.stdout.count("    cat.ttl#") == 8
    facts = json.loads(run(rejected, "sources", "report", "cat", "--json").stdout)
    assert len(facts["stopped"]["rejected"]) == 8
    (told,) = json.loads(run(rejected, "load", "cat", "--json").stdout)
    assert len(told["rejected"]) == 8
    assert set(told["rejected"][0]) == {"place", "reason"}


def test_reasons_of_one_rule_are_one_group_though_their_values_differ() -> None:
    def of(reason: str, places: int) -> list[RejectedRecord]:
        return [RejectedRecord(f"x#{n}", reason.format(n)) for n in range(places)]

    rule = "https://w3id.org/ulzii/rule/area-known/1"
    records = [*of("“{}” is no number", 2), *of(f"code {{}} is unknown ({rule})", 7)]
    lines = [*rejected_lines("x", records)]
    assert lines[0] == f"  7 records rejected: such as code 0 is unknown ({rule})"
    assert lines[6] == "    … and 2 more places (`ulzii sources report x` shows all)"
    assert lines[7] == "  2 records rejected: such as “0” is no number"
    whole = [*rejected_lines("x", records, None)]
    assert f"    x#6: code 6 is unknown ({rule})" in whole


# --- sources that fail, and that are gone ---


def test_status_forgets_failures_of_sources_that_are_gone(rejected: Instance) -> None:
    run(rejected, "load", "cat")
    assert "! cat: " in run(rejected, "status").stdout
    (rejected.sources / "cat.toml").unlink()
    told = run(rejected, "status")
    assert "cat" not in told.stdout
    facts = json.loads(run(rejected, "status", "--json").stdout)
    assert (facts["failures"], facts["checks"]) == ([], {})


def test_a_failing_source_stands_in_metrics_and_health(rejected: Instance, pool: Pool) -> None:
    client = create_app(rejected, pool).test_client()
    failures = 'ulzii_source_failures{source="cat"}'
    for number in (1, 2):
        run(rejected, "load", "cat")
        assert f"{failures} {number}.0" in client.get("/metrics").text
        health = client.get("/healthz")
        assert (health.status_code, health.json["failing_sources"]) == (200, ["cat"])  # type: ignore[index]
    (rejected.sources / "cat.ttl").write_text("<http://e.mn/a> <http://e.mn/b> 1 .")
    assert run(rejected, "load", "cat").exit_code == 0
    assert f"{failures} 0.0" in client.get("/metrics").text
    assert 'ulzii_source_checked_timestamp_seconds{source="cat"} 1' in client.get("/metrics").text


def test_a_restricted_source_that_fails_is_not_named(rejected: Instance, pool: Pool) -> None:
    path = rejected.sources / "cat.toml"
    path.write_text('visibility = "restricted"\n' + path.read_text())
    run(rejected, "load", "cat")
    client = create_app(rejected, pool).test_client()
    assert "cat" not in client.get("/healthz").text
    assert 'source="cat"' not in client.get("/metrics").text
    assert "! cat: " in run(rejected, "status").stdout, "the operator sees it"
