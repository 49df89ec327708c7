"""What this version refuses in instances of earlier ones (tests/instances/README.md)."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graph.core.instance import CONFIG
from loaders.pipeline import source
from server.cli import main

pytestmark = pytest.mark.slow

INSTANCES = Path(__file__).with_name("instances")


def unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        # keeps modes and links; Python 3.11.0 to 3.11.3 have no filters
        packed.extraction_filter = getattr(tarfile, "tar_filter", lambda member, _: member)
        packed.extractall(folder)
    return folder / "data"


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """An instance of 0.1.0 with everything in it that 0.1.0 took and this version refuses."""
    return unpacked(INSTANCES / "refused" / "0.1.0.tar.xz", tmp_path)


def run(root: Path, *command: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--data", str(root), *command])
    assert "ulzii: unexpected " not in done.stderr, done.stderr
    return done.exit_code, done.output


def report(root: Path) -> tuple[int, list[dict[str, Any]]]:
    code, output = run(root, "check-upgrade", "--json")
    facts = json.loads(output)
    problems: list[dict[str, Any]] = facts["problems"]
    assert facts["refused"] == sum(p["fault"] == "problem" for p in problems)
    return code, problems


def places(problems: list[dict[str, Any]], root: Path, fault: str = "problem") -> list[str]:
    """Where the problems are, relative to the instance."""
    return [p["where"].replace(f"{root}/", "") for p in problems if p["fault"] == fault]


@pytest.mark.parametrize("archive", sorted(INSTANCES.glob("*.tar.xz")), ids=lambda path: path.name)
def test_an_instance_without_faults_is_not_refused(archive: Path, tmp_path: Path) -> None:
    root = unpacked(archive, tmp_path)
    code, problems = report(root)
    assert code == 0
    assert places(problems, root, "warning") == ["ledger", "archive", "snapshots"]
    unsigned = ["snapshots/22.files.json", "snapshots/26.files.json"]
    assert places(problems, root, "not recorded") == unsigned


def test_everything_that_is_refused_is_listed(refused: Path) -> None:
    code, problems = report(refused)
    assert code == 6
    found = places(problems, refused)
    blobs = [place for place in found if place.startswith("archive/")]
    assert len(blobs) == 4
    assert [place for place in found if place not in blobs] == [
        f"{CONFIG} title",
        f"{CONFIG} server",
        f"{CONFIG} federation.services",
        "sources/inside.toml files",
        "log/8 sources/outside.toml files[0]",
        "log/13 sources/extra.toml references",
        "log/13 sources/extra.toml colour",
        "log/18 sources/local.toml files[0]",
        "ledger/entries.ndjson line 23",
    ]
    assert sum("symbolic link" in p["what"] for p in problems) == 1
    assert sum("no event of the ledger refers to" in p["what"] for p in problems) == 3
    assert places(problems, refused, "warning")[-1] == "tokens.json"
    assert places(problems, refused, "not recorded") == ["snapshots/22.files.json"]
    assert all(p["hint"] for p in problems if p["fault"] == "problem")


def test_the_check_writes_nothing(refused: Path) -> None:
    before = contents(refused.parent)
    run(refused, "check-upgrade")
    assert contents(refused.parent) == before


def contents(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_lines_for_people_say_how_to_mend(refused: Path) -> None:
    code, output = run(refused, "check-upgrade")
    assert code == 6
    assert f"refused: {refused / CONFIG} server: there is no key “server”" in output
    assert 'Add to instance.toml: [fetch] private_hosts = ["127.0.0.1:8971"]' in output
    assert "`ulzii recover --set-aside`" in output
    assert output.rstrip().endswith("13 things are refused")


def mend(root: Path) -> None:
    """What docs/upgrading.md says, by hand."""
    config = root / CONFIG
    text = config.read_text("utf-8").replace('title = "Old"\n', "")
    text = text.replace("\nservices =", "\nprivate_services =").partition("[server]")[0]
    config.write_text(text + '[fetch]\nprivate_hosts = ["127.0.0.1:8971"]\n', "utf-8")
    shutil.move(root / "inside.ttl", root / "sources" / "inside.ttl")
    rewrite(root / "sources" / "inside.toml", '"../inside.ttl"', '"inside.ttl"')
    feeds = root.parent / "feeds"
    shutil.copy(root.parent / "elsewhere" / "outside.ttl", feeds)
    rewrite(feeds / "outside.toml", '"../elsewhere/outside.ttl"', '"outside.ttl"')
    rewrite(feeds / "extra.toml", 'colour = "red"\nreferences = "law"', 'references = ["law"]')


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_after_mending_it_loads_and_nothing_is_refused(refused: Path) -> None:
    _, problems = report(refused)
    mend(refused)
    # the blobs that the set-aside lines name go too, so the lines first
    assert run(refused, "recover", "--set-aside")[0] == 0
    for problem in problems:
        path = Path(problem["where"])
        if "symbolic link" in problem["what"]:
            shutil.copy(path.resolve(), path.with_name("copy"))
            path.with_name("copy").replace(path)
        elif "refers to this blob" in problem["what"]:
            path.rename(refused.parent / path.name)
    feeds = [str(refused.parent / "feeds" / f"{name}.toml") for name in ("outside", "extra")]
    code, output = run(refused, "load", "inside", *feeds)
    assert code == 0, output
    code, problems = report(refused)
    assert places(problems, refused) == []
    assert code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base =\n", "Invalid value"),
        ("", "“base” is missing"),
        ('base = "x"\n', "cannot be the base"),
    ],
)
def test_settings_that_cannot_be_read_are_named(refused: Path, text: str, message: str) -> None:
    (refused / CONFIG).write_text(text)
    code, problems = report(refused)
    assert code == 6
    assert any(message in p["what"] for p in problems)
    assert all(p["where"].startswith(str(refused / CONFIG)) or not p["where"] for p in problems)


def test_a_ledger_that_cannot_be_read_is_named(refused: Path) -> None:
    entries = refused / "ledger" / "entries.ndjson"
    entries.write_bytes(b"garbage\n" + entries.read_bytes())
    code, problems = report(refused)
    assert code == 6
    assert any(str(entries) in p["where"] for p in problems)
    assert f"{CONFIG} server" in places(problems, refused), "the rest is reported too"


def test_there_must_be_an_instance(tmp_path: Path) -> None:
    code, output = run(tmp_path / "none", "check-upgrade")
    assert code == 2
    assert "no instance here" in output


def test_bundled_descriptions_come_with_the_version(refused: Path) -> None:
    """What an old bundled description said does not matter, so it is not reported."""
    rewrite(refused / CONFIG, 'title = "Old"\n', "")
    rewrite(refused / CONFIG, "[server]\nport = 8080\n", "")
    assert run(refused, "recover", "--set-aside")[0] == 0
    assert run(refused, "load", "vocab-place")[0] == 0
    assert not [p for p in report(refused)[1] if "vocab-place" in p["where"]]
    files = source.read(source.BUNDLED / "vocab-place.toml").files
    assert all(pattern.startswith("../") for pattern in files), "else nothing was tested"
