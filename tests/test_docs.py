"""Documents stay true: links lead somewhere, commands exist, the query in README runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pytest

from server.cli import main

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
DECISIONS = ROOT / "docs" / "decisions"
SEARCHED = "graph loaders server shapes vocab tests bench docs .ci".split()
PATH = re.compile(rf"(?<![\w./}}-])((?:{'|'.join(map(re.escape, SEARCHED))})/[\w./*-]*[\w/*])")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    missing = [t for t in targets if not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_anchors_lead_to_headings(page: Path) -> None:
    for target, anchor in re.findall(
        r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")
    ):
        other = page.parent / target if target else page
        if other.suffix == ".md":
            assert anchor in _anchors(other), (target, anchor)


def _anchors(page: Path) -> set[str]:
    """The anchors that GitHub and other readers of Markdown give to headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_that_are_named_exist(page: Path) -> None:
    named = set(PATH.findall(page.read_text("utf-8")))
    assert sorted(name for name in named if not any(ROOT.glob(name))) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_that_are_named_without_their_folder_exist(page: Path) -> None:
    named = set(re.findall(r"`([\w-]+\.(?:py|rq|ttl|html|js|sh))`", page.read_text("utf-8")))
    known = {path.name for folder in SEARCHED for path in (ROOT / folder).rglob("*.*")}
    assert sorted(named - known) == []


def test_the_index_of_decisions_is_whole() -> None:
    rows = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \| (accepted|superseded)[^|]* \| \d{4}-\d{2}-\d{2} \|$",
        (DECISIONS / "README.md").read_text("utf-8"),
        re.M,
    )
    listed = {file: f"# {number}. {title}" for number, title, file, _status in rows}
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    assert listed == {page.name: page.read_text("utf-8").split("\n", 1)[0] for page in pages}
    assert all(int(page.name[:4]) == int(listed[page.name][2:].split(".")[0]) for page in pages)


def test_readme_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"^ulzii ([a-z-]+)", (ROOT / "README.md").read_text("utf-8"), re.M))
    assert named
    assert named <= main.commands.keys()


def test_the_query_in_readme_is_sparql() -> None:
    (query,) = re.findall(r"```sparql\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    ox.Store().query(query)


def test_lock_files_carry_hashes_and_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        pins = re.findall(r"^[A-Za-z0-9_.-]+==", text, re.M)
        assert len(pins) > 30
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text
        assert "--index" not in text


def test_every_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for wish in project["dependencies"]:
        name = re.split(r"[<>=~]", wish)[0]
        assert re.search(rf"^{name}==", locked, re.M), name


def test_nothing_speaks_of_a_registry_or_of_this_machine() -> None:
    words = ("pypi." + "org", "files.python" + "hosted", "registry." + "npmjs", "/work/" + "main")
    folders = "bench docs graph loaders server shapes tests vocab".split()
    kinds = {".py", ".md", ".toml", ".ttl", ".rq", ".csv", ".json", ".lock", ".sh", ".html"}
    paths = [*ROOT.glob("*.*"), *(p for name in folders for p in (ROOT / name).rglob("*"))]
    found = [p for p in paths if p.suffix in kinds and p.is_file()]
    assert len(found) > 100
    for path in found:
        text = path.read_text("utf-8")
        assert not [w for w in words if w in text], path
