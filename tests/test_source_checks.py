"""Last checked, last changed, since when broken: in `ulzii status`, on the pages of a source."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool
from graph.reports.checks import checks
from server.app import create_app
from server.cli import main
from tests.copies import copied
from tests.test_trace_versions import HTML, NEW, OLD, put


def status(instance: Instance, *options: str) -> str:
    done = CliRunner().invoke(main, ["--data", str(instance.root), "status", *options])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def broken_twice(another: Callable[[], Instance]) -> Path:
    """A source that changed, was the same, then was broken twice. Nobody changes the instance."""
    made = another()
    put(made, "a", OLD)
    put(made, "a", OLD)
    for _ in range(2):
        with pytest.raises(UlziiError):
            put(made, "a", "this is no statement")
    return made.root.parent


@pytest.fixture
def broken(broken_twice: Path, tmp_path: Path) -> Instance:
    """A copy of it."""
    return copied(broken_twice, tmp_path)


def test_a_source_that_is_broken_says_since_when(broken: Instance) -> None:
    ledger = Ledger(broken)
    runs = [e for e in ledger if e["type"] == "Fetch"]
    found = checks(ledger.events, "a")
    assert (found.failures, found.event) == (2, runs[3]["index"])
    assert (found.checked, found.broken_since) == (runs[1]["at"], runs[2]["at"])
    assert checks([*ledger], "a") == found
    told: Any = json.loads(status(broken, "--json"))["checks"]["a"]
    assert told["broken_since"] == found.broken_since
    assert f"! a: broken since {found.broken_since} (2 runs)" in status(broken)


def test_a_source_that_answers_again_is_not_broken(broken: Instance) -> None:
    put(broken, "a", NEW)
    found = checks(Ledger(broken).events, "a")
    assert (found.failures, found.broken_since) == (0, "")
    assert found.changed >= found.checked
    assert "broken since" not in status(broken)


def test_the_report_of_a_source_shows_it(broken: Instance, pool: Pool, tmp_path: Path) -> None:
    client = create_app(broken, pool).test_client()
    page = client.get("/id/source/a/report?lang=en", headers=HTML)
    assert "Broken since" in page.text
    told = client.get("/id/source/a/report.json").json
    assert told is not None
    assert told["checks"]["failures"] == 2


def test_the_list_of_sources_shows_since_when(broken: Instance, pool: Pool) -> None:
    client = create_app(broken, pool).test_client()
    since = checks(Ledger(broken).events, "a").broken_since
    page = client.get("/sources?lang=en", headers=HTML).text
    assert re.search(rf"Broken since: <time datetime=.{re.escape(since)}", page)
    (row,) = csv.DictReader(client.get("/sources.csv").text.splitlines())
    assert (row["failures"], row["broken_since"]) == ("2", since)
    answered = client.get("/sources.json").json
    assert answered is not None
    assert answered["items"][0]["checks"]["broken_since"] == since
