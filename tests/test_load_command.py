"""`ulzii load --all | --due | --dry-run` and `ulzii sources`: what is checked when, and what stops
nothing."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph.core.instance import Instance, open_instance
from graph.ledger import Ledger
from graph.ledger.events import now
from graph.publication.writer_lock import hold_writer_lock
from graph.reports.schedule import LONGEST, NEVER_LOADED, PERIODS, schedule
from server.cli import main
from server.cli.output.progress import Bars, reporter
from tests.servers import Answer, AnsweringServer, Asked, allow, answering

THINGS = "".join(
    f'<id/{n}> <http://purl.org/dc/terms/title> "Зүйл {n}"@mn .\n' for n in range(1, 6)
)


def run(instance: Instance, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--data", str(instance.root), *arguments])


def own_source(instance: Instance, name: str, files: str, more: str = "") -> Path:
    """A source of the instance, in its directory."""
    instance.sources.mkdir(exist_ok=True)
    path = instance.sources / f"{name}.toml"
    path.write_text(
        f'id = "{name}"\nloader = "rdf"\nfiles = ["{files}"]\nmedia_type = "text/turtle"\n{more}\n'
        f'[title]\nmn = "{name}"\n'
    )
    return path


@pytest.fixture
def things(instance: Instance) -> Path:
    """The file of the source `things` of an instance."""
    own_source(instance, "things", "things.ttl")
    path = instance.sources / "things.ttl"
    path.write_text(THINGS)
    return path


def rows(instance: Instance) -> dict[str, dict[str, Any]]:
    done = run(instance, "sources", "--json")
    return {row["id"]: row for row in json.loads(done.stdout)}


# --- dry run ---


def files_of(instance: Instance) -> dict[str, str]:
    """Every file of an instance by path, with the hash of its bytes; without the writer's lock."""
    paths = (path for path in sorted(instance.root.rglob("*")) if path.is_file())
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if path != instance.lock
    }


