"""docs/writing.md stays true: its commands run, one after another, and do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import Ledger, create
from graph.versions.state import state
from loaders.editable.write import MAX_UPDATE_STATEMENTS
from server.saved_queries import routes, store
from server.updates import rdf_body
from server.updates.using_clauses import UPDATE_LIMIT
from tests.server_processes import Server

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parent.parent / "docs" / "writing.md").read_text("utf-8")
ULZII = 'ulzii() { "$PYTHON" -c "from server.cli import main; main()" --data "$DATA" "$@"; }\n'


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance in which nothing is published yet."""
    made = instances.create(tmp_path_factory.mktemp("docs") / "data", "https://example.mn/")
    create(made)
    instances.write_config(made)
    return made


@pytest.fixture(scope="module")
def answers(fresh: Instance) -> list[str]:
    """What each block of commands prints."""
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)
    script = "set -eu\n" + ULZII + "\necho ======\n".join(blocks)
    script = script.replace("https://data.example.mn/", fresh.base)
    with Server(fresh, timeout=60) as server:
        script = script.replace("127.0.0.1:8008", str(server.address.netloc))
        given = {"PYTHON": sys.executable, "DATA": str(fresh.root), "PYTHONPATH": _paths()}
        done = subprocess.run(
            ["sh", "-c", script], capture_output=True, timeout=120, check=False, env=_env(given)
        )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().split("======\n")


def _paths() -> str:
    return ":".join(sys.path)


def _env(given: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **given}


@pytest.mark.ci
def test_the_commands_do_what_the_page_says(answers: list[str], fresh: Instance) -> None:
    made, graphs, updated, editors, restricted, saved = answers
    assert "notes-office" in made
    assert '"Анхны тэмдэглэл"@mn' in graphs
    assert '"Second note"@en' in graphs
    assert f"{fresh.base}id/source/notes/v/3" in updated
    assert '"status": 412' in editors
    assert "id/source/notes/v/4" in editors
    assert restricted.endswith("title\r\nНоорог\r\n")
    assert '"address": "http://127.0.0.1:' in saved
    published = state(list(Ledger(fresh)))
    assert published["notes"]["layers"]["stated"]["statements"] == 3
    assert published["drafts"]["visibility"] == "restricted"


def test_the_page_tells_the_limits_of_the_code() -> None:
    text = " ".join(TEXT.split())
    assert MAX_UPDATE_STATEMENTS == 1_000_000
    assert "at most a million statements" in text
    assert f"over {rdf_body.MAX_BODY >> 20} MiB (an update: {UPDATE_LIMIT >> 20} MiB)" in text
    assert f"at most {store.MAX_QUERIES:,} queries of {routes.MAX_QUERY:,} bytes" in text
    assert f"{routes._MAX_PER_HOUR} an hour" in text
