"""Processes with limits that run parsers, and limits of JSON that are said with their position."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from decimal import Decimal

import pyoxigraph as ox
import pytest

from graph.core import limited_process
from graph.core.errors import InputError
from graph.core.instance import Instance
from graph.core.limited_process import ProcessLimits, RemoteReporter
from graph.core.progress import Reporter
from graph.publication.writer_lock import hold_writer_lock
from loaders.formats import json_strict
from loaders.pipeline.record import Capture
from tests.server_processes import descendants, gone

pytestmark = pytest.mark.slow

FEW = ProcessLimits(memory=64 << 20, seconds=20.0)


def refusal(function: Callable[[], object], limits: ProcessLimits = FEW) -> InputError:
    with pytest.raises(InputError) as caught:
        limited_process.run(lambda _: function(), limits, where="a.rdf")
    assert caught.value.where == "a.rdf"
    return caught.value


def hog() -> list[bytes]:
    return [bytes(1 << 20) for _ in range(1000)]


def test_memory_is_limited() -> None:
    assert refusal(hog).message == "reading it needs more than 64 MiB of memory"


def test_memory_is_limited_for_the_result_too() -> None:
    # far more than what this process may have freed and not given back, which is not counted
    limits = ProcessLimits(256 << 20, 30.0)
    assert refusal(lambda: ["x" * (220 << 20)], limits).message.endswith("256 MiB of memory")


def test_a_result_that_cannot_be_sent_is_a_bug() -> None:
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        limited_process.run(lambda _: lambda: 1, FEW, where="a.rdf")


def test_time_is_limited() -> None:
    start = time.monotonic()
    error = refusal(lambda: time.sleep(60), ProcessLimits(64 << 20, 0.3))
    assert error.message == "reading it takes more than 0 seconds"
    assert time.monotonic() - start < 10


def test_a_crash_is_a_refusal() -> None:
    assert "crashed" in refusal(lambda: os.kill(os.getpid(), signal.SIGSEGV)).message
    assert "crashed" in refusal(lambda: json.loads("[" * 100_000)).message


def test_random_numbers_are_those_of_no_other_process() -> None:
    made = {uuid(), *(limited_process.run(lambda _: uuid(), FEW, where="a") for _ in range(3))}
    assert len(made) == 4


def uuid() -> str:
    rows = ox.Store().query("SELECT (STRUUID() AS ?id) WHERE {}")
    assert isinstance(rows, ox.QuerySolutions)
    return str(next(rows)["id"])


def test_there_is_no_network() -> None:
    with pytest.raises(PermissionError):
        limited_process.run(lambda _: bool(socket.socket()), FEW, where="a.rdf")


def test_errors_come_back_as_they_are() -> None:
    def fails() -> None:
        raise InputError("wrong", where="a.csv row 7", hint="Correct it.")

    def buggy() -> None:
        raise KeyError("column")

    with pytest.raises(InputError) as caught:
        limited_process.run(lambda _: fails(), FEW, where="a.rdf")
    assert (caught.value.where, caught.value.hint) == ("a.csv row 7", "Correct it.")
    with pytest.raises(KeyError, match="column") as bug:
        limited_process.run(lambda _: buggy(), FEW, where="a.rdf")
    assert "in buggy" in bug.value.__notes__[0]


def test_progress_is_reported_by_the_parent() -> None:
    calls: list[tuple[str, int | None] | int] = []

    class Recorder:
        def step(self, name: str, total: int | None = None) -> None:
            calls.append((name, total))

        def advance(self, count: int = 1) -> None:
            calls.append(count)

    def work(reporter: Reporter) -> int:
        reporter.step("map", 3)
        reporter.advance(2)
        return os.getpid()

    pid = limited_process.run(work, FEW, where="a.rdf", reporter=Recorder())
    assert calls == [("map", 3), 2]
    assert pid != os.getpid()


def test_values_are_given_before_the_result_and_an_error_of_who_takes_them_ends_it() -> None:
    def work(remote: RemoteReporter) -> int:
        for number in range(3):
            remote.give(number)
        return 3

    taken: list[int] = []
    assert limited_process.run(work, FEW, where="a.rdf", receive=taken.append) == 3
    assert taken == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        limited_process.run(work, FEW, where="a.rdf", receive=lambda number: 1 / number)


def test_the_process_ends_with_its_parent_and_holds_no_lock(instance: Instance) -> None:
    pid = os.fork()
    if pid == 0:
        with hold_writer_lock(instance, "a load"):
            limited_process.run(lambda _: time.sleep(60), FEW, where="a.rdf")
        os._exit(0)
    children: set[int] = set()
    while not children:
        children = descendants(pid)
    os.kill(pid, signal.SIGSTOP)  # no longer waits for its child
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with hold_writer_lock(instance, "the next", wait=10.0):  # a child may just have been forked
        assert gone(children, seconds=10.0)


def json_error(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        json_strict.read(Capture("0", "a.json", "", "application/json", text.encode()))
    return caught.value


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000])
def test_long_numbers_in_json_are_located(number: str) -> None:
    error = json_error(f'{{"a": 1,\n "b": {number}}}')
    assert error.message == "invalid JSON: a number with more than 4,300 digits"
    assert error.where.startswith("a.json row 2 column ")


def test_deep_json_is_located() -> None:
    error = json_error('["]",\n' + "[" * 100_000)
    assert error.message == "invalid JSON: nested more than 500 levels deep"
    assert error.where == "a.json row 2 column 500"


def test_an_exponent_too_large_is_said() -> None:
    assert "exponent" in json_error("[1e99999999999999999999]").message
    capture = Capture("0", "a.json", "", "application/json", b"[1e400]")
    assert json_strict.read(capture) == [Decimal("1e400")]


def test_many_repeated_keys_take_no_time() -> None:
    members = ",".join(f'"k{n:05}":{m}' for m in (1, 2) for n in range(60_000))
    start = time.monotonic()
    error = json_error(f"{{{members}}}")
    assert time.monotonic() - start < 10
    assert error.message == (
        "invalid JSON: key “k00000”, “k00001”, “k00002” and 59,997 others appears twice in one "
        "object"
    )
