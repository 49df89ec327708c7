"""Unique point look-ups over HTTP: our server beside the engine's own, on the same statements.

Both answer the same queries, each about another dataset, to the same clients in turn. The clients
are processes with plain sockets and kept-alive connections; they share the processors with the
servers, in both cases alike.
"""

from __future__ import annotations

import multiprocessing
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bench import synthetic
from graph.instance import Instance

_PROCESSES = 2
_CONNECTIONS = 4
_QUERY = "SELECT ?p ?o WHERE {{ <{iri}> ?p ?o }}"
_PATIENCE = 60.0


class Load(NamedTuple):
    """Which datasets one client process asks for: from `first`, below `end`."""

    port: int
    path: str
    first: int
    end: int
    seconds: float


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """A server process, from when its port answers until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server's port answers."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not answer")


def ours(instance: Instance, port: int) -> list[str]:
    """The command that serves an instance."""
    serve = "from server.cli import main; main()"
    data = ["--data", str(instance.root), "serve", "--port", str(port)]
    return [sys.executable, "-c", serve, *data]


def theirs(store: Path, port: int) -> list[str]:
    """The engine's own server on a store with the same named graphs."""
    program = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    place = ["--location", str(store), "--bind", f"127.0.0.1:{port}"]
    return [program, "serve-read-only", *place, "--union-default-graph"]


def rate(port: int, path: str, datasets: int, seconds: float) -> float:
    """Answers a second to unique look-ups."""
    share = datasets // _PROCESSES
    loads = [Load(port, path, n * share, (n + 1) * share, seconds) for n in range(_PROCESSES)]
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
    with socket.create_connection(("127.0.0.1", load.port)) as link, link.makefile("rb") as answers:
        for dataset in range(load.first + number, load.end, _CONNECTIONS):
            if time.perf_counter() > end:
                return answered
            link.sendall(_request(load.path, dataset))
            _read(answers.readline, answers.read)
            answered += 1
    return answered


def _request(path: str, dataset: int) -> bytes:
    query = quote(_QUERY.format(iri=synthetic.iri(dataset)), safe="")
    return (
        f"GET {path}?query={query} HTTP/1.1\r\nHost: bench\r\n"
        "Accept: application/sparql-results+json\r\n\r\n"
    ).encode()


def _read(line: Callable[[], bytes], read: Callable[[int], bytes]) -> None:
    """One whole answer, by its length or in chunks; anything but 200 is an error."""
    status = line().split()
    if not status or status[1] != b"200":
        raise RuntimeError(f"status {status}")
    headers = {}
    while text := line().strip():
        name, _, value = text.partition(b":")
        headers[name.lower()] = value.strip()
    if headers.get(b"transfer-encoding") == b"chunked":
        while size := int(line(), 16):
            read(size + 2)
        line()
    elif not read(int(headers[b"content-length"])):
        raise RuntimeError("an empty answer")
