"""docs/history.md stays true: its commands run, one after another, and print what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.replay.replay import Verdict
from loaders.replay.whose import Whose
from server.cli.history.replaying import EXIT_CODES
from tests.replays import new_instance

pytestmark = [pytest.mark.slow, pytest.mark.ci]

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "history.md").read_text("utf-8")
ULZII = 'ulzii() { "$PYTHON" -c "from server.cli import main; main()" --data "$DATA" "$@"; }\n'


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block of commands prints."""
    folder = tmp_path_factory.mktemp("history")
    instance = new_instance(folder)
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)
    script = "set -eu\n" + ULZII + "\necho ======\n".join(blocks)
    given = {"PYTHON": sys.executable, "DATA": str(instance.root), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", script],
        capture_output=True, timeout=300, check=False, cwd=folder, env={**os.environ, **given},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().split("======\n")


def test_the_commands_print_what_is_said(printed: list[str]) -> None:
    loaded, listed, changed, back, whose, thing, proven = printed
    assert "published, version 2" in loaded
    assert [row.split()[0] for row in listed.splitlines()] == ["version", "2", "1"]
    assert '"Statistical Office"@en → "Statistics Office"@en  [agency]' in changed
    assert "iri=https://example.org/office/1" in changed
    assert json.loads(back)["counts"]["kinds"]["changed"] == 1
    assert "the mapping is the same" in whose
    assert "offices version 1" in thing
    assert 'offices 2 stated: <http://xmlns.com/foaf/0.1/name> "Statistics Office"@en' in thing
    assert "offices version 1" in proven
    assert ": proven" in proven
    assert "no problems found (levels 0 to 4)" in proven


def test_the_tables_name_every_answer() -> None:
    for one in Whose:
        assert f"| `{one}` |" in TEXT
    for verdict in Verdict:
        assert f"| `{verdict}` | {EXIT_CODES[verdict]} |" in TEXT
