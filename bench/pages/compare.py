"""The start page and the page of a table, beside Datasette with the same table.

python -m bench --only pages --sizes 1

Each request is of one client over one kept connection; ours and theirs take turns, since other work
changes the speed of a machine. One query worker and one web process of ours answer at a time, as
Datasette's single process does. Pages are warm: each was requested before. In the last row no page
was: each request asks for another part of the table (and Datasette for other rows).
"""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from zlib import crc32

from bench.pages import datasette
from bench.results import Measurement
from bench.servers import launch
from bench.servers.launch import Server, Unavailable
from graph.core.instance import Instance, open_instance

REQUESTS = 240  # of each page
_WARM = 20
_MOST = 1.5  # times as long as Datasette's
_DATASET = "/id/dataset/nso/DT_NSO_1001_109V1"
_TABLE = f"/table/{datasette.TABLE}"
_TYPES = ("total", "horse", "camel", "cattle", "sheep", "goat")
_HEADERS = {"Accept": "text/html", "Accept-Language": "en"}


class PageTimes(NamedTuple):
    """Milliseconds of each request, and the bytes of the last answer."""

    times: list[float]
    length: int

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return sorted(self.times)[int(0.95 * len(self.times))]

    def __str__(self) -> str:
        return f"median {statistics.median(self.times):.1f} ms, {self.length:,} bytes"


def run(folder: Path) -> Iterator[Measurement]:
    """Compare the pages of the bundled sources with Datasette's of one of their tables."""
    try:
        datasette.install()
    except Unavailable as error:
        against = f"Datasette: not installed: {error}"
        yield Measurement.unavailable("the start page", "0 observations", against, "ms")
        return
    instance = _demo(folder / "demo")
    with _ours(instance) as ours:
        database = folder / "table.db"
        rows = datasette.write(_get(_connect(ours), f"{_DATASET}.observations.csv"), database)
        with datasette.serve(database) as theirs:
            for work, target, paths in _pages():
                pair = _times(ours, theirs, paths)
                yield _measurement(work, f"{rows:,} observations", pair, target)


def _pages() -> Iterator[tuple[str, bool, Sequence[tuple[str, str]]]]:
    """The work, whether it has a target, and the paths of ours and of theirs for each request."""
    yield "the start page, 95th percentile", True, [("/", "/")] * REQUESTS
    page = (f"{_DATASET}.html", _TABLE)
    yield "the page of a table, 95th percentile", True, [page] * REQUESTS
    parts = [(f"{_DATASET}.html?{ours}", f"{_TABLE}?{theirs}") for ours, theirs in _parts()]
    yield "a part of the table that nobody asked for before, 95th percentile", False, parts


def _parts() -> list[tuple[str, str]]:
    """Other rows, columns and kinds of livestock of the table, in an order that mixes them."""
    found = []
    for language, kind, columns, page in product(("en", "mn"), _TYPES, range(1, 8), (1, 2)):
        fixed = {"fix.livestock-type": kind, "columns-page": columns, "page": page}
        ours = urlencode({"lang": language, **fixed})
        first = 1970 + 8 * columns - 8 + page
        theirs = {"livestock-type": kind, "refPeriod__gte": first, "_sort": "refArea"}
        found.append((ours, urlencode(theirs | {"_size": 100 if language == "en" else 90})))
    return sorted(found, key=_mixed)


def _mixed(pair: tuple[str, str]) -> int:
    """A number by which addresses are mixed, the same in every run."""
    return crc32(pair[0].encode())


def _times(
    ours: Server, theirs: Server, paths: Sequence[tuple[str, str]]
) -> tuple[PageTimes, PageTimes]:
    connections = _connect(ours), _connect(theirs)
    if len(set(paths)) == 1:
        for connection, path in zip(connections, paths[0], strict=True):
            for _ in range(_WARM):
                _get(connection, path)
    times: tuple[list[float], list[float]] = ([], [])
    lengths = [0, 0]
    for pair in paths:
        for side, (connection, path) in enumerate(zip(connections, pair, strict=True)):
            begun = time.perf_counter()
            body = _get(connection, path)
            times[side].append(1000 * (time.perf_counter() - begun))
            lengths[side] = len(body.encode())
    return PageTimes(times[0], lengths[0]), PageTimes(times[1], lengths[1])


def _measurement(
    work: str, size: str, pair: tuple[PageTimes, PageTimes], target: bool
) -> Measurement:
    ours, theirs = pair
    return Measurement(
        work=work,
        size=size,
        against=f"Datasette, {datasette.version()}",
        ours=ours.p95,
        theirs=theirs.p95,
        unit="ms",
        ratio=theirs.p95 / ours.p95,
        target=f"≥ {1 / _MOST:.2f}" if target else "",
        met=ours.p95 <= _MOST * theirs.p95 if target else None,
        detail=f"{len(ours.times)} requests in turns; ours {ours}; theirs {theirs}",
    )


def _demo(root: Path) -> Instance:
    """An instance with the bundled sources; made once where the folder is kept."""
    if not (root / "snapshots" / "current").exists():
        program = "from server.cli import main; main()"
        options = ["--data", str(root), "demo", "--no-serve", "--no-score"]
        subprocess.run([sys.executable, "-c", program, *options], check=True, capture_output=True)
    return open_instance(root)


def _ours(instance: Instance) -> AbstractContextManager[Server]:
    port = launch.free_port()
    command = launch.serve_command(instance, port, "--workers", "1")
    return launch.running("Ulzii", command, port, "/")


def _connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)


def _get(connection: http.client.HTTPConnection, path: str) -> str:
    connection.request("GET", path, headers=_HEADERS)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise ValueError(f"{path}: {answer.status}")
    return body
