"""kill -9 at every call that changes the disk: old or new is served whole, nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import create
from loaders.pipeline.load import load
from loaders.pipeline.source import read

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("crash_driver.py")
SOURCE = """
id = "crash"
loader = "rdf"
files = ["crash.ttl"]
media_type = "text/turtle"
[title]
mn = "Туршилт"
en = "Trial"
"""
TITLE = '<id/{}> <http://purl.org/dc/terms/title> "{}"@mn .\n'
STEADY = "".join(TITLE.format(f"steady/{n}", f"зүйл {n}") for n in range(40))
CHANGING = TITLE.format("one", "{0} нэг") + TITLE.format("one#part", "{0} хэсэг")


@pytest.fixture(scope="module")
def attempts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("crash")
    prepare(folder)
    drivers = [
        subprocess.Popen([sys.executable, str(DRIVER), str(folder), first, "2"], stdout=PIPE)
        for first in ("1", "2")
    ]
    found = [
        json.loads(line) for d in drivers for line in d.communicate(timeout=240)[0].splitlines()
    ]
    return sorted(found, key=lambda attempt: int(attempt["limit"]))


def prepare(folder: Path) -> None:
    """An instance with a first version, and a second version waiting in the file."""
    instance: Instance = instances.create(folder / "before", "https://example.mn/")
    create(instance)
    instances.write_config(instance)
    (folder / "crash.toml").write_text(SOURCE)
    (folder / "crash.ttl").write_text(STEADY + CHANGING.format("old"))
    load(instance, read(folder / "crash.toml"))
    (folder / "crash.ttl").write_text(STEADY + CHANGING.format("new"))


def version(titles: list[str]) -> set[str]:
    """Which version the two changing titles are of; all steady ones must be there."""
    firsts = [text.split('"')[1].split()[0] for text in titles]
    assert firsts.count("зүйл") == 40
    assert len(firsts) == 42
    return set(firsts) - {"зүйл"}


def test_every_call_was_tried_and_only_the_last_were_survived(
    attempts: list[dict[str, Any]],
) -> None:
    assert [a["limit"] for a in attempts] == list(range(1, len(attempts) + 1))
    assert len(attempts) > 25
    assert [a["killed"] for a in attempts] == [True] * (len(attempts) - 2) + [False] * 2


def test_readers_see_the_old_or_the_new_version_whole(attempts: list[dict[str, Any]]) -> None:
    for attempt in attempts:
        assert version(attempt["after"]["seen"]) in ({"old"}, {"new"}), attempt


def test_nothing_logged_is_lost(attempts: list[dict[str, Any]]) -> None:
    for attempt in attempts:
        assert attempt["after"]["kept"] >= attempt["logged"], attempt
        assert attempt["after"]["history"], attempt


def test_loading_again_finishes_and_loading_once_more_changes_nothing(
    attempts: list[dict[str, Any]],
) -> None:
    for attempt in attempts:
        after = attempt["after"]
        assert after["again"] in {"published", "same"}, attempt
        assert (after["once_more"], version(after["shown"])) == ("same", {"new"}), attempt


def test_everything_verifies_afterwards(attempts: list[dict[str, Any]]) -> None:
    assert {a["limit"]: a["after"]["problems"] for a in attempts if a["after"]["problems"]} == {}
