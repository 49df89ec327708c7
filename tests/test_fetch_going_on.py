"""Runs of many requests, side by side, after a kill, and after a server broke off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.audit.verify import verify
from graph.core.errors import BusyError, InputError
from graph.core.instance import Instance
from graph.publication.writer_lock import hold_writer_lock
from loaders.fetching.folder import run_folder
from loaders.fetching.model import FetchedRun
from loaders.pipeline.load import load
from loaders.pipeline.source import Source
from tests import portal_runs
from tests.portal_runs import NUMBER, all_titles, literals, titles
from tests.servers import Answer, AnsweringServer, Portal, described

pytestmark = pytest.mark.slow

portal, server, source = portal_runs.portal, portal_runs.server, portal_runs.source
listening, first_harvest = portal_runs.listening, portal_runs.first_harvest
harvested = portal_runs.harvested


# --- side by side, and after a kill ------------------------------------------------------------


def test_another_source_loads_while_one_is_fetched(
    instance: Instance, portal: Portal, source: Source, tmp_path: Path
) -> None:
    (tmp_path / "one.ttl").write_text('<id/1> <http://purl.org/dc/terms/title> "Нэг"@mn .')
    other = described(
        tmp_path, "other", 'loader = "rdf"\nfiles = ["one.ttl"]\nmedia_type = "text/turtle"'
    )
    seen: list[str] = []

    def load_other(number: int) -> None:
        if number == 6:  # in the thread of the server, in the middle of the other fetch
            seen.append(load(instance, other).status)
            with pytest.raises(BusyError, match="fetch odp"):
                load(instance, source)

    portal.after = load_other
    assert load(instance, source).status == "published"
    assert seen == ["published"]
    assert titles(instance) == all_titles()
    assert literals(instance, "other", "title") == ["Нэг"]
    assert [*verify(instance)] == []


LOAD = """
import sys
from pathlib import Path
from graph.core.instance import open_instance
from loaders.pipeline.load import load
from loaders.pipeline.source import read
print(load(open_instance(Path(sys.argv[1])), read(Path(sys.argv[2]))).status)
"""


def loading(instance: Instance, source: Source) -> subprocess.Popen[str]:
    """A load in a process of its own."""
    arguments = [sys.executable, "-c", LOAD, str(instance.root), str(source.path)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_what_was_fetched_waits_for_the_writer(
    instance: Instance, portal: Portal, source: Source
) -> None:
    done = threading.Event()
    portal.after = lambda number: done.set() if number == NUMBER + 3 else None
    with hold_writer_lock(instance, "a test"):
        process = loading(instance, source)
        assert done.wait(30)
    assert process.communicate(timeout=30)[0] == "published\n"
    assert titles(instance) == all_titles()


@pytest.fixture
def kill(instance: Instance, portal: Portal, source: Source) -> Callable[[int], None]:
    """Kills a load in another process, by SIGKILL, after so many answers."""

    def run(answers: int) -> None:
        process = loading(instance, source)
        portal.after = lambda number: process.kill() if number == answers else None
        process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL
        portal.after = lambda _: None

    return run


@pytest.fixture
def broken_off(instance: Instance, portal: Portal, source: Source) -> None:
    """A run that ended after two details, for the server gave no more."""
    portal.details = dict.fromkeys(range(3, NUMBER + 1), Answer(status=500))
    with pytest.raises(InputError, match="500; so did"):
        load(instance, source)
    portal.details.clear()


def asked_for_details(server: AnsweringServer) -> list[int]:
    return [json.loads(a.body)["id"] for a in server.asked if a.path.endswith("view")]


def test_a_run_goes_on_after_a_kill(
    instance: Instance, source: Source, server: AnsweringServer, kill: Callable[[int], None]
) -> None:
    kill(9)  # three pages, and six details of which the last was answered and perhaps not kept
    server.asked.clear()
    assert load(instance, source).status == "published"
    assert len([a for a in server.asked if a.path.endswith("search")]) == 1
    assert asked_for_details(server) in ([*range(6, 13)], [*range(7, 13)])
    assert titles(instance) == all_titles()
    assert [*verify(instance)] == []
    assert not list(instance.fetching.iterdir())


def test_a_run_starts_over_when_the_list_changed(
    instance: Instance, portal: Portal, source: Source, server: AnsweringServer, broken_off: None
) -> None:
    server.asked.clear()
    portal.datasets += 1
    assert load(instance, source).status == "published"
    assert asked_for_details(server) == list(range(1, NUMBER + 2))


@pytest.mark.parametrize("head", ["started", "fingerprint"])
def test_a_run_starts_over_after_a_day_and_for_another_description(
    instance: Instance, source: Source, server: AnsweringServer, broken_off: None, head: str
) -> None:
    server.asked.clear()
    journal = instance.fetching / "odp" / "journal"
    first, *rest = journal.read_text("utf-8").splitlines(keepends=True)
    changed = {**json.loads(first), head: "2020-01-01T00:00:00+00:00"}
    journal.write_text("".join([json.dumps(changed), "\n", *rest]), "utf-8")
    assert load(instance, source).status == "published"
    assert asked_for_details(server) == list(range(1, NUMBER + 1))


def test_a_run_that_a_server_broke_off_goes_on(
    instance: Instance, source: Source, server: AnsweringServer, broken_off: None
) -> None:
    server.asked.clear()
    assert load(instance, source).status == "published"
    assert asked_for_details(server) == list(range(3, NUMBER + 1))
    assert [*verify(instance)] == []


def test_a_server_that_is_down_does_not_cost_what_was_fetched(
    instance: Instance, portal: Portal, source: Source, server: AnsweringServer, broken_off: None
) -> None:
    portal.pages[1] = Answer(status=503)
    with pytest.raises(InputError, match="503"):
        load(instance, source)
    portal.pages.clear()
    server.asked.clear()
    assert load(instance, source).status == "published"
    assert asked_for_details(server)[0] == 3


def test_a_damaged_journal_is_not_believed(instance: Instance, tmp_path: Path) -> None:
    with run_folder(instance, "x", "f", 0.0) as folder:
        folder.start()
        (folder.path / "journal").write_text("{no json\n")
        assert folder.earlier() == {}


def test_what_nobody_goes_on_with_is_deleted(instance: Instance) -> None:
    for name in ("left", "held"):
        (instance.fetching / name).mkdir(parents=True)
    with run_folder(instance, "held", "f", 0.0):
        for name in ("left", "held"):
            os.utime(instance.fetching / name, (0, 0))
        with run_folder(instance, "new", "f", 0.0):
            assert {path.name for path in instance.fetching.iterdir()} == {"held", "new"}


def test_a_lock_that_was_deleted_with_its_folder_is_taken_anew(instance: Instance) -> None:
    done = threading.Event()

    def wait_and_write() -> None:
        with run_folder(instance, "x", "f", 20.0) as mine:
            mine.start()
            done.set()

    with run_folder(instance, "x", "f", 0.0) as folder:
        waiting = threading.Thread(target=wait_and_write)
        waiting.start()
        time.sleep(0.3)  # it waits for the lock by now, or will take the new one
        folder.finish(FetchedRun("x", [], folder.archive))
    waiting.join(20)
    assert done.is_set()
    assert (instance.fetching / "x" / "journal").exists()
