"""Unique point look-ups over HTTP: our server beside the engine's own, on the same statements.

Both answer the same queries, each about another dataset, to the same clients in turn. The clients
are processes with plain sockets and kept-alive connections; they share the processors with the
servers, in both cases alike.
"""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

from bench import servers, synthetic
from bench.clients import read, request
from bench.rows import Row
from bench.servers import Server, Unavailable
from bench.stores import Prepared

_PROCESSES = 2
_CONNECTIONS = 4
_QUERY = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}"
_WORK = "unique look-ups over HTTP"
TARGETS = {"Oxigraph": 0.55, "bare WSGI": 0.71}
_OTHERS = {**servers.OTHERS, "bare WSGI": servers.wsgi}


class Load(NamedTuple):
    """Which datasets one client process asks for: from `first`, below `end`."""

    server: Server
    first: int
    end: int
    seconds: float


def run(of: Prepared, seconds: float, against: list[str]) -> Iterator[Row]:
    """Unique look-ups of ours and of others."""
    with servers.ours(of) as server:
        us = _warm_rate(server, of, seconds)
    for name in [*against, *(["bare WSGI"] if "Oxigraph" in against else [])]:
        try:
            with _OTHERS[name](of) as server:
                yield _row(of, name, us, _warm_rate(server, of, seconds))
        except Unavailable as why:
            yield Row(_WORK, of.size, f"{name}: {why}", 0, 0, "per second", 0, "", None, "")


def _row(of: Prepared, name: str, us: float, them: float) -> Row:
    ratio = us / them
    aim = TARGETS.get(name)
    target, met = (f"≥ {aim}", ratio >= aim) if aim else ("", None)
    return Row(_WORK, of.size, name, us, them, "per second", ratio, target, met, "")


def _warm_rate(server: Server, of: Prepared, seconds: float) -> float:
    rate(server, min(of.datasets, 400), 1.0)
    return rate(server, of.datasets, seconds)


def rate(server: Server, datasets: int, seconds: float) -> float:
    """Answers a second to unique look-ups."""
    share = datasets // _PROCESSES
    loads = [Load(server, n * share, (n + 1) * share, seconds) for n in range(_PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        return sum(pool.map(_client, loads))


def _client(load: Load) -> float:
    """Answers a second of one client process, until its time or its datasets are used up."""
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
    answered = 0
    link = socket.create_connection(("127.0.0.1", load.server.port))
    with link, link.makefile("rb") as answers:
        for dataset in range(load.first + number, load.end, _CONNECTIONS):
            if time.perf_counter() > end:
                return answered
            link.sendall(request(load.server, _QUERY.format(iri=synthetic.iri(dataset))))
            read(answers.readline, answers.read)
            answered += 1
    return answered
