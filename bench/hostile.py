"""Look-ups of one client while another sends queries that run to their deadline.

The hostile client has its own address and as many connections as it likes, and asks again as soon
as it is turned away. What counts is the 99th percentile of the other's look-ups, beside the same
without a hostile client.
"""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote

from bench import servers, synthetic
from bench.rows import Row
from bench.stores import Prepared

_WIDE = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
_ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {_WIDE} }} # %s"
_LOOKUP = "SELECT ?p ?o { <%s> ?p ?o }"
_PAUSE = 0.02  # seconds between two look-ups of a connection: fifty a second
_CONNECTIONS = 2
_TARGET = 2.0


def _send(link: socket.socket, query: str) -> bytes:
    """Ask, and read an answer of known length; its status."""
    link.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    with link.makefile("rb", buffering=0) as answer:
        head = bytearray()
        while not head.endswith(b"\r\n\r\n"):
            head += answer.read(1) or b"\r\n\r\n"
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
        while length > 0 and (block := answer.read(length)):
            length -= len(block)
    return bytes(head[9:12])


def _look_up(port: int, datasets: int, first: int, seconds: float, times: list[float]) -> None:
    end = time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", port), 60, ("127.0.2.1", 0)) as link:
        for n in range(first, 10**9):
            begun = time.monotonic()
            if begun > end:
                return
            mark = f"{_LOOKUP % synthetic.iri(n % datasets)} # {n}"
            if _send(link, mark) != b"200":
                raise RuntimeError("a look-up failed")
            times.append(time.monotonic() - begun)
            time.sleep(max(0.0, _PAUSE - (time.monotonic() - begun)))


def _attack(port: int, number: int, stop: threading.Event) -> None:
    for n in range(10**9):
        if stop.is_set():
            return
        with socket.create_connection(("127.0.0.1", port), 60, ("127.0.2.66", 0)) as link:
            threading.Thread(target=_hang_up_with, args=(link, stop), daemon=True).start()
            try:
                _send(link, _ENDLESS % f"{number} {n}")
            except (OSError, ValueError):
                return


def _hang_up_with(link: socket.socket, stop: threading.Event) -> None:
    stop.wait()
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def p99(port: int, datasets: int, seconds: float, hostile: int) -> float:
    """The 99th percentile of look-ups in milliseconds, beside so many hostile connections."""
    stop, times = threading.Event(), list[float]()
    crowd = [threading.Thread(target=_attack, args=(port, n, stop)) for n in range(hostile)]
    others = [
        threading.Thread(target=_look_up, args=(port, datasets, n * 1_000_000, seconds, times))
        for n in range(_CONNECTIONS)
    ]
    for thread in (*crowd, *others):
        thread.start()
    for thread in others:
        thread.join()
    stop.set()
    for thread in crowd:
        thread.join()
    return 1000 * statistics.quantiles(times, n=100)[98]


def run(
    of: Prepared, seconds: float, connections: tuple[int, ...] = (4, 16), deadline: float = 30.0
) -> Iterator[Row]:
    """A row for each number of hostile connections; queries end at the deadline (seconds)."""
    with servers.ours(of, deadline) as server:
        p99(server.port, of.datasets, 3.0, 0)  # warm up
        for hostile in connections:
            alone = p99(server.port, of.datasets, seconds, 0)
            beside = p99(server.port, of.datasets, seconds, hostile)
            yield _row(of.datasets, hostile, alone, beside)


def _row(datasets: int, hostile: int, alone: float, beside: float) -> Row:
    return Row(
        work=f"p99 of look-ups beside {hostile} hostile connections",
        size=f"{datasets:,} datasets",
        against="the same without them",
        ours=beside,
        theirs=alone,
        unit="ms",
        ratio=beside / alone,
        target=f"≤ {_TARGET:g}",
        met=beside / alone <= _TARGET,
        detail="",
    )
