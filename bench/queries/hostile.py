"""Look-ups of one client while another sends queries that run to their deadline.

The hostile client has its own address and as many connections as it likes, and asks again as soon
as it is turned away. What counts is the 99th percentile of the other's look-ups, beside the same
without a hostile client.
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
from bench.queries.clients import read, request
from bench.results import Row
from bench.servers import launch
from bench.servers.launch import Server, Unavailable

_WIDE = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
_ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {_WIDE} }} # %s"
_LOOKUP = "SELECT ?p ?o { <%s> ?p ?o }"
_PAUSE = 0.02  # seconds between two look-ups of a connection: fifty a second
_CONNECTIONS = 2
_TARGET = 2.0
_MOST = 60.0  # seconds a look-up may take


def _send(link: socket.socket, server: Server, query: str) -> None:
    """Ask, and read the whole answer. Raises RuntimeError for all but 200."""
    link.sendall(request(server, query))
    with link.makefile("rb") as answer:
        read(answer.readline, answer.read)


def _look_up(server: Server, datasets: int, first: int, seconds: float, times: list[float]) -> None:
    end = time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", server.port), _MOST, ("127.0.2.1", 0)) as link:
        for n in range(first, 10**9):
            begun = time.monotonic()
            if begun > end:
                return
            mark = f"{_LOOKUP % synthetic.iri(n % datasets)} # {n}"
            try:
                _send(link, server, mark)
            except TimeoutError:
                times.append(_MOST)
                return
            times.append(time.monotonic() - begun)
            time.sleep(max(0.0, _PAUSE - (time.monotonic() - begun)))


def _attack(server: Server, number: int, stop: threading.Event) -> None:
    for n in range(10**9):
        if stop.is_set():
            return
        with socket.create_connection(("127.0.0.1", server.port), None, ("127.0.2.66", 0)) as link:
            threading.Thread(target=_hang_up_with, args=(link, stop), daemon=True).start()
            with suppress(RuntimeError):  # turned away
                try:
                    _send(link, server, _ENDLESS % f"{number} {n}")
                except (OSError, ValueError):
                    return


def _hang_up_with(link: socket.socket, stop: threading.Event) -> None:
    stop.wait()
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def p99(server: Server, datasets: int, seconds: float, hostile: int) -> float:
    """The 99th percentile of look-ups in milliseconds, beside so many hostile connections."""
    stop, times = threading.Event(), list[float]()
    crowd = [threading.Thread(target=_attack, args=(server, n, stop)) for n in range(hostile)]
    others = [
        threading.Thread(target=_look_up, args=(server, datasets, n * 1_000_000, seconds, times))
        for n in range(_CONNECTIONS)
    ]
    for thread in (*crowd, *others):
        thread.start()
    for thread in others:
        thread.join()
    stop.set()
    for thread in crowd:
        thread.join()
    return 1000 * (statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0])


def run(
    of: Prepared,
    seconds: float,
    against: Sequence[str] = (),
    connections: tuple[int, ...] = (4, 16),
    deadline: float = 30.0,
) -> Iterator[Row]:
    """A row for each number of hostile connections, where queries end at the deadline (seconds);
    then the least of them against other servers, which may know no deadline."""
    found: dict[int, float] = {}
    with launch.ours(of, deadline) as server:
        p99(server, of.datasets, 3.0, 0)  # warm up
        for hostile in connections:
            alone = p99(server, of.datasets, seconds, 0)
            found[hostile] = p99(server, of.datasets, seconds, hostile)
            yield _row(of.datasets, hostile, alone, found[hostile])
    for name in against:
        try:
            with launch.OTHERS[name](of) as server:
                yield _beside(of.datasets, connections[0], found[connections[0]], server, seconds)
        except (Unavailable, RuntimeError) as why:
            print(f"{name}: {why}", file=sys.stderr)


def _beside(datasets: int, hostile: int, ours: float, server: Server, seconds: float) -> Row:
    p99(server, datasets, 3.0, 0)
    alone = p99(server, datasets, seconds, 0)
    theirs = p99(server, datasets, seconds, hostile)
    told = f"{alone:.2f} ms without them"
    if theirs >= 1000 * _MOST:
        told += f"; beside them no answer in {_MOST:g} s"
    work = f"p99 of look-ups beside {hostile} hostile connections"
    size = f"{datasets:,} datasets"
    return Row(work, size, server.name, ours, theirs, "ms", theirs / ours, "", None, told)


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