def test_a_dry_run_reports_and_writes_nothing(instance: Instance, things: Path) -> None:
    before = files_of(instance)
    done = run(instance, "load", "things", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("things: would be published, version 1, 5 records")
    assert files_of(instance) == before
    run(instance, "load", "things")
    before = files_of(instance)
    assert "things: same, version 1" in run(instance, "load", "things", "--dry-run").stdout
    things.write_text(THINGS.splitlines()[0])
    done = run(instance, "load", "things", "--dry-run", "--json")
    assert json.loads(done.stdout)[0]["status"] == "would be held"
    things.write_text("<no turtle")
    done = run(instance, "load", "things", "--dry-run")
    assert done.exit_code == 3
    assert "things.ttl" in done.stderr
    assert files_of(instance) == before | {
        str(things): hashlib.sha256(things.read_bytes()).hexdigest()
    }


@pytest.mark.parametrize(
    ("holder", "options", "code"),
    [("load b", ["--dry-run"], 0), ("dry run of b", [], 0), ("load b", [], 4)],
)
def test_a_dry_run_and_a_load_wait_for_each_other(
    instance: Instance, things: Path, holder: str, options: list[str], code: int
) -> None:
    assert things.exists()
    with ExitStack() as held:
        held.enter_context(hold_writer_lock(instance, holder))
        freed = threading.Timer(0.3, held.close)
        if code == 0:
            freed.start()
        assert run(instance, "load", "things", *options).exit_code == code


def test_a_dry_run_tells_the_findings_by_rule_as_the_load_does(
    instance: Instance,
) -> None:
    path = own_source(instance, "empty", "empty.ttl")
    path.write_text(path.read_text().replace('"rdf"', '"dcat"'))
    catalogue = "<http://x.mn/a> a <http://www.w3.org/ns/dcat#Catalog> ."
    path.with_suffix(".ttl").write_text(catalogue)

    def told(*options: str) -> list[str]:
        lines = run(instance, "load", "empty", *options).stdout.splitlines()
        return [line for line in lines if " of " in line and line.startswith("  ")]

    tried = told("--dry-run")
    assert any("finding of holds-no-dataset/1" in line for line in tried)
    (facts,) = json.loads(run(instance, "load", "empty", "--dry-run", "--json").stdout)
    assert "holds-no-dataset/1" in {one["rule"].partition("rule/")[2] for one in facts["rules"]}
    assert told() == tried


def test_a_dry_run_of_a_server_spares_the_load_the_details(
    instance: Instance, tmp_path: Path
) -> None:
    from tests.servers import Portal

    portal = Portal(4)
    with answering(portal) as server:
        allow(instance, server)
        path = str(portal.source(tmp_path, server).path)
        size = Ledger(instance).size
        assert run(instance, "load", path, "--dry-run").exit_code == 0
        assert Ledger(instance).size == size
        assert len(server.asked) == 1 + 4
        assert run(instance, "load", path).exit_code == 0
        assert len(server.asked) == 1 + 4 + 1


# --- all, due ---


@pytest.fixture
def agency(instance: Instance) -> Iterator[AnsweringServer]:
    """A server with three files, one of which is broken."""

    def behave(asked: Asked) -> Answer:
        return Answer(status=500) if "bad" in asked.path else Answer(THINGS.encode())

    with answering(behave) as server:
        allow(instance, server)
        own_source(instance, "a-good", f"{server.url}/a.ttl", 'frequency = "DAILY"')
        own_source(instance, "b-bad", f"{server.url}/bad.ttl")
        own_source(instance, "c-good", f"{server.url}/c.ttl", 'frequency = "NEVER"')
        (instance.sources / "d-wrong.toml").write_text("id = 1")
        yield server


def test_a_failing_source_never_stops_the_others(
    instance: Instance, agency: AnsweringServer
) -> None:
    done = run(instance, "load", "a-good", "b-bad", "c-good", "d-wrong")
    assert done.exit_code == 2  # of the description that is wrong: nothing was loaded
    done = run(instance, "load", "a-good", "b-bad", "c-good", "--json")
    assert done.exit_code == 3
    statuses = [(one["source"], one["status"]) for one in json.loads(done.stdout)]
    assert statuses == [("a-good", "published"), ("b-bad", "failed"), ("c-good", "published")]
    assert "ulzii: 1 of 3 failed: b-bad" in done.stderr


def test_the_due_ones_are_those_whose_time_has_come(demo: Path) -> None:
    instance = open_instance(demo)
    with answering(lambda _: Answer(THINGS.encode())) as server:
        allow(instance, server)
        for name, frequency in ("daily", "DAILY"), ("once", "NEVER"), ("plain", ""):
            own_source(instance, name, f"{server.url}/{name}.ttl", f'frequency = "{frequency}"')
        (instance.sources / "wrong.toml").write_text("id = 1")
        done = run(instance, "load", "--due", "--json")
        assert done.exit_code == 2
        loaded = {one["source"]: one["status"] for one in json.loads(done.stdout)}
        assert loaded == {
            **dict.fromkeys(["daily", "once", "plain"], "published"),
            "wrong": "failed",
        }
        assert "1 of 4 failed: wrong" in done.stderr
        (instance.sources / "wrong.toml").unlink()
        done = run(instance, "load", "--due", "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (0, [])


@pytest.mark.ci  # of the parts, test_demo.py loads all again
def test_all_are_the_bundled_and_the_own(demo: Path) -> None:
    instance = open_instance(demo)
    with answering(lambda _: Answer(THINGS.encode())) as server:
        allow(instance, server)
        own_source(instance, "never", f"{server.url}/never.ttl", 'frequency = "NEVER"')
        for status in ("published", "same"):
            done = run(instance, "load", "--all", "--json")
            assert done.exit_code == 0, done.stderr
            statuses = {one["source"]: one["status"] for one in json.loads(done.stdout)}
            assert statuses["never"] == status
            assert len(statuses) > 20
        assert len(server.asked) == 2


def test_names_and_all_do_not_go_together(instance: Instance) -> None:
    done = run(instance, "load", "nso", "--all")
    assert done.exit_code == 2
    assert "not both" in done.stderr


# --- where each stands ---


def test_sources_say_where_they_stand(instance: Instance, agency: AnsweringServer) -> None:
    before = rows(instance)
    assert before["a-good"]["state"] == NEVER_LOADED
    assert before["a-good"]["is_due"]
    run(instance, "load", "a-good", "b-bad", "c-good")
    after = rows(instance)
    assert [after[name]["state"] for name in ("a-good", "b-bad", "c-good")] == [
        "published",
        "failed",
        "published",
    ]
    assert [after[name]["is_due"] for name in ("a-good", "b-bad", "c-good")] == [False, True, False]
    assert after["a-good"]["checked"] <= after["a-good"]["changed"] < after["a-good"]["due"]
    assert after["b-bad"]["checked"] == after["b-bad"]["changed"] == ""
    assert "HTTP status 500" in after["b-bad"]["reasons"][0]
    assert after["c-good"]["due"] == ""
    done = run(instance, "sources")
    assert "d-wrong.toml" in done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.split()[:3] == ["id", "loader", "state"]
    (bad,) = [line for line in lines if line.startswith("b-bad")]
    assert bad.split()[2:4] == ["failed", "now"]


def test_last_checked_is_later_than_last_changed(instance: Instance, things: Path) -> None:
    ledger = Ledger(instance)
    run(instance, "load", "things")
    published = len(Ledger(instance).prefix(99))
    run(instance, "load", "things")
    ledger.refresh()
    events = ledger.prefix(ledger.size)
    assert len(events) == published + 1
    later = {**events[-1], "at": "2099-01-01T00:00:00+08:00"}
    where = schedule([*events[:-1], later], "things", "DAILY", now())
    assert (where.state, where.checked) == ("same", later["at"])
    assert where.changed == events[published - 1]["at"]


@pytest.mark.parametrize("frequency", ["HOURLY", "DAILY", "WEEKLY", "ANNUAL", "IRREG", ""])
def test_a_nightly_job_finds_its_sources_due(frequency: str) -> None:
    """Also where it began a few seconds earlier than the night before."""
    checked = datetime.fromisoformat("2026-11-30T02:00:30+08:00")
    fetch = {"type": "Fetch", "source": "s", "outcome": "same", "at": checked.isoformat()}
    where = schedule([fetch], "s", frequency, now())
    period = PERIODS.get(frequency, timedelta(days=1))
    assert period <= LONGEST
    assert where.is_due((checked + period - timedelta(seconds=25)).isoformat())
    assert not where.is_due((checked + period / 2).isoformat())


# --- progress ---


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_has_rate_and_remaining_time_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with reporter("odp") as bars:
        assert isinstance(bars, Bars)
        bars.step("fetch", 40)
        for _ in range(40):
            bars.advance()
    shown = terminal.getvalue()
    assert "татаж байна · fetching the source" in shown
    assert "/s" in shown
    assert "40/40" in shown


def test_there_is_no_progress_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    with reporter("odp") as silent:
        silent.step("fetch", 3)
        silent.advance(3)
    assert quiet.getvalue() == ""
