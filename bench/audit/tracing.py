"""A whole trace: over HTTP from a running server, and by the command, each from its question to its
last byte."""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bench.audit.made import Audited
from bench.results import Measurement
from bench.servers.launch import free_port, running, serve_command
from graph.statements import layer

_WARM, _ASKED = 50, 200  # requests
_COMMANDS = 10
_HTTP_MS, _COMMAND_S = 100, 1.5
_TICKS = os.sysconf("SC_CLK_TCK")


class Times(NamedTuple):
    """Of several questions: their median and 95th percentile by the clock, and of processors."""

    median: float
    p95: float
    processors: float


def run(audited: Audited) -> Iterator[Measurement]:
    """A row for HTTP, where there is a snapshot to serve, and one for the command line."""
    count = audited.loads[-1]["layers"]["stated"]["statements"]
    numbers = {*random.Random(5).sample(range(count), min(count, _WARM + _ASKED + _COMMANDS))}
    digest = audited.loads[-1]["layers"]["stated"]["lines"]
    every = enumerate(layer.read(audited.archive, digest))
    lines = [line.decode() for number, line in every if number in numbers]
    random.Random(6).shuffle(lines)
    if audited.snapshot:  # a server would make what is missing first
        yield _over_http(audited, lines[_COMMANDS:])
    yield _by_command(audited, lines[:_COMMANDS])


def _over_http(audited: Audited, lines: list[str]) -> Measurement:
    port = free_port()
    # one worker of queries: none is asked
    command = serve_command(audited.instance, port, "--workers", "1")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    with running("Ulzii", command, port, "/trace") as server, closing(connection) as client:
        first = _clocked(partial(_traced, client, lines[0]))
        for line in lines[1:_WARM]:
            _traced(client, line)
        before = _of_tree(server.pid)
        times = [_clocked(partial(_traced, client, line)) for line in lines[_WARM:]]
        spent = (_of_tree(server.pid) - before) / len(times)
        # a look-up that is not a trace, over the same connection: what HTTP itself takes
        plain = [_clocked(partial(_get, client, "/log/checkpoint")) for _ in times]
    found = _times(times, spent)
    return Measurement(
        work="trace over HTTP, warm: processors of the server",
        size=f"{audited.statements:,} statements",
        against="GET /log/checkpoint of the same server, elapsed",
        ours=1000 * spent,
        theirs=1000 * statistics.median(plain),
        unit="ms",
        ratio=statistics.median(plain) / spent,
        target=f"≤ {_HTTP_MS} ms",
        met=1000 * spent <= _HTTP_MS,
        detail=f"{len(times)} statements, each once; by the clock median {1000 * found.median:.1f}"
        f" ms, p95 {1000 * found.p95:.1f} ms, {found.median / statistics.median(plain):.0f} times"
        f" the other; the first trace of all {1000 * first:.0f} ms, with what is kept in cache/;"
        f" {len(audited.loads)} versions; load of the machine {os.getloadavg()[0]:.0f}",
    )


def _traced(client: http.client.HTTPConnection, line: str) -> None:
    """Ask for a trace, and see that it reaches the record in the file."""
    body = _get(client, f"/trace?{urlencode({'of': line, 'format': 'json'})}")
    (statement,) = json.loads(body)["statements"]
    (record,) = statement["statedBy"][0]["records"]
    assert record["locator"].startswith("row=")
    assert record["record"]["cells"]


def _get(client: http.client.HTTPConnection, target: str) -> bytes:
    client.request("GET", target)
    response = client.getresponse()
    body = response.read()
    assert response.status == 200, body[:200]
    return body


def _by_command(audited: Audited, lines: list[str]) -> Measurement:
    program = [sys.executable, "-c", "from server.cli import main; main()"]
    place = ["--data", str(audited.instance.root)]
    first = _clocked(partial(_quietly, [*program, *place, "trace", lines[0]]))
    found = _commands([[*program, *place, "trace", line] for line in lines[1:]])
    status = _commands([[*program, "--version"] for _ in lines])
    return Measurement(
        work="ulzii trace: seconds of processors, median",
        size=f"{audited.statements:,} statements",
        against="ulzii --version",
        ours=found.processors,
        theirs=status.processors,
        unit="seconds",
        ratio=status.processors / found.processors,
        target=f"≤ {_COMMAND_S} s",
        met=found.processors <= _COMMAND_S,
        detail=f"with the start of Python; {len(lines) - 1} statements, by the clock"
        f" {found.median:.2f} s, p95 {found.p95:.2f} s, the other {status.median:.2f} s;"
        f" the first trace of all {first:.1f} s, with what is kept in cache/; load of the machine"
        f" {os.getloadavg()[0]:.0f}",
    )


def _commands(commands: list[list[str]]) -> Times:
    elapsed, spent = list[float](), list[float]()
    for command in commands:
        before = _of_children()
        elapsed.append(_clocked(partial(_quietly, command)))
        spent.append(_of_children() - before)
    return _times(elapsed, statistics.median(spent))


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _times(elapsed: list[float], processors: float) -> Times:
    ordered = sorted(elapsed)
    return Times(statistics.median(ordered), ordered[len(ordered) * 95 // 100], processors)


def _clocked(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _of_tree(pid: int) -> float:
    """The seconds of processors that a process and its children have used."""
    process = Path("/proc", str(pid))
    fields = process.joinpath("stat").read_text("ascii", "replace").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / _TICKS
    started = " ".join(one.read_text("ascii") for one in process.glob("task/*/children"))
    return own + sum(_of_tree(int(child)) for child in started.split())
