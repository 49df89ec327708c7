"""Start the servers that are measured, each with the same statements.

Ours; the engine's own (`oxigraph serve-read-only`); `rdflib-endpoint` in a virtual
environment of its own; Virtuoso 7 if it is installed; a bare WSGI application.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bench.data.stores import GRAPH, Prepared
from bench.servers.virtuoso import Virtuoso
from graph.core.instance import Instance

RDFLIB_ENDPOINT = "rdflib-endpoint[web]==0.6.3"
RDFLIB_MAX_DATASETS = 50_000  # datasets; it holds everything in memory, over 2 KiB a statement
_RDFLIB_SERVER = Path(__file__).with_name("rdflib_server.py")
_START_TIMEOUT = 1200.0


class Server(NamedTuple):
    """A running server; `path` is the path of its SPARQL endpoint, `pid` its first process."""

    name: str
    port: int
    path: str
    pid: int = 0

    def target(self, query: str) -> str:
        """The request target (RFC 9112 §3.2) of a query."""
        return f"{self.path}{'&' if '?' in self.path else '?'}query={quote(query, safe='')}"


class Unavailable(Exception):
    """A server that cannot be measured here; the message says why."""


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], port: int, path: str) -> Iterator[Server]:
    """Run a server process until the block ends; the block starts when its port accepts."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield Server(name, port, path, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server's port accepts connections. Raises Unavailable."""
    end = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable(f"{process.args!r} does not answer")


def serve_command(instance: Instance, port: int, *options: str) -> list[str]:
    """The command that serves an instance."""
    program = "from server.cli import main; main()"
    data = ["--data", str(instance.root), "serve", "--port", str(port)]
    return [sys.executable, "-c", program, *data, *options]


@contextmanager
def ours(prepared: Prepared, seconds: float = 600.0) -> Iterator[Server]:
    """Our server; `seconds` is the time limit of a query."""
    port = free_port()
    arguments = serve_command(prepared.instance, port, "--timeout", str(seconds))
    with running("Ulzii", arguments, port, "/sparql") as server:
        yield server


@contextmanager
def oxigraph(prepared: Prepared) -> Iterator[Server]:
    """The engine's own server; the default graph is the union, computed for each query."""
    port = free_port()
    program = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    place = ["--location", str(prepared.plain), "--bind", f"127.0.0.1:{port}"]
    command = [program, "serve-read-only", *place, "--union-default-graph"]
    with running("Oxigraph", command, port, "/query") as server:
        yield server


@contextmanager
def rdflib_endpoint(prepared: Prepared) -> Iterator[Server]:
    """rdflib-endpoint with a graph in memory.

    Raises Unavailable if it cannot be installed or the graph is too large.
    """
    if prepared.datasets > RDFLIB_MAX_DATASETS:
        raise Unavailable("rdflib holds a graph in memory: this one does not fit")
    port = free_port()
    python = _environment(prepared.folder.parent / "rdflib-endpoint")
    command = [str(python), str(_RDFLIB_SERVER), str(prepared.lines), str(port)]
    with running("rdflib-endpoint", command, port, "/") as server:
        yield server


def _environment(folder: Path) -> Path:
    """The Python of a virtual environment with rdflib-endpoint, created on first use."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", RDFLIB_ENDPOINT]
        if subprocess.run(install).returncode:
            shutil.rmtree(folder)
            raise Unavailable(f"{RDFLIB_ENDPOINT} cannot be installed")
    return python


@contextmanager
def virtuoso(prepared: Prepared) -> Iterator[Server]:
    """Virtuoso 7, loaded before the block starts.

    Raises Unavailable if it is not installed.
    """
    if not shutil.which("virtuoso-t"):
        raise Unavailable("virtuoso-opensource-7 is not installed")
    folder = prepared.folder / "virtuoso"
    shutil.rmtree(folder, ignore_errors=True)
    with Virtuoso.start(folder, data=prepared.folder, memory=4 << 30) as engine:
        engine.load(prepared.lines, GRAPH.value)
        graph = quote(GRAPH.value, safe="")  # its default graph includes internal graphs
        yield Server("Virtuoso", engine.http, f"/sparql?default-graph-uri={graph}")
    shutil.rmtree(folder, ignore_errors=True)


def bare_wsgi(prepared: Prepared) -> AbstractContextManager[Server]:
    """A bare WSGI application over the engine."""
    return _gunicorn(f"over('{prepared.plain}')", "/sparql")


def bare_files(folder: Path) -> AbstractContextManager[Server]:
    """A bare WSGI application that sends the files of a folder."""
    return _gunicorn(f"files('{folder}')", "/")


@contextmanager
def _gunicorn(application: str, path: str) -> Iterator[Server]:
    """As many processes as ours; kept-alive connections need threads."""
    port = free_port()
    options = ["--workers", "2", "--threads", "8", "--keep-alive", "15", "--log-level", "error"]
    place = ["--bind", f"127.0.0.1:{port}", f"bench.servers.wsgi_server:{application}"]
    command = [sys.executable, "-m", "gunicorn", *options, *place]
    with running("bare WSGI", command, port, path) as server:
        yield server


OTHERS = {"Oxigraph": oxigraph, "rdflib-endpoint": rdflib_endpoint, "Virtuoso": virtuoso}
