"""docs/tables stays true in both languages: its example says what the page says of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
ULZII = 'ulzii() { "$PYTHON" -c "from server.cli import main; main()" "$@"; }\n'


@pytest.mark.parametrize("name", ["tables.md", "tables.mn.md"])
def test_the_example_is_guessed_as_the_page_says(name: str, tmp_path: Path) -> None:
    (code,) = re.findall(r"^```sh\n(.*?)^```", (DOCS / name).read_text("utf-8"), re.M | re.S)
    told = subprocess.run(
        ["sh", "-c", "set -eu\n" + ULZII + code],
        capture_output=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHON": sys.executable, "PYTHONPATH": ":".join(sys.path)},
        cwd=tmp_path,
    ).stdout.decode()
    assert 'heads = [{kind = "period", year = "@title"}]  # above the table stands 2024' in told
    assert '"мянган литр" = {unit = "litre", multiplier = 3}' in told
    assert '# "боодол" = {unit = "…"}' in told
    assert told.count("# QUESTION") == 1  # whose table it is
    assert "# cell=4,4: rejected: output.csv#cell=4,4: “#REF!” is an error" in told
