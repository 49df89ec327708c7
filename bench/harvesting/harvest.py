"""Fragments after a reload against making all, and a whole harvest against a file of its bytes.

The baselines of a harvest are one file of all its bytes, sent with `sendfile` over the same
loopback interface, and its pages as files, requested one by one by the same client.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.loading import load
from bench.mapping import peak
from bench.results import Measurement
from bench.servers import launch
from graph.catalogue import build, packs, schema
from graph.core.instance import Instance, open_instance
from graph.publication import projections
from graph.snapshots.staged import Staged

_NEXT = b"hydra:nextPage <"
_BLOCK = 1 << 20
_MADE = "made"  # marks a folder whose catalogue was published whole
_TURNS = 15


def run(datasets: int, folder: Path) -> Iterator[Measurement]:
    """Both measurements for one synthetic catalogue, which is made in `folder`.

    Of one that is there already only the harvest is measured: making the largest takes an hour.
    """
    size = f"{datasets:,} datasets"
    if not (folder / _MADE).exists():
        shutil.rmtree(folder / "data", ignore_errors=True)  # of a run that did not end
        instance = load.new_instance(folder)
        yield _fragments(size, _load(datasets, instance), instance)
        (folder / _MADE).touch()
    yield from _harvest(size, open_instance(folder / "data"))


def _load(datasets: int, instance: Instance) -> list[float]:
    """Publish the catalogue and one reload; how long the fragments of each took."""
    changed = frozenset(range(0, datasets, load.CHANGED_SHARE))
    with _timed_fragments() as seconds:
        load.load_version(instance, load.statements(datasets))
        load.load_version(instance, load.statements(datasets, changed))
    return seconds


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


def _harvest(size: str, instance: Instance) -> Iterator[Measurement]:
    """A harvest beside one file of its bytes, and beside its pages as files, in turns."""
    port, folder = launch.free_port(), instance.root / "pages"
    folder.mkdir(exist_ok=True)
    command = launch.serve_command(instance, port)
    start = f"http://127.0.0.1:{port}/catalog.ttl"
    with launch.running("Ulzii", command, port, "") as ours, launch.bare_files(folder) as bare:
        _wait(port)
        memory = [sum(peak.held(ours.pid))]
        count = sum(1 for page in enumerate(_walk(start), 1) if _keep(folder, *page))
        memory.append(sum(peak.held(ours.pid)))
        body = _joined(folder, count)
        ways = {
            "ours": Way(lambda: deque(_walk(start), 0), ours.pid),
            "pages": Way(lambda: deque(_fetch(bare.port, count), 0), bare.pid),
            "file": Way(lambda: _send_file(body)),
        }
        turns = _turns(ways)
        memory.append(sum(peak.held(ours.pid)))
    length = body.stat().st_size / 2**20
    held = ", ".join(f"{one:,.0f}" for one in memory)
    for way, against in _BASELINES.items():
        pairs = sorted(zip(turns["ours"], turns[way], strict=True), key=_ratio)
        own, baseline = pairs[len(pairs) // 2]
        used, least = (sum(pair[i].processor for pair in pairs) / len(pairs) for i in (0, 1))
        yield Measurement(
            work="whole harvest in Turtle",
            size=size,
            against=against,
            ours=length / own.seconds,
            theirs=length / baseline.seconds,
            unit="MiB/s",
            ratio=_ratio((own, baseline)),
            target="≥ 0.5",
            met=_ratio((own, baseline)) >= 0.5,
            detail=f"{count} pages, {length:,.0f} MiB: {own.seconds:.3f} s, the baseline"
            f" {baseline.seconds:.3f} s; ratios of {len(pairs)} turns from {_ratio(pairs[0]):.2f}"
            f" to {_ratio(pairs[-1]):.2f}; processor seconds of client and server {used:.3f}, the"
            f" baseline's {least:.3f}: {least / used:.2f}; memory of the server before a harvest,"
            f" after one, after all: {held} MiB",
        )


class Way(NamedTuple):
    """A way to get all pages, and the server that it asks."""

    run: Callable[[], object]
    pid: int = 0

    def processor(self) -> float:
        """Processor seconds of client and server until now."""
        server = peak.processor_seconds(self.pid) if self.pid else 0.0
        return time.process_time() + server


class Turn(NamedTuple):
    """What getting all pages once took: time, and processor time of client and server."""

    seconds: float
    processor: float


def _ratio(pair: tuple[Turn, Turn]) -> float:
    return pair[1].seconds / pair[0].seconds


_BASELINES = {
    "file": "a file of the same bytes, by sendfile",
    "pages": "the same pages as files, by sendfile from a bare WSGI application",
}


def _keep(folder: Path, number: int, page: bytes) -> int:
    return (folder / str(number)).write_bytes(page)


def _joined(folder: Path, count: int) -> Path:
    """All pages in one file, which is in the page cache of the system then."""
    whole = folder / "all"
    with whole.open("wb") as file:
        for number in range(1, count + 1):
            file.write((folder / str(number)).read_bytes())
    return whole


def _turns(ways: dict[str, Way]) -> dict[str, list[Turn]]:
    """What each way takes, one after another, several times."""
    turns: dict[str, list[Turn]] = {name: [] for name in ways}
    for _ in range(_TURNS):
        for name, way in ways.items():
            used, begun = way.processor(), time.perf_counter()
            way.run()
            seconds = time.perf_counter() - begun
            turns[name].append(Turn(seconds, way.processor() - used))
    return turns


def _wait(port: int) -> None:
    """Wait until the server answers: its processes start after its port accepts."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()


def _walk(url: str) -> Iterator[bytes]:
    """The pages, by their next links."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    while url:
        parts = urlsplit(url)
        page = _get(connection, f"{parts.path}?{parts.query}")
        yield page
        url = _next(page)
        del page  # so that its memory holds the next one, as in `_fetch`
    connection.close()


def _next(page: bytes) -> str:
    """The link to the next page; empty on the last. It stands in the head of a page."""
    _, found, rest = page[: 1 << 14].partition(_NEXT)
    return rest[: rest.index(b">")].decode() if found else ""


def _fetch(port: int, count: int) -> Iterator[bytes]:
    """The pages as files."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    for number in range(1, count + 1):
        yield _get(connection, f"/{number}")
    connection.close()


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, (path, answer.status)
    return answer.read()


def _send_file(path: Path) -> None:
    """Receive a file that another thread sends; the bytes are in the page cache."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send() -> None:
            client, _ = server.accept()
            with client, path.open("rb") as file:
                client.sendfile(file)

        sender = threading.Thread(target=send)
        sender.start()
        with socket.create_connection(server.getsockname()[:2]) as client:
            while client.recv(_BLOCK):
                pass
        sender.join()
