"""Fragments after a reload against making all, and a whole harvest against a file of its bytes.

The baseline of a harvest is a server that sends one file with `sendfile` over the same loopback
interface, to the same client.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from urllib.parse import urlsplit

from bench.loading import load
from bench.results import Measurement
from bench.servers import launch
from graph.catalogue import build, packs, schema
from graph.core.instance import Instance
from graph.publication import projections
from graph.snapshots.staged import Staged

_NEXT = re.compile(rb"hydra:nextPage <([^>]+)>")
_BLOCK = 1 << 20


def run(datasets: int, folder: Path) -> Iterator[Measurement]:
    """Both measurements for one synthetic catalogue."""
    instance = load.new_instance(folder)
    changed = frozenset(range(0, datasets, load.CHANGED_SHARE))
    with _timed_fragments() as seconds:
        load.load_version(instance, load.statements(datasets))
        load.load_version(instance, load.statements(datasets, changed))
    size = f"{datasets:,} datasets"
    yield _fragments(size, seconds, instance)
    yield _harvest(size, instance)


@contextmanager
def _timed_fragments() -> Iterator[list[float]]:
    """Collect how long the fragments of each publication take, the store being finished."""
    seconds: list[float] = []

    def timed(staged: Staged, path: Path) -> None:
        _ = staged.store_path
        begun = time.perf_counter()
        build.build(staged, path)
        seconds.append(time.perf_counter() - begun)

    projections.PROJECTIONS[schema.SUFFIX] = timed
    try:
        yield seconds
    finally:
        projections.PROJECTIONS[schema.SUFFIX] = build.build


def _fragments(size: str, seconds: list[float], instance: Instance) -> Measurement:
    whole, reload = seconds
    ratio = reload / whole
    folder = instance.root / packs.FOLDER
    disk = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    memory = getrusage(RUSAGE_SELF).ru_maxrss / 2**10
    return Measurement(
        work="fragments after a reload, 0.4 % of datasets changed",
        size=size,
        against="making all fragments",
        ours=reload,
        theirs=whole,
        unit="seconds",
        ratio=ratio,
        target="≤ 0.05",
        met=ratio <= 0.05,
        detail=f"packs and lists {disk:,.0f} MiB, peak memory of the whole load {memory:,.0f} MiB",
    )


def _harvest(size: str, instance: Instance) -> Measurement:
    port = launch.free_port()
    command = launch.serve_command(instance, port)
    body = instance.root / "pages"
    with launch.running("Ulzii", command, port, ""), body.open("wb") as pages:
        _wait(port)
        begun = time.perf_counter()
        count = _walk(f"http://127.0.0.1:{port}/catalog.ttl", pages.write)
        ours = time.perf_counter() - begun
    length = body.stat().st_size
    theirs = _send_file(body)
    return Measurement(
        work="whole harvest in Turtle",
        size=size,
        against="a file of the same bytes, by sendfile",
        ours=length / ours / 2**20,
        theirs=length / theirs / 2**20,
        unit="MiB/s",
        ratio=theirs / ours,
        target="≥ 0.5",
        met=theirs / ours >= 0.5,
        detail=f"{count} pages, {length / 2**20:,.0f} MiB: {ours:.2f} s, the file {theirs:.2f} s",
    )


def _wait(port: int) -> None:
    """Wait until the server answers: its processes start after its port accepts."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()


def _walk(url: str, take: Callable[[bytes], object]) -> int:
    """Follow the next links; returns the number of pages."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    count = 0
    while url:
        parts = urlsplit(url)
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        assert answer.status == 200, (url, answer.status)
        page = answer.read()
        take(page)
        count += 1
        found = _NEXT.search(page, 0, 1 << 14)
        url = found[1].decode() if found else ""
    connection.close()
    return count


def _send_file(path: Path) -> float:
    """The time to receive a file that another thread sends; the bytes are in the page cache."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send() -> None:
            client, _ = server.accept()
            with client, path.open("rb") as file:
                client.sendfile(file)

        sender = threading.Thread(target=send)
        begun = time.perf_counter()
        sender.start()
        with socket.create_connection(server.getsockname()[:2]) as client:
            while client.recv(_BLOCK):
                pass
        sender.join()
        return time.perf_counter() - begun
