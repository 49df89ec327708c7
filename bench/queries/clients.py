"""Clients: processes with plain sockets and kept-alive connections.

They share the processors with the server, whichever it is. `steady` asks as little as possible of
them itself: requests are bytes made beforehand, and since the same request gets an answer of the
same length, answers are read by their lengths and but for their status not looked at.
"""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import NamedTuple

from bench.data import synthetic
from bench.servers.launch import Server

ACCEPT = "application/sparql-results+json"
PROCESSES = 2
CONNECTIONS = 4


APART = 10_000_000  # numbers of look-ups that one process may use up
_LOOK_UP = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }} # {number}"


def look_up(number: int, datasets: int) -> str:
    """A look-up of one of so many datasets that no other number has."""
    return _LOOK_UP.format(iri=synthetic.iri(number % datasets), number=number)


class Answered(NamedTuple):
    """One answer: its status, its body, and the seconds it took."""

    status: int
    body: bytes
    seconds: float


def ask(server: Server, query: str, seconds: float) -> Answered:
    """Ask once on a connection of its own; status 0 when it takes longer."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)
    begun = time.perf_counter()
    try:
        link.request("GET", server.address(query), headers={"Accept": ACCEPT})
        response = link.getresponse()
        body = response.read()
    except TimeoutError:
        return Answered(0, b"", seconds)
    finally:
        link.close()
    return Answered(response.status, body, time.perf_counter() - begun)


def request(server: Server, query: str) -> bytes:
    """A GET as bytes."""
    return (
        f"GET {server.address(query)} HTTP/1.1\r\nHost: bench\r\nAccept: {ACCEPT}\r\n\r\n"
    ).encode()


def steady(server: Server, queries: Sequence[str], seconds: float) -> float:
    """Answers a second to the same queries over and over."""
    requests = [request(server, query) for query in queries]
    jobs = [(server.port, requests[n:] + requests[:n], seconds) for n in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        return sum(pool.starmap(_steady, jobs))


def _steady(port: int, requests: list[bytes], seconds: float) -> float:
    """One process: a request on each connection, then their answers, and again."""
    lengths = _lengths(port, requests)
    links = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    following, answered = cycle(lengths.items()), 0
    begun = time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        asked = list(islice(following, CONNECTIONS))
        for link, (request, _) in zip(links, asked, strict=True):
            link.sendall(request)
        for link, (_, length) in zip(links, asked, strict=True):
            _take(link, length)
        answered += CONNECTIONS
    for link in links:
        link.close()
    return answered / (now - begun)


def _lengths(port: int, requests: list[bytes]) -> dict[bytes, int]:
    with socket.create_connection(("127.0.0.1", port)) as link:
        return {request: _length(link, request) for request in requests}


def _length(link: socket.socket, request: bytes) -> int:
    """How many bytes answer a request, head and all: the same each time it is asked."""
    link.sendall(request)
    whole = bytearray()
    with link.makefile("rb", buffering=0) as file:

        def line() -> bytes:
            text = file.readline()
            whole.extend(text)
            return text

        def take(number: int) -> bytes:
            missing = number
            while missing:
                part = file.read(missing) or b""
                whole.extend(part)
                missing -= len(part)
            return bytes(whole[-number:])

        read(line, take)
    return len(whole)


def _take(link: socket.socket, length: int) -> None:
    """One whole answer of a known length; anything but 200 is an error."""
    data = link.recv(length)
    if data[:12] != b"HTTP/1.1 200":
        raise RuntimeError(f"status {data[:12]!r}")
    missing = length - len(data)
    while missing > 0:
        missing -= len(link.recv(missing))
    if missing:
        raise RuntimeError("an answer of another length")


def read(line: Callable[[], bytes], take: Callable[[int], bytes]) -> None:
    """One whole answer, by its length or in chunks; anything but 200 is an error."""
    status = line().split()
    if not status or status[1] != b"200":
        raise RuntimeError(f"status {status}")
    length = -1
    while (text := line()) != b"\r\n":
        if text[:15].lower() == b"content-length:":
            length = int(text[15:])
    if length < 0:
        while size := int(line(), 16):
            take(size + 2)
        line()
    elif not take(length):
        raise RuntimeError("an empty answer")
