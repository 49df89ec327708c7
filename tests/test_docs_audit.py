"""docs/audit.md stays true: its commands run on the demo, and the five statements are traced."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from graph.core.instance import open_instance
from graph.queries import Pool
from server.app import create_app
from server.cli import main

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parent.parent / "docs" / "audit.md").read_text("utf-8")
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)).splitlines()
TOLD = {  # a part of a command → what its answer must tell
    "#claim-1281": ["> 5", "1281", "rule headline-claim", "facts.csv"],
    "obsValue": [">  Total · Khentii", "as written: 3192.0", "rule cell-value", "loader nso"],
    "law/9623": ["law.ttl", "rule as-stated", "iri=https://w3id.org/ulzii/id/law/9623"],
    "dcat:theme": ["layer inferred", "rule table-default", "en.json"],
    "core:rule": [
        *("layer findings", "facts.csv#row=27 (closing-claim)", "#claim-1281 = 1281"),
        "the finding was made by:",
    ],
    "#sum": ["> 26", "cube#rows", "facts.csv#row=12 (aimag-count)"],
    "'id/dataset/nso": ["en.json#/label, rule "],
    "dcat:version": ["computed by Ulzii", "(Load, "],
    "status": ["nso"],
    "format=json": ['"status": "stated"'],
    "?record=": ["1281"],
    "/file": ["Архангай"],
    "ulzii bundle": ["check it: ulzii verify-bundle"],
    "verify-bundle cl": ["by headline-claim: PROVEN", "that it is row=5, as logged: PROVEN"],
    "verify-bundle ce": ["by cell-value: PROVEN", "that it is /value/1210, as logged: PROVEN"],
    "verify-bundle": ["says <", ": PROVEN\nmade from "],
}


@pytest.fixture(scope="module")
def client(demo: Path, pool: Pool) -> FlaskClient:
    return create_app(open_instance(demo), pool).test_client(use_cookies=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands write their files, one after another."""
    return tmp_path_factory.mktemp("audit")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run_and_tell_what_the_page_says(
    command: str, demo: Path, client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    key = str(demo / "ledger" / "verifier.txt")
    name, *arguments = (key if one == "$KEY" else one for one in shlex.split(command))
    answer = ulzii(demo, arguments) if name == "ulzii" else curl(client, arguments)
    wanted = next(texts for part, texts in TOLD.items() if fits(part, command))
    assert [text for text in wanted if text not in answer] == []


def fits(part: str, command: str) -> bool:
    """Whether a command is the one meant; several name the same statement."""
    others = ("format=json", "?record=", "/file", "ulzii bundle", "verify-bundle")
    is_other = part.startswith(others)
    return part in command and (is_other or not any(one in command for one in others))


def ulzii(demo: Path, arguments: list[str]) -> str:
    done = CliRunner().invoke(main, ["--data", str(demo), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def curl(client: FlaskClient, arguments: list[str]) -> str:
    """GET what curl would get; `-G` with data makes a query string."""
    url = urlsplit(next(one for one in arguments if one.startswith("http://127.0.0.1:8008/")))
    pairs = [b for a, b in pairwise(arguments) if a in _DATA]
    query = dict(pair.split("=", 1) for pair in pairs) or url.query
    answer = client.get(url.path, query_string=query, headers={"Accept": "*/*"})
    assert answer.status_code == 200, answer.text
    return answer.text


_DATA = ("-d", "--data-urlencode")
