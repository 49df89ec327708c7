"""Unique point look-ups over HTTP: our server beside the engine's own, on the same statements.

Both answer the same queries to the same clients, in turns: one measurement of ours, one of theirs,
and again. No query is asked twice: each is about another dataset, and where all had their turn a
number in a comment tells it from the one before. The clients share the processors with the servers,
in all cases alike, so there are two kinds: plain sockets and kept-alive connections, which cost
next to nothing, and what a script of a researcher uses (`bench.queries.sparqlwrapper`).
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
from bench.queries.clients import APART, look_up, read, request
from bench.results import Row
from bench.servers import launch
from bench.servers.launch import Server, Unavailable

_PROCESSES = 2
_CONNECTIONS = 4
_WORK = "unique look-ups over HTTP"
_STARTS = count(0, 8 * APART)  # of one measurement after the other: nobody's cache knows any
_OTHERS = {**launch.OTHERS, "bare WSGI": launch.wsgi}


class Load(NamedTuple):
    """What one client process asks for: datasets, of so many, from a number on."""

    server: Server
    datasets: int
    first: int
    seconds: float


class Kind(NamedTuple):
    """A kind of clients: what they do, their rate, and which ratio was promised."""

    work: str
    rate: Callable[[Server, int, int, float], float]
    targets: dict[str, float]


def run(of: Prepared, seconds: float, rounds: int, against: list[str]) -> Iterator[Row]:
    """Unique look-ups of ours and of others, by both kinds of clients."""
    for name in [*against, *(["bare WSGI"] if "Oxigraph" in against else [])]:
        try:
            with launch.ours(of) as us, _OTHERS[name](of) as them:
                for kind in KINDS:
                    yield _row(of, name, kind, _in_turns(kind, us, them, of, seconds, rounds))
        except Unavailable as why:
            yield Row(_WORK, of.size, f"{name}: {why}", 0, 0, "per second", 0, "", None, "")


def _in_turns(
    kind: Kind, us: Server, them: Server, of: Prepared, seconds: float, rounds: int
) -> alternating.Measured:
    def asked(server: Server, seconds: float) -> float:
        return kind.rate(server, of.datasets, next(_STARTS), seconds)

    asked(us, 1.0), asked(them, 1.0)  # warm
    return alternating.measure(lambda: asked(us, seconds), lambda: asked(them, seconds), rounds)


def _row(of: Prepared, name: str, kind: Kind, found: alternating.Measured) -> Row:
    aim = kind.targets.get(name)
    target, met = (f"≥ {aim}", found.ratio >= aim) if aim else ("", None)
    figures = (found.ours, found.theirs, "per second", found.ratio)
    return Row(kind.work, of.size, name, *figures, target, met, found.told)


def rate(server: Server, datasets: int, first: int, seconds: float) -> float:
    """Answers a second to unique look-ups, numbered from `first` on."""
    loads = [Load(server, datasets, first + n * APART, seconds) for n in range(_PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        return sum(pool.map(_client, loads))


def _client(load: Load) -> float:
    """Answers a second of one client process, until its time is up."""
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
    link = socket.create_connection(("127.0.0.1", load.server.port))
    with link, link.makefile("rb") as answers:
        for answered, asked in enumerate(count(load.first + number, _CONNECTIONS)):
            if time.perf_counter() > end:
                return answered
            link.sendall(request(load.server, look_up(asked, load.datasets)))
            read(answers.readline, answers.read)
    raise AssertionError("numbers do not end")


KINDS = (
    Kind(_WORK, rate, {"bare WSGI": 0.71}),
    Kind("unique look-ups by SPARQLWrapper", sparqlwrapper.rate, {"Oxigraph": 0.55}),
)
