"""The house's own rules: imports point down, no room has grown too long."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BELOW = {
    "vocab": set[str](),
    "shapes": {"vocab"},
    "graph": {"vocab"},
    "loaders": {"graph", "shapes", "vocab"},
    "server": {"loaders", "graph", "shapes", "vocab"},
}
LONGEST_FILE = 450


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", BELOW)
def test_imports_point_down(package: str) -> None:
    allowed = BELOW[package] | {package}
    wrong = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules(package)
        for name in imported(path)
        if name in {*BELOW, "tests", "bench"} and name not in allowed
    }
    assert modules(package)
    assert wrong == set()


@pytest.mark.parametrize("package", BELOW)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [p.name for p in modules(package) if not ast.get_docstring(ast.parse(p.read_bytes()))]
    assert silent == []


@pytest.mark.parametrize("package", BELOW)
def test_no_file_has_become_two_rooms(package: str) -> None:
    long = {
        p.name: n for p in modules(package) if (n := len(p.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}
