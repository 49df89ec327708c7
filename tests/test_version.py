"""The version is written in pyproject.toml alone; whatever names it takes it from there."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from click.testing import CliRunner

from graph.core.instance import Instance
from graph.core.user_agent import USER_AGENT
from graph.queries import QueryLimits
from server.cli import main
from server.discovery import openapi
from tests.editable import last_event, put

ROOT = Path(__file__).parent.parent
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_the_installed_version_is_the_one_of_the_project() -> None:
    assert version("ulzii") == VERSION


def test_the_command_tells_it() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.split()[-1] == VERSION


def test_the_description_of_the_service_tells_it() -> None:
    assert openapi.document(QueryLimits())["info"]["version"] == VERSION


def test_requests_that_go_out_tell_it() -> None:
    assert USER_AGENT.startswith(f"ulzii/{VERSION} (")


def test_the_ledger_tells_it(notes: Instance) -> None:
    put(notes, "<http://e/a> <http://e/p> 1 .")
    assert last_event(notes, "Load")["environment"]["ulzii"] == VERSION


def test_the_newest_release_in_the_changelog_is_it() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings[0] == "[Unreleased]"
    releases = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}", h) for h in headings[1:]]
    assert releases[0] is not None
    assert releases[0][1] == VERSION
    assert all(releases)


def test_no_other_file_repeats_it() -> None:
    for folder in ("graph", "loaders", "server", "shapes", "vocab"):
        for path in (ROOT / folder).rglob("*.py"):
            assert VERSION not in path.read_text("utf-8"), path
