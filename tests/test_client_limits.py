"""Limits of threads and connections per client: one that never reads its answers, or opens
connections without end, keeps nobody else waiting."""

from __future__ import annotations

import contextlib
import http.client
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.instance import Instance
from server.front.connection_limit import PerClientConnectionLimit
from server.front.thread_quota import PerClientThreadLimit
from server.http.client_key import ClientKeys
from tests.server_processes import Server

pytestmark = pytest.mark.slow

MANY = "1 " * 110
HUGE = f"SELECT ('{'x' * 900}' AS ?t) {{ VALUES ?a {{ {MANY}}} VALUES ?b {{ {MANY}}} }}"


@given(st.lists(st.sampled_from("aaabc-"), max_size=60), st.integers(1, 4))
def test_nobody_has_more_than_a_share_and_everything_is_done(asked: list[str], most: int) -> None:
    """`-` stands for: the job that began first is done."""
    quota, begun, at_work = PerClientThreadLimit(most), list[tuple[str, int]](), list[str]()

    def start(client: str, number: int) -> None:
        begun.append((client, number))
        at_work.append(client)

    for number, client in enumerate(asked):
        if client == "-" and at_work:
            quota.release(at_work.pop(0))
        elif client != "-":
            before = at_work.count(client)
            quota.acquire(client, lambda c=client, n=number: start(c, n))  # type: ignore[misc]
            assert at_work.count(client) == min(before + 1, most)
        assert all(number <= most for number in Counter(at_work).values())
    while at_work:
        quota.release(at_work.pop(0))
    wanted = [(client, number) for number, client in enumerate(asked) if client != "-"]
    assert sorted(begun) == sorted(wanted)
    for client in "abc":
        assert [n for c, n in begun if c == client] == [n for c, n in wanted if c == client]


def test_whoever_is_not_known_is_not_kept_waiting() -> None:
    quota, begun = PerClientThreadLimit(1), list[int]()
    for number in range(3):
        quota.acquire("", lambda n=number: begun.append(n))  # type: ignore[misc]
    assert begun == [0, 1, 2]


def test_a_proxy_of_the_operators_is_nobody() -> None:
    assert ClientKeys(proxies=1).peer_key("10.0.0.1") == ""
    callers = ClientKeys()
    assert callers.peer_key("10.0.0.1") == callers.client_key("10.0.0.1")
    assert callers.peer_key("10.0.0.1") != callers.peer_key("10.0.0.2")


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def test_answers_that_nobody_reads_keep_nobody_else_waiting(server: Server) -> None:
    host, port = server.address.hostname, server.address.port
    assert host
    assert port
    request = f"GET /sparql?query={quote(HUGE)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    assert len(server.get("/sparql?query=" + quote(HUGE))[1]) > 8 << 20
    with contextlib.ExitStack() as deaf:
        for _ in range(70 * 2):
            raw = deaf.enter_context(socket.socket())
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect((host, port))
            raw.sendall(request)
        for path in ("/", "/healthz", f"/sparql?query={quote('ASK {}')}&format=csv"):
            other = http.client.HTTPConnection(host, port, 20, ("127.0.0.2", 0))
            with contextlib.closing(other):
                other.request("GET", path)
                assert other.getresponse().status == 200


def test_there_is_room_for_others() -> None:
    limit = PerClientConnectionLimit(2)
    assert [limit.acquire("a") for _ in range(3)] == [True, True, False]
    assert limit.acquire("b")
    assert all(limit.acquire("") for _ in range(5))
    limit.release("a")
    assert [limit.acquire("a") for _ in range(2)] == [True, False]


@pytest.mark.ci
def test_idle_connections_of_one_keep_nobody_else_out(server: Server) -> None:
    host, port = server.address.hostname, server.address.port
    assert host
    assert port
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limits[1] < 4096:
        pytest.skip("this system allows a process too few files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, limits[1]))
    try:
        for _ in range(2):  # the places of those that are closed are free again
            with contextlib.ExitStack() as idle:
                for _ in range(2400):
                    idle.enter_context(socket.create_connection((host, port)))
                other = http.client.HTTPConnection(host, port, 8, ("127.0.0.2", 0))
                with contextlib.closing(other):
                    other.request("GET", "/healthz")
                    assert other.getresponse().status == 200
        end = time.monotonic() + 20
        while not answers(server) and time.monotonic() < end:
            time.sleep(0.1)  # until it has seen that they are closed
        assert answers(server)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def answers(server: Server) -> bool:
    try:
        return server.get("/healthz")[0].status == 200
    except (OSError, http.client.HTTPException):
        return False
