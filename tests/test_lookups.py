"""Look-ups over HTTP that wait without a thread: what becomes of their connections."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

import pytest

from graph.core.instance import Instance
from server.front.request_parser import HEAD
from tests.server_processes import ASK, FOR_EVER, TRUE, Server, descendants, supervisor
from tests.servers import answer
from tests.test_datagrams import PATIENCE, SLOW

pytestmark = pytest.mark.slow

CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def get(query: str, *fields: str) -> bytes:
    head = ["Host: x", "Accept: application/sparql-results+json", *fields]
    lines = "".join(f"{line}\r\n" for line in head)
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\n{lines}\r\n".encode()


def test_a_connection_takes_both_ways_in_turns(server: Server) -> None:
    with server.send(get("ASK {}")) as raw:
        for n in range(5):
            assert answer(raw).endswith(TRUE)
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answer(raw).startswith(b"HTTP/1.1 200")
            raw.sendall(get(f"SELECT ({n} AS ?n) {{}}"))
            assert f'"value":"{n}"'.encode() in answer(raw)
            raw.sendall(get("ASK {}"))
        assert answer(raw).endswith(TRUE)


LARGE = f"SELECT ('{'x' * 500}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 9000} }} }}"  # sent as a file


@pytest.mark.parametrize("text", ["SELECT (9 AS ?n) {}", SLOW, LARGE, "SELECT * {"])
def test_a_connection_ends_with_its_answer_where_the_client_wants_that(
    server: Server, text: str
) -> None:
    """As Python's urllib does, and so SPARQLWrapper."""
    kept = server.get("/sparql?query=" + quote(text))[1]
    for fields in ((), ("Query-Id: a-name-of-its-own",)):  # answered by the loop, by a thread
        for _ in range(2):
            with server.send(get(text, "Connection: close", *fields)) as raw:
                data = b"".join(iter(lambda: raw.recv(1 << 16), b""))
            head, _, body = data.partition(b"\r\n\r\n")
            assert b"connection: close" in head.lower()
            assert body == kept


def test_requests_sent_ahead_are_answered_in_order(server: Server) -> None:
    with server.send(get("SELECT (1 AS ?n) {}")) as raw:
        time.sleep(0.002)  # so that the next ones find the first under way
        raw.sendall(get("SELECT (2 AS ?n) {}") + get("SELECT (3 AS ?n) {}"))
        data = b""
        while data.count(b'"bindings"') < 3:
            data += raw.recv(65536)
    values = [data.index(f'"value":"{n}"'.encode()) for n in (1, 2, 3)]
    assert values == sorted(values)


@pytest.mark.parametrize("places", [(40,), (2, 3, 4, 30, -3, -2, -1)])
def test_a_head_in_pieces_is_read_to_its_end(server: Server, places: tuple[int, ...]) -> None:
    whole = get("SELECT (7 AS ?n) {}")
    ends = [place % len(whole) for place in places] + [len(whole)]
    with server.send(whole[: ends[0]]) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):  # and once more, on a connection that was in use
            for start, end in pairwise(ends):
                time.sleep(0.02)
                raw.sendall(whole[start:end])
            assert b'"value":"7"' in answer(raw)
            raw.sendall(whole[: ends[0]])


@pytest.mark.parametrize("way", ["Content-Length: 38", CHUNKED])
def test_a_body_in_pieces_is_read_to_its_end(server: Server, way: str) -> None:
    query = b"SELECT (7 AS ?n) { } # some more text."
    body = query if way != CHUNKED else b"%x\r\n%b\r\n0\r\n\r\n" % (len(query), query)
    kinds = "Content-Type: application/sparql-query\r\nAccept: application/sparql-results+json"
    whole = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{kinds}\r\n{way}\r\n\r\n".encode() + body
    with server.send(whole[:50]) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):
            for start in range(50, len(whole), 37):
                time.sleep(0.01)
                raw.sendall(whole[start : start + 37])
            assert b'"value":"7"' in answer(raw)
            raw.sendall(whole[:50])


def test_the_same_look_up_at_the_same_time_is_asked_once(server: Server) -> None:
    connections = [server.send(get(SLOW)) for _ in range(6)]
    answers = {answer(raw).partition(b"\r\n\r\n")[2] for raw in connections}
    for raw in connections:
        raw.close()
    assert len(answers) == 1
    assert b'"1336336"' in answers.pop()


def test_a_client_that_leaves_ends_its_query_alone(server: Server) -> None:
    with server.send(get(SLOW + " # another")) as other:
        time.sleep(0.02)
        for n in range(2):
            server.send(get(f"{FOR_EVER} # {n}")).close()
        assert b'"1336336"' in answer(other)
    assert server.get(ASK)[1] == TRUE


def test_killed_workers_are_not_noticed_by_look_ups(server: Server) -> None:
    parent = supervisor(server)
    with server.send(get("ASK {}")) as raw:
        assert answer(raw).endswith(TRUE)
        for n in range(20):
            for pid in [*descendants(parent)][: n % 3]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            raw.sendall(get(f"SELECT ({n} AS ?n) {{}}"))
            assert f'"value":"{n}"'.encode() in answer(raw)


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="not Linux")
def test_processes_on_the_way_of_a_look_up_do_not_interrupt_each_other(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while (found := policies(server)) != [os.SCHED_BATCH] * 4 and time.monotonic() < end:
        time.sleep(0.02)  # a worker that was only just forked
    assert found == [os.SCHED_BATCH] * 4  # two web processes, two workers


def policies(server: Server) -> list[int]:
    found = []
    for pid in descendants(server.process.pid) - {supervisor(server)}:
        with contextlib.suppress(ProcessLookupError):
            found.append(os.sched_getscheduler(pid))
    return found


def test_a_slow_reader_gets_all_of_a_kept_answer(server: Server) -> None:
    text = f"SELECT ('{'x' * 500}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 90} }} }}"
    first = server.get("/sparql?query=" + quote(text))[1]
    many = 1
    with server.send(get(text)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        assert answer(raw).endswith(first)
        for _ in range(many):
            raw.sendall(get(text))
            assert answer(raw).endswith(first)


@pytest.mark.parametrize("rest", ["", "Content-Length: 9\r\n\r\n", f"{CHUNKED}\r\n\r\n5\r\nASK"])
def test_half_requests_keep_nobody_from_an_answer(server: Server, rest: str) -> None:
    begun = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{rest}".encode()
    halves = [server.send(begun) for _ in range(70 * 2)]
    time.sleep(0.3)
    for whole in (get("SELECT (8 AS ?n) {}"), get(SLOW), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
        with server.send(whole) as raw:  # by the loop, by a thread after it, by a thread alone
            raw.settimeout(8)  # a thread waits for 10
            assert answer(raw).startswith(b"HTTP/1.1 200")
    for half in halves:
        half.close()
    assert server.get("/healthz")[0].status == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"POST /sparql HTTP/1.1\r\nContent-Length: {HEAD << 8}", b"413"),
        (
            f"POST /sparql HTTP/1.1\r\nContent-Length: {HEAD << 8}\r\nAuthorization: Bearer x",
            b"401",
        ),
        (f"PUT /graph-store?default HTTP/1.1\r\nContent-Length: {HEAD << 8}", b"401"),
    ],
)
def test_what_strangers_may_not_send_is_refused_before_it_comes(
    server: Server, head: str, status: bytes
) -> None:
    with server.send(f"{head}\r\nHost: x\r\n\r\n".encode()) as raw:
        raw.settimeout(5)
        assert answer(raw).startswith(b"HTTP/1.1 " + status)
