"""The server as a process: start, stop, and HTTP as it travels."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

import pytest

from graph import snapshots
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.queries.results.spool import INLINE
from server.auth.tokens import TokenStore
from server.front.serve import listen
from tests import parts
from tests.editable import with_sources
from tests.servers import answer

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("serve_driver.py")
ASK = "/sparql?query=" + quote("ASK { ?s ?p ?o }")
TRUE = b'{"head":{},"boolean":true}'
LARGE = f"SELECT (STR({'9' * 3000}) AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 500} }} }}"
VALUES = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
FOR_EVER = f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}"


class Server:
    """A serving process and where it answers."""

    def __init__(
        self,
        instance: Instance,
        timeout: float = 5.0,
        errors: IO[bytes] | None = None,
        stall: float = 30.0,
    ) -> None:
        command = [sys.executable, str(DRIVER), str(instance.root), "0", str(timeout), str(stall)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        self.address = urlsplit(self.process.stdout.readline().strip())

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGINT)

    def connect(self) -> http.client.HTTPConnection:
        assert self.address.hostname
        assert self.address.port
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=10)

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self.connect()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def send(self, data: bytes) -> socket.socket:
        """Raw bytes on a connection of their own."""
        assert self.address.hostname
        assert self.address.port
        raw = socket.create_connection((self.address.hostname, self.address.port), timeout=10)
        raw.sendall(data)
        return raw

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(15)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    found: set[int] = set()
    with contextlib.suppress(
        FileNotFoundError, ProcessLookupError
    ):  # a thread that ended meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found |= {int(child)} | descendants(int(child))
    return found


def gone(pids: set[int], seconds: float = 6.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


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


def test_both_ways_give_the_same_answer(server: Server) -> None:
    """A header that the short way does not take must change nothing."""
    for path in (ASK, ASK + "&format=csv", "/sparql?query=oops", "/sparql?query=" + quote(LARGE)):
        short, body = server.get(path)
        ordinary, same = server.get(path, TE="trailers")
        assert body == same
        assert short.status == ordinary.status
        named = {k: v for k, v in short.headers.items() if k not in ("Date", "Server-Timing")}
        assert named.items() <= dict(ordinary.headers.items()).items()


def test_a_large_answer_is_whole(server: Server) -> None:
    for headers in ({}, {"TE": "trailers"}):
        response, body = server.get("/sparql?format=csv&query=" + quote(LARGE), **headers)
        assert len(body) == int(response.headers["Content-Length"]) > INLINE
        assert response.headers["Transfer-Encoding"] is None


def test_a_connection_is_kept_over_both_ways(server: Server) -> None:
    connection = server.connect()
    for path in (ASK, "/healthz", ASK, "/id/place/066.ttl", ASK + "&format=csv", ASK):
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200
        assert response.read()
        time.sleep(0.03)  # longer than a thread lingers
    connection.close()


def test_requests_in_one_piece_are_answered_in_order(server: Server) -> None:
    one = f"GET {ASK} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    two = f"GET {ASK}&format=csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    with server.send(one + two) as raw:
        data = b"".join(iter(lambda: raw.recv(65536), b""))
    assert data.index(TRUE) < data.index(b"text/csv")
    assert data.count(b"HTTP/1.1 200 OK") == 2


def test_a_request_in_pieces(server: Server) -> None:
    head = f"GET {ASK} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    with server.send(head[:20]) as raw:
        for part in (head[20:60], head[60:-3], head[-3:]):
            time.sleep(0.08)
            raw.sendall(part)
        assert TRUE in b"".join(iter(lambda: raw.recv(65536), b""))


def test_a_chunked_body(server: Server) -> None:
    connection = server.connect()
    headers = {"Content-Type": "application/sparql-query", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/sparql", iter([b"ASK ", b"{}"]), headers, encode_chunked=True)
    assert connection.getresponse().read() == TRUE
    connection.close()


def test_an_address_too_long_is_told_another_way(server: Server) -> None:
    response, body = server.get("/sparql?query=" + "#" * 20_000)
    assert response.status == 414
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "POST" in json.loads(body)["hint"]
    for language, title in (("mn", "Хаяг хэт урт байна"), ("en", "The URL is too long")):
        asked = {"Accept": "text/html", "Accept-Language": language}
        response, body = server.get("/sparql?query=" + "#" * 20_000, **asked)
        assert response.status == 414
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{title}</h1>" in body.decode()
        assert 'role="search"' in body.decode()
        assert response.headers["Content-Language"] == language
    assert server.get(ASK)[1] == TRUE


@pytest.mark.parametrize(
    "path",
    [ASK, ASK + "&format=csv&bom=true", "/sparql?query=oops", "/sparql?query=" + quote(LARGE)],
)
def test_head_travels_without_a_body(server: Server, path: str) -> None:
    got, _ = server.get(path)
    connection = server.connect()
    connection.request("HEAD", path)
    head = connection.getresponse()
    volatile = {"Date", "Connection", "Server-Timing"}
    assert head.read() == b""
    assert head.status == got.status
    assert {k: v for k, v in head.headers.items() if k not in volatile} == {
        k: v for k, v in got.headers.items() if k not in volatile
    } | {k: v for k, v in head.headers.items() if k == "Server"}
    connection.request("GET", ASK)  # nothing of a body is in the way
    assert connection.getresponse().read() == TRUE
    connection.close()


def test_the_query_method(server: Server) -> None:
    connection = server.connect()
    connection.request("QUERY", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query"})
    assert connection.getresponse().read() == TRUE
    connection.close()


def test_a_client_that_leaves_does_no_harm(server: Server) -> None:
    for _ in range(3):
        path = "/sparql?query=" + quote(FOR_EVER) + "&timeout=0.3"
        server.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).close()
    assert server.get(ASK)[1] == TRUE


def test_a_deadline_is_kept_over_http(server: Server) -> None:
    start = time.monotonic()
    response, _ = server.get("/sparql?timeout=0.5&query=" + quote(FOR_EVER))
    assert time.monotonic() - start < 6
    assert (response.status, response.headers["Retry-After"]) == (503, "5")


def test_a_crowd_of_endless_queries_is_turned_away(server: Server) -> None:
    """Deadlines hold for those that wait, the rest is told at once, and health still answers."""
    asked = [f"/sparql?query={quote(f'{FOR_EVER} # {n}')}&timeout=1" for n in range(90)]
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


def test_no_redirect_leads_elsewhere(server: Server) -> None:
    for path in ("//evil.example/id/place/066", "/%2F%2Fevil.example"):
        response, _ = server.get(path)
        assert response.status == 404 or response.headers["Location"].startswith("/id/")


def test_killed_workers_are_not_noticed(server: Server) -> None:
    workers = descendants(supervisor(server))
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert server.get(ASK)[1] == TRUE


def supervisor(server: Server) -> int:
    """The one that has workers; they are forked from it, so their command line is the same."""
    found = [p for p in descendants(server.process.pid) if "supervisor" in _command(p)]
    return next(p for p in found if descendants(p))


def _command(pid: int) -> str:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8")
    return ""
