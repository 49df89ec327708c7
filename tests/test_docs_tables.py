"""docs/add-a-source stays true in both languages: its commands do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from loaders.tables.description.columns import ColumnDescription

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parent.parent / "docs"
TEXT = (DOCS / "add-a-source.md").read_text("utf-8")
MONGOLIAN = (DOCS / "add-a-source.mn.md").read_text("utf-8")
ULZII = 'ulzii() { "$PYTHON" -c "from server.cli import main; main()" --data "$DATA" "$@"; }\n'


def blocks(text: str, language: str) -> list[str]:
    """The code of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_both_pages_have_the_same_code() -> None:
    for language in ("sh", "toml"):
        assert blocks(TEXT, language) == blocks(MONGOLIAN, language)


@pytest.mark.ci
def test_the_commands_do_what_the_page_says(demo: Path, tmp_path: Path) -> None:
    given = {"PYTHON": sys.executable, "DATA": str(demo), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        ["sh", "-c", "set -eu\n" + ULZII + "".join(blocks(TEXT, "sh"))],
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, **given},
        cwd=tmp_path,
    )
    told, errors = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, errors
    assert "herders.toml is written; 2 questions are open." in told
    assert "herders: published, version 1" in told
    assert not re.search(r"herders: published.*(rejected|skipped)", told)
    figures = re.findall(r'"(?:Архангай|Дархан-Уул|Нийт)".*?"value":"(\d+)"', told)
    assert figures == ["10220", "9204", "1016"]
    assert "cell=3,3" in told
    assert "column 2 is now “Хүйс (бүгд)” instead of “Хүйс”" in errors
    assert "refused: exit code 3" in told


def test_the_descriptions_are_toml() -> None:
    for page in (TEXT, MONGOLIAN):
        assert all(map(tomllib.loads, blocks(page, "toml")))


def test_every_role_is_on_the_page() -> None:
    roles = {"role"} | set(ColumnDescription.model_fields["role"].annotation.__args__)  # type: ignore[union-attr]
    for page in (TEXT, MONGOLIAN):
        assert set(re.findall(r"^\| `(\w+)` \|", page, re.M)) == roles
