"""docs/proofs.md stays true: its commands run, one after another, and do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graph.transparency.proofs import InclusionProof
from server.cli import main

pytestmark = pytest.mark.slow

TEXT = (Path(__file__).parent.parent / "docs" / "proofs.md").read_text("utf-8")
ULZII = 'ulzii() { "$PYTHON" -c "from server.cli import main; main()" --data "$DATA" "$@"; }\n'
ULZII += 'python3() { "$PYTHON" -I "$@"; }\n'


@pytest.fixture(scope="module")
def printed(loaded_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block of commands prints."""
    folder = tmp_path_factory.mktemp("proofs")
    for name in ("ledger", "archive"):
        shutil.copytree(loaded_demo / name, folder / "data" / name)
    shutil.copy(loaded_demo / "instance.toml", folder / "data")
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)
    script = "set -eu\n" + ULZII + "\necho ======\n".join(blocks)
    given = {
        "PYTHON": sys.executable,
        "DATA": str(folder / "data"),
        "KEY": (folder / "data" / "ledger" / "verifier.txt").read_text("utf-8").strip(),
        "PYTHONPATH": ":".join(sys.path),
    }
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, cwd=folder, env={**os.environ, **given}
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().split("======\n")


@pytest.mark.ci
def test_the_commands_do_what_the_page_says(printed: list[str]) -> None:
    made, checked, absent, log = printed
    says = "emongolia-local version 1 (stated), published "
    place = "records/1 is of that file; that it is row=5, as logged: PROVEN"
    for block in (made, checked):
        assert says in block and place in block
    assert "does not say, if its lines are sorted, <" in absent
    proof, _, rest = log[log.index("c2sp.org/tlog-proof@v1") :].partition("old 7\n")
    assert InclusionProof.parse(proof).index == 7
    assert "in static" in rest


def test_the_page_names_only_commands_and_answers_that_exist() -> None:
    named = set(re.findall(r"^ulzii ([a-z-]+)", TEXT, re.M))
    assert named <= main.commands.keys()
    source = Path(__file__).parent.parent / "graph" / "transparency" / "asking.py"
    refusals = re.findall(r"^\| `refused`: (.+?) \|", TEXT, re.M)
    text = source.read_text("utf-8")
    assert len(refusals) == 4
    assert [one for one in refusals if one not in text] == []
