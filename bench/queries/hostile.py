"""Look-ups of one client while another client sends queries that run to their deadline.

The hostile client has its own IP address and several connections, and sends the next query as soon
as one is refused. Measured is the 99th percentile of the first client's look-ups, with and without
the hostile client.
"""

from __future__ import annotations

import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from bench.data import synthetic
from bench.data.stores import Prepared
from bench.queries.clients import encode_request, read_response
from bench.results import Measurement
from bench.servers import launch
from bench.servers.launch import Server, Unavailable

_WIDE = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
_ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {_WIDE} }} # %s"
_LOOKUP = "SELECT ?p ?o { <%s> ?p ?o }"
_PAUSE = 0.02  # seconds between two look-ups of a connection: fifty a second
_CONNECTIONS = 2
_TARGET = 2.0
_LOOKUP_TIMEOUT = 60.0  # seconds a look-up may take


def _send(connection: socket.socket, server: Server, query: str) -> None:
    """Send a query and read the response. Raises RuntimeError unless the status is 200."""
    connection.sendall(encode_request(server, query))
    with connection.makefile("rb") as answer:
        read_response(answer.readline, answer.read)


def _look_up(server: Server, datasets: int, first: int, seconds: float, times: list[float]) -> None:
    end = time.monotonic() + seconds
    with socket.create_connection(
        ("127.0.0.1", server.port), _LOOKUP_TIMEOUT, ("127.0.2.1", 0)
    ) as connection:
        for n in range(first, 10**9):
            begun = time.monotonic()
            if begun > end:
                return
            mark = f"{_LOOKUP % synthetic.iri(n % datasets)} # {n}"
            try:
                _send(connection, server, mark)
            except TimeoutError:
                times.append(_LOOKUP_TIMEOUT)
                return
            times.append(time.monotonic() - begun)
            time.sleep(max(0.0, _PAUSE - (time.monotonic() - begun)))


def _attack(server: Server, number: int, stop: threading.Event) -> None:
    for n in range(10**9):
        if stop.is_set():
            return
        with socket.create_connection(
            ("127.0.0.1", server.port), None, ("127.0.2.66", 0)
        ) as connection:
            threading.Thread(target=_close_when, args=(connection, stop), daemon=True).start()
            with suppress(RuntimeError):  # refused
                try:
                    _send(connection, server, _ENDLESS % f"{number} {n}")
                except (OSError, ValueError):
                    return


def _close_when(connection: socket.socket, stop: threading.Event) -> None:
    stop.wait()
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def p99(server: Server, datasets: int, seconds: float, hostile: int) -> float:
    """The 99th percentile of look-ups in milliseconds, with `hostile` hostile connections."""
    stop, times = threading.Event(), list[float]()
    attackers = [threading.Thread(target=_attack, args=(server, n, stop)) for n in range(hostile)]
    others = [
        threading.Thread(target=_look_up, args=(server, datasets, n * 1_000_000, seconds, times))
        for n in range(_CONNECTIONS)
    ]
    for thread in (*attackers, *others):
        thread.start()
    for thread in others:
        thread.join()
    stop.set()
    for thread in attackers:
        thread.join()
    return 1000 * (statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0])


def run(
    prepared: Prepared,
    seconds: float,
    against: Sequence[str] = (),
    connections: tuple[int, ...] = (4, 16),
    deadline: float = 30.0,
) -> Iterator[Measurement]:
    """A row for each number of hostile connections, then other servers with the first number.

    `deadline` is the time limit of a query in seconds; other servers may have none.
    """
    found: dict[int, float] = {}
    with launch.ours(prepared, deadline) as server:
        p99(server, prepared.datasets, 3.0, 0)  # warm up
        for hostile in connections:
            alone = p99(server, prepared.datasets, seconds, 0)
            found[hostile] = p99(server, prepared.datasets, seconds, hostile)
            yield _row(prepared.datasets, hostile, alone, found[hostile])
    for name in against:
        try:
            with launch.OTHERS[name](prepared) as server:
                yield _beside(
                    prepared.datasets, connections[0], found[connections[0]], server, seconds
                )
        except (Unavailable, RuntimeError) as why:
            print(f"{name}: {why}", file=sys.stderr)


def _beside(
    datasets: int, hostile: int, ours: float, server: Server, seconds: float
) -> Measurement:
    p99(server, datasets, 3.0, 0)
    alone = p99(server, datasets, seconds, 0)
    theirs = p99(server, datasets, seconds, hostile)
    detail = f"{alone:.2f} ms without them"
    if theirs >= 1000 * _LOOKUP_TIMEOUT:
        detail += f"; beside them no answer in {_LOOKUP_TIMEOUT:g} s"
    return Measurement(
        work=f"p99 of look-ups beside {hostile} hostile connections",
        size=f"{datasets:,} datasets",
        against=server.name,
        ours=ours,
        theirs=theirs,
        unit="ms",
        ratio=theirs / ours,
        detail=detail,
    )


def _row(datasets: int, hostile: int, alone: float, beside: float) -> Measurement:
    return Measurement(
        work=f"p99 of look-ups beside {hostile} hostile connections",
        size=f"{datasets:,} datasets",
        against="the same without them",
        ours=beside,
        theirs=alone,
        unit="ms",
        ratio=beside / alone,
        target=f"≤ {_TARGET:g}",
        met=beside / alone <= _TARGET,
    )
