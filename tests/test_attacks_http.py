"""Requests that are no HTTP, smuggle others, or are too large: refused with a problem, and the
connection ends; and clients that do not read what they asked for."""

from __future__ import annotations

import contextlib
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from graph.core.instance import Instance
from server.front import minimum_rate_socket
from server.front.minimum_rate_socket import MinimumRateSocket
from tests import parts
from tests.server_processes import ASK, TRUE, Server
from tests.test_transfer import LARGE

pytestmark = pytest.mark.slow

CHUNKED = "Transfer-Encoding: chunked"
SMUGGLED = f"GET {ASK} HTTP/1.1\r\nHost: x\r\n\r\n"
EMPTY = "0\r\n\r\n" + SMUGGLED  # a chunked body without bytes


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small, stall=1.0) as running:
        yield running


def exchange(server: Server, data: bytes) -> tuple[bytes, bytes]:
    """What comes back until the server closes: the head of the first answer, and the rest."""
    with server.send(data) as raw:
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def post(*headers: str, body: str = "") -> bytes:
    lines = ["POST /sparql HTTP/1.1", "Host: x", "Content-Type: application/sparql-query"]
    return "\r\n".join([*lines, *headers, "", body]).encode()


def get(*headers: str, line: str = f"GET {ASK} HTTP/1.1") -> bytes:
    return "\r\n".join([line, *headers, "", ""]).encode()


