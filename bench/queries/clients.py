"""Client processes with plain sockets and kept-alive connections.

They share the processors with the server, so `throughput` does as little work as possible: requests
are encoded beforehand, and of a response only the status and the length are checked, because equal
requests get responses of equal length.
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


NUMBERS_PER_CLIENT = 10_000_000  # how many look-ups a client process can number
_LOOKUP = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }} # {number}"


def lookup_query(number: int, datasets: int) -> str:
    """The look-up with this number: of one of the datasets, and different from all others."""
    return _LOOKUP.format(iri=synthetic.iri(number % datasets), number=number)


class TimedResponse(NamedTuple):
    """The status and body of a response, and the time it took in seconds."""

    status: int
    body: bytes
    seconds: float


def send_query(server: Server, query: str, seconds: float) -> TimedResponse:
    """Send a query on a new connection; status 0 if it takes longer than `seconds`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=seconds)
    begun = time.perf_counter()
    try:
        connection.request("GET", server.target(query), headers={"Accept": ACCEPT})
        response = connection.getresponse()
        body = response.read()
    except TimeoutError:
        return TimedResponse(0, b"", seconds)
    finally:
        connection.close()
    return TimedResponse(response.status, body, time.perf_counter() - begun)


def encode_request(server: Server, query: str) -> bytes:
    """The GET request of a query as bytes."""
    return (
        f"GET {server.target(query)} HTTP/1.1\r\nHost: bench\r\nAccept: {ACCEPT}\r\n\r\n"
    ).encode()


def throughput(server: Server, queries: Sequence[str], seconds: float) -> float:
    """The rate per second of repeating the same queries."""
    requests = [encode_request(server, query) for query in queries]
    arguments = [(server.port, requests[n:] + requests[:n], seconds) for n in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        return sum(pool.starmap(_client_throughput, arguments))


def _client_throughput(port: int, requests: list[bytes], seconds: float) -> float:
    """One process: send a request on each connection, receive all responses, repeat."""
    lengths = _lengths(port, requests)
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    following, answered = cycle(lengths.items()), 0
    begun = time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        batch = list(islice(following, CONNECTIONS))
        for connection, (request, _) in zip(connections, batch, strict=True):
            connection.sendall(request)
        for connection, (_, length) in zip(connections, batch, strict=True):
            _receive(connection, length)
        answered += CONNECTIONS
    for connection in connections:
        connection.close()
    return answered / (now - begun)


def _lengths(port: int, requests: list[bytes]) -> dict[bytes, int]:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return {request: _length(connection, request) for request in requests}


def _length(connection: socket.socket, request: bytes) -> int:
    """The number of bytes of the response to a request, header included."""
    connection.sendall(request)
    response = bytearray()
    with connection.makefile("rb", buffering=0) as file:

        def line() -> bytes:
            text = file.readline()
            response.extend(text)
            return text

        def take(number: int) -> bytes:
            missing = number
            while missing:
                part = file.read(missing) or b""
                response.extend(part)
                missing -= len(part)
            return bytes(response[-number:])

        read_response(line, take)
    return len(response)


def _receive(connection: socket.socket, length: int) -> None:
    """Receive a response of a known length. Raises RuntimeError unless the status is 200."""
    data = connection.recv(length)
    if data[:12] != b"HTTP/1.1 200":
        raise RuntimeError(f"status {data[:12]!r}")
    missing = length - len(data)
    while missing > 0:
        missing -= len(connection.recv(missing))
    if missing:
        raise RuntimeError("a response of another length")


def read_response(line: Callable[[], bytes], take: Callable[[int], bytes]) -> None:
    """Read a response, by Content-Length or chunked. Raises RuntimeError unless it is 200."""
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
        raise RuntimeError("an empty response")
