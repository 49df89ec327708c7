"""Rates of unique look-ups over HTTP, on our server and on others with the same statements.

The servers are measured alternately with the same queries and the same clients. No query is sent
twice: each is about another dataset, and has a number in a comment. The clients share the
processors with the servers, so there are two kinds: plain sockets with kept-alive connections,
which cost almost nothing, and SPARQLWrapper, as in a researcher's script
(`bench.queries.sparqlwrapper`).
"""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple

from bench.data.stores import Prepared
from bench.queries import alternating, sparqlwrapper
from bench.queries.clients import (
    NUMBERS_PER_CLIENT,
    encode_request,
    lookup_query,
    read_response,
)
from bench.results import Measurement
from bench.servers import launch
from bench.servers.launch import Server, Unavailable

_PROCESSES = 2
_CONNECTIONS = 4
_WORK = "unique look-ups over HTTP"
_STARTS = count(
    0, 8 * NUMBERS_PER_CLIENT
)  # first number of each measurement: no number is used twice
_OTHERS = {**launch.OTHERS, "bare WSGI": launch.bare_wsgi}


class Load(NamedTuple):
    """The work of one client process: look-ups numbered from `first` on, for some seconds."""

    server: Server
    datasets: int
    first: int
    seconds: float


class ClientKind(NamedTuple):
    """A kind of client: its name in the results, its rate, and the target ratios by opponent."""

    work: str
    rate: Callable[[Server, int, int, float], float]
    targets: dict[str, float]


def run(
    prepared: Prepared, seconds: float, rounds: int, against: list[str]
) -> Iterator[Measurement]:
    """Unique look-ups on ours and on others, by both kinds of clients."""
    for name in [*against, *(["bare WSGI"] if "Oxigraph" in against else [])]:
        try:
            with launch.ours(prepared) as us, _OTHERS[name](prepared) as them:
                for kind in KINDS:
                    yield _row(
                        prepared, name, kind, _compare(kind, us, them, prepared, seconds, rounds)
                    )
        except Unavailable as why:
            yield Measurement.unavailable(_WORK, prepared.size, f"{name}: {why}", "per second")


def _compare(
    kind: ClientKind, us: Server, them: Server, prepared: Prepared, seconds: float, rounds: int
) -> alternating.Comparison:
    def rate_of(server: Server, seconds: float) -> float:
        return kind.rate(server, prepared.datasets, next(_STARTS), seconds)

    rate_of(us, 1.0), rate_of(them, 1.0)  # warm up
    return alternating.compare(lambda: rate_of(us, seconds), lambda: rate_of(them, seconds), rounds)


def _row(
    prepared: Prepared, name: str, kind: ClientKind, comparison: alternating.Comparison
) -> Measurement:
    target = kind.targets.get(name)
    return Measurement(
        work=kind.work,
        size=prepared.size,
        against=name,
        ours=comparison.ours,
        theirs=comparison.theirs,
        unit="per second",
        ratio=comparison.ratio,
        target=f"≥ {target}" if target else "",
        met=comparison.ratio >= target if target else None,
        detail=comparison.detail,
    )


def rate(server: Server, datasets: int, first: int, seconds: float) -> float:
    """The rate per second of unique look-ups numbered from `first` on."""
    loads = [
        Load(server, datasets, first + n * NUMBERS_PER_CLIENT, seconds) for n in range(_PROCESSES)
    ]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        return sum(pool.map(_client, loads))


def _client(load: Load) -> float:
    """The rate per second of one client process."""
    counts = [0] * _CONNECTIONS
    begun = time.perf_counter()
    failures: list[str] = []
    barrier = threading.Barrier(_CONNECTIONS)

    def run(number: int) -> None:
        try:
            barrier.wait()
            counts[number] = _connection(load, number)
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(_CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return sum(counts) / (time.perf_counter() - begun)


def _connection(load: Load, number: int) -> int:
    end = time.perf_counter() + load.seconds
    connection = socket.create_connection(("127.0.0.1", load.server.port))
    with connection, connection.makefile("rb") as answers:
        for answered, lookup in enumerate(count(load.first + number, _CONNECTIONS)):
            if time.perf_counter() > end:
                return answered
            connection.sendall(encode_request(load.server, lookup_query(lookup, load.datasets)))
            read_response(answers.readline, answers.read)
    raise AssertionError("numbers do not end")


KINDS = (
    ClientKind(_WORK, rate, {"bare WSGI": 0.71}),
    ClientKind("unique look-ups by SPARQLWrapper", sparqlwrapper.rate, {"Oxigraph": 0.55}),
)