REFUSED: dict[str, tuple[int, bytes]] = {
    "both lengths": (400, post(CHUNKED, "Content-Length: 6", body=EMPTY)),
    "both lengths, other order": (
        400, post("Content-Length: 6", CHUNKED, body=EMPTY)),
    "two lengths": (400, post("Content-Length: 6", "Content-Length: 5", body="ASK {}" + SMUGGLED)),
    "the same length twice": (
        400, post("Content-Length: 6", "Content-Length: 6", body="ASK {}" + SMUGGLED)),
    "two lengths in one field": (400, post("Content-Length: 6, 6", body="ASK {}" + SMUGGLED)),
    "a signed length": (400, post("Content-Length: +6", body="ASK {}" + SMUGGLED)),
    "a negative length": (400, post("Content-Length: -1", body="ASK {}" + SMUGGLED)),
    "chunked twice": (400, post("Transfer-Encoding: chunked, chunked", body=EMPTY)),
    "not chunked at last": (400, post("Transfer-Encoding: chunked, gzip", body=EMPTY)),
    "unknown coding": (501, post("Transfer-Encoding: xchunked", body=EMPTY)),
    "a space before the colon": (400, post("Transfer-Encoding : chunked", body=EMPTY)),
    "a folded field": (400, post("Transfer-Encoding:\r\n chunked", body=EMPTY)),
    "a bare line feed in a field": (400, post("X: 1\nContent-Length: 6", body="ASK {}" + SMUGGLED)),
    "a bare carriage return": (400, post("X: 1\rContent-Length: 6", body="ASK {}" + SMUGGLED)),
    "a zero byte": (400, post("X: 1\0", "Content-Length: 6", body="ASK {}" + SMUGGLED)),
    "chunked in HTTP/1.0": (
        400, get("Host: x", CHUNKED, line="POST /sparql HTTP/1.0") + b"0\r\n\r\n"),
    "a chunk size with a sign": (400, post(CHUNKED, body="+6\r\nASK {}\r\n0\r\n\r\n" + SMUGGLED)),
    "a chunk size with 0x": (400, post(CHUNKED, body="0x6\r\nASK {}\r\n0\r\n\r\n" + SMUGGLED)),
    "a line feed in an extension": (
        400, post(CHUNKED, body="6;a\nb\r\nASK {}\r\n" + EMPTY)),
    "a chunk longer than its size": (400, post(CHUNKED, body="3\r\nASK {}\r\n" + EMPTY)),
    "raw UTF-8 in the request line": (400, get("Host: x", line="GET /id/Улаанбаатар HTTP/1.1")),
    "no version": (400, get("Host: x", line=f"GET {ASK}")),
    "another version": (400, get("Host: x", line=f"GET {ASK} HTTP/3.7")),
    "two spaces": (400, get("Host: x", line=f"GET  {ASK} HTTP/1.1")),
    "a strange method": (400, get("Host: x", line=f"G(T {ASK} HTTP/1.1")),
    "no host": (400, get()),
    "no host for a page": (400, get(line="GET / HTTP/1.1")),
    "two hosts": (400, get("Host: x", "Host: y")),
    "no name of a host": (400, get("Host: x/y?z")),
    "two names of hosts": (400, get("Host: x, y")),
    "a long field": (431, get("Host: x", "X: " + "x" * 9000)),
    "many fields": (431, get("Host: x", "TE: trailers", *(f"X{n}: 1" for n in range(200)))),
    "a long address": (414, get("Host: x", line=f"GET {ASK}{'x' * 9000} HTTP/1.1")),
    "another expectation": (417, post("Expect: 200-ok", "Content-Length: 6", body="ASK {}")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_http_is_refused_with_a_problem(server: Server, name: str) -> None:
    status, data = REFUSED[name]
    head, body = exchange(server, data)
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    assert b"Content-Type: application/problem+json" in head
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"Connection: close" in head
    problem = json.loads(body)  # and nothing else: what was smuggled is not answered
    assert problem["status"] == status
    assert problem["title_mn"]
    assert server.get(ASK)[1] == TRUE


@pytest.mark.parametrize("body", ["zz\r\nquery=ASK", "3\r\nabc\r\nq\r\n"])
def test_broken_chunks_are_a_problem_wherever_they_are_read(server: Server, body: str) -> None:
    form = "Content-Type: application/x-www-form-urlencoded"
    line = "POST /queries HTTP/1.1"
    head, rest = exchange(
        server, get("Host: x", form, CHUNKED, line=line) + f"{body}\r\n{EMPTY}".encode()
    )
    assert head.startswith(b"HTTP/1.1 400 "), head
    assert json.loads(rest)["detail"] == "the chunks of the body are not valid"


def test_what_is_allowed_is_answered(server: Server) -> None:
    """A chunk's extensions, HTTP/1.0 without a host, an empty host, and IPv6."""
    close = "Connection: close"
    for data in (
        post(CHUNKED, close, body='6;name="value"\r\nASK {}\r\n0\r\n\r\n'),
        get(line=f"GET {ASK} HTTP/1.0"),
        get("Host:", close),
        get("Host: [::1]:8008", close),
    ):
        head, body = exchange(server, data)
        assert head[8:12] == b" 200", head
        assert body == TRUE


def test_every_way_of_a_look_up_has_the_headers_for_browsers(server: Server) -> None:
    """From a worker, from the cache of raw requests, and through gunicorn."""
    for headers in ({}, {}, {"TE": "trailers"}, {"If-None-Match": "*"}):
        response, _ = server.get(ASK, **headers)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_refused_request_that_drips_is_not_waited_for(server: Server) -> None:
    with server.send(get("Host: x", "X: " + "x" * 9000)) as raw:
        start = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < start + 8:
                raw.sendall(b"x")
                time.sleep(0.1)
        assert time.monotonic() < start + 4


# --- clients that do not read ---

PATH = "/sparql?format=csv&query=" + quote(LARGE)
DRIP = 0.02  # seconds between two bytes


def is_given_up(raw: socket.socket, drip: bool, seconds: float) -> bool:
    """Whether the server ends a connection of which nothing, or a byte at a time, is read."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            time.sleep(DRIP)
            if drip and not raw.recv(1):
                return True
            raw.sendall(b"x")  # fails once the connection is reset
    except OSError:
        return True
    return False


@pytest.mark.parametrize("drip", [False, True], ids=["unread", "a byte at a time"])
@pytest.mark.parametrize("way", parts.each(2, ["", "TE: trailers\r\n"]))
def test_an_answer_that_is_hardly_read_is_given_up(server: Server, way: str, drip: bool) -> None:
    with server.send(f"GET {PATH} HTTP/1.1\r\nHost: x\r\n{way}\r\n".encode()) as raw:
        assert raw.recv(12) == b"HTTP/1.1 200"
        assert is_given_up(raw, drip, 8)
    assert server.get(ASK)[1] == TRUE


def pair() -> tuple[MinimumRateSocket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        return MinimumRateSocket.adopt(listener.accept()[0]), client


def send_bytes(sender: MinimumRateSocket, data: bytes) -> None:
    sender.sendall(data)


def send_file(sender: MinimumRateSocket, data: bytes) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"ahead" + data)
        file.flush()
        assert sender.sendfile(file, 5) == len(data)
    assert sender.gettimeout() is None


Send = Callable[[MinimumRateSocket, bytes], None]
DATA = bytes(range(256)) * (48 << 10)  # 12 MiB


@pytest.mark.parametrize("send", parts.each(2, [send_bytes, send_file]))
def test_a_reader_with_pauses_gets_all(monkeypatch: pytest.MonkeyPatch, send: Send) -> None:
    """Slower than its connection, but over the least that is asked: it is never given up."""
    monkeypatch.setattr(minimum_rate_socket, "PROGRESS_INTERVAL", 0.6)
    sender, client = pair()
    data = DATA[: 6 << 20]  # more than buffers hold
    received: list[bytes] = []

    def read() -> None:
        while piece := client.recv(1 << 18):
            received.append(piece)
            time.sleep(0.05)

    reader = threading.Thread(target=read)
    reader.start()
    with client, sender:
        send(sender, data)
        sender.close()
        reader.join()
    assert b"".join(received) == data


@pytest.mark.parametrize("send", [send_bytes, send_file])
@pytest.mark.parametrize("drip", [False, True], ids=["unread", "a byte at a time"])
def test_sending_ends_without_progress(
    monkeypatch: pytest.MonkeyPatch, send: Send, drip: bool
) -> None:
    monkeypatch.setattr(minimum_rate_socket, "PROGRESS_INTERVAL", 0.5)
    sender, client = pair()
    done = threading.Event()

    def read() -> None:
        with contextlib.suppress(OSError):
            while drip and not done.wait(0.01):
                client.recv(1)

    reader = threading.Thread(target=read)
    reader.start()
    with client, sender:
        start = time.monotonic()
        with pytest.raises(ConnectionResetError):
            send(sender, DATA)
        assert time.monotonic() - start < 15
        done.set()
        reader.join()
