"""kill -9 at every call that changes the disk: old or new is served whole, nothing is lost.

`make test` kills at some of the calls of a load, `.ci/run` at each, and at each of an approval.
"""

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
from tests.crash_driver import publish

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


# The processes that share the work: their first calls, and the step to the next ones.
EVERY_CALL = {"first": (1, 2), "step": 2}
SOME_CALLS = {"first": (5,), "step": 24}
MODERATED = "moderated = true"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((EVERY_CALL, ""), marks=pytest.mark.ci, id="every call of a load"),
        pytest.param((EVERY_CALL, MODERATED), marks=pytest.mark.ci, id="every call of an approval"),
        pytest.param((SOME_CALLS, ""), id="some calls of a load"),
    ],
)
def attempts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """What became of each killed load, or of each killed approval of one that was held."""
    calls, more = request.param
    folder = tmp_path_factory.mktemp("crash")
    prepare(folder, more)
    step = str(calls["step"])
    drivers = [
        subprocess.Popen([sys.executable, str(DRIVER), str(folder), str(first), step], stdout=PIPE)
        for first in calls["first"]
    ]
    found = [
        json.loads(line) for d in drivers for line in d.communicate(timeout=240)[0].splitlines()
    ]
    return sorted(found, key=lambda attempt: int(attempt["limit"]))


def prepare(folder: Path, more: str) -> None:
    """An instance with a first version, and a second version waiting in the file; of a moderated
    source it is loaded and held.
    """
    instance: Instance = instances.create(folder / "before", "https://example.mn/")
    create(instance)
    instances.write_config(instance)
    (folder / "crash.toml").write_text(more + SOURCE)
    source = read(folder / "crash.toml")
    (folder / "crash.ttl").write_text(STEADY + CHANGING.format("old"))
    publish(instance, source)
    if source.moderated:
        publish(instance, source)
    (folder / "crash.ttl").write_text(STEADY + CHANGING.format("new"))
    if source.moderated:
        assert load(instance, source).status == "held"


def version(titles: list[str]) -> set[str]:
    """Which version the two changing titles are of; all steady ones must be there."""
    firsts = [text.split('"')[1].split()[0] for text in titles]
    assert firsts.count("зүйл") == 40
    assert len(firsts) == 42
    return set(firsts) - {"зүйл"}


def test_every_call_was_tried_and_only_the_last_were_survived(
    attempts: list[dict[str, Any]],
) -> None:
    limits = [a["limit"] for a in attempts]
    last = 2 if limits[1] == 2 else 1  # each process goes on until one is not killed
    assert limits == list(range(limits[0], limits[-1] + 1, limits[1] - limits[0]))
    assert limits[-1] > 25
    assert [a["killed"] for a in attempts] == [True] * (len(attempts) - last) + [False] * last


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
