"""The server as a process: start, stop, publications, clients that stay too long."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from graph import snapshots
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from server.auth.tokens import TokenStore
from server.front.serve import listen
from tests import parts
from tests.editable import with_sources
from tests.server_processes import (
    ASK,
    FOR_EVER,
    TRUE,
    Server,
    descendants,
    gone,
    server,
    supervisor,
)
from tests.servers import answer

__all__ = ["server"]
pytestmark = pytest.mark.slow


def test_it_says_when_it_answers(server: Server) -> None:
    response, body = server.get("/healthz")
    assert response.status == 200
    assert json.loads(body)["status"] == "ok"


@pytest.mark.parametrize("how", parts.each(3, [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
def test_no_process_is_left(small: Instance, how: signal.Signals) -> None:
    pids: set[int] = set()
    with Server(small) as own:
        while len(pids) < 5:  # two web processes, a supervisor, two workers
            pids |= descendants(own.process.pid)
        code = own.stop(how)
    assert gone(pids)
    ends = {signal.SIGINT: 130, signal.SIGTERM: 0, signal.SIGKILL: -signal.SIGKILL}
    assert code == ends[how]


def test_no_process_is_left_of_those_that_write(instance: Instance) -> None:
    with_sources(instance)
    _, token = TokenStore(instance).add("office", ("notes",), ())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
    with Server(instance) as own:
        connection = own.connect()
        connection.timeout = 60  # the first write of a process waits for what it is forked from
        connection.request("PUT", "/graph-store/notes", "<http://e/a> a <http://e/B> .", headers)
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())["statements"]) == (201, 1)
        connection.close()
        pids = descendants(own.process.pid)
        own.stop(signal.SIGKILL)
    assert len(pids) > 5, "no process stays from which the next write would be forked"
    assert gone(pids)


def test_a_busy_server_stops_too(small: Instance) -> None:
    request = f"GET /sparql?query={quote(FOR_EVER)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with Server(small, timeout=20.0) as own, own.send(request):
        time.sleep(0.3)
        pids = descendants(own.process.pid)
        start = time.monotonic()
        own.stop(signal.SIGINT)
    assert time.monotonic() - start < 10  # it does not wait for the query
    assert gone(pids)


def test_a_port_in_use_is_said_clearly() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}.*in use"):
            listen("127.0.0.1", port)
    with pytest.raises(ConfigError, match=r"no\.such\.host\.invalid"):
        listen("no.such.host.invalid", 80)


def test_a_publication_is_seen_while_serving(
    published: Instance, republish: Callable[[Instance, int, str], snapshots.Snapshot]
) -> None:
    query = "/sparql?query=" + quote("ASK { ?s a <http://e/New> }")
    with Server(published) as own:
        response, body = own.get(query)
        assert (response.headers["Ulzii-Snapshot"], b"false" in body) == ("1", True)
        republish(published, 2, "<http://e/x> a <http://e/New> .")
        again, body = own.get(query, **{"If-None-Match": response.headers["ETag"]})
    assert (again.status, again.headers["Ulzii-Snapshot"], b"true" in body) == (200, "2", True)


def test_a_client_that_leaves_does_no_harm(server: Server) -> None:
    for _ in range(3):
        path = "/sparql?query=" + quote(FOR_EVER) + "&timeout=0.3"
        server.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).close()
    assert server.get(ASK)[1] == TRUE


def test_a_deadline_is_kept_over_http(server: Server) -> None:
    start = time.monotonic()
    response, _ = server.get("/sparql?timeout=1.5&query=" + quote(FOR_EVER))
    assert time.monotonic() - start < 7
    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    waited, ran = times(response.headers["Server-Timing"])
    assert ran > 100
    assert waited + ran > 1400


def times(header: str) -> tuple[float, float]:
    """The milliseconds that a request waited and ran."""
    found = re.fullmatch(r"wait;dur=([0-9.]+), run;dur=([0-9.]+)", header)
    assert found is not None, header
    return float(found[1]), float(found[2])


def test_a_crowd_of_endless_queries_is_turned_away(server: Server) -> None:
    """Deadlines hold for those that wait, the rest is told at once, and health still answers."""
    asked = [f"/sparql?query={quote(f'{FOR_EVER} # {n}')}&timeout=2" for n in range(90)]
    crowd = [server.send(f"GET {p} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) for p in asked]
    start = time.monotonic()
    assert server.get("/healthz")[0].status == 200
    answers = [answer(raw) for raw in crowd]
    assert time.monotonic() - start < 9
    for raw in crowd:
        raw.close()
    told = {one[9:12] for one in answers}
    assert told == {b"503", b"429"}  # all of one client
    assert all(b"Retry-After: " in one for one in answers)
    timed = [re.search(rb"Server-Timing: ([^\r]*)", one) for one in answers]
    spent = [times(one[1].decode()) for one in timed if one is not None]
    assert len(spent) == len(answers)
    assert min(sum(both) for both in spent) < 500 < max(sum(both) for both in spent) < 9000
    assert server.get(ASK)[1] == TRUE


def test_nothing_of_a_client_is_written_to_the_servers_log(small: Instance, tmp_path: Path) -> None:
    requests = (
        f"GET {ASK}&register=УБ99112233 HTTP/1.1\r\nHost: x\r\n\r\n",  # not ASCII
        f"GET /sparql?query=99112233{'x' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
        "NONSENSE 99112233\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nbroken 99112233\r\n\r\n",
    )
    with (tmp_path / "errors").open("wb") as errors, Server(small, errors=errors) as own:
        for request in requests:
            with own.send(request.encode()) as raw:
                assert raw.recv(4096)
    told = (tmp_path / "errors").read_text("utf-8")
    assert "127.0.0.1" not in told
    assert "99112233" not in told


def test_killed_workers_are_not_noticed(server: Server) -> None:
    workers = descendants(supervisor(server))
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert server.get(ASK)[1] == TRUE
