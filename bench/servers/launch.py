"""The servers that are measured, each over the same statements and behind one address.

Ours; the engine's own (`oxigraph serve-read-only`); `rdflib-endpoint`, what a Python programmer
would set up in ten lines, in an environment of its own; Virtuoso 7, where it is installed.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bench.data.stores import GRAPH, Prepared
from bench.servers.virtuoso import Virtuoso
from graph.core.instance import Instance

RDFLIB_ENDPOINT = "rdflib-endpoint[web]==0.6.3"
RDFLIB_MOST = 50_000  # datasets; it holds everything in memory, over 2 KiB a statement
_SERVE = Path(__file__).with_name("rdflib_server.py")
_PATIENCE = 1200.0


class Server(NamedTuple):
    """A running server; `path` is where queries go."""

    name: str
    port: int
    path: str

    def address(self, query: str) -> str:
        """The path of a query."""
        return f"{self.path}{'&' if '?' in self.path else '?'}query={quote(query, safe='')}"


class Unavailable(Exception):
    """A server that cannot be measured here, and why."""


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], port: int, path: str) -> Iterator[Server]:
    """A server process, from when its port answers until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield Server(name, port, path)
    finally:
        process.terminate()
        process.wait(60)


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
    raise Unavailable(f"{process.args!r} does not answer")


def command(instance: Instance, port: int, *options: str) -> list[str]:
    """The command that serves an instance."""
    program = "from server.cli import main; main()"
    data = ["--data", str(instance.root), "serve", "--port", str(port)]
    return [sys.executable, "-c", program, *data, *options]


@contextmanager
def ours(of: Prepared, seconds: float = 600.0) -> Iterator[Server]:
    """Our server, with so many seconds for a query."""
    port = free_port()
    asked = command(of.instance, port, "--timeout", str(seconds))
    with running("Ulzii", asked, port, "/sparql") as server:
        yield server


@contextmanager
def oxigraph(of: Prepared) -> Iterator[Server]:
    """The engine's own server; its default graph is the union, made for each query."""
    port = free_port()
    program = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    place = ["--location", str(of.plain), "--bind", f"127.0.0.1:{port}"]
    command = [program, "serve-read-only", *place, "--union-default-graph"]
    with running("Oxigraph", command, port, "/query") as server:
        yield server


@contextmanager
def rdflib(of: Prepared) -> Iterator[Server]:
    """rdflib-endpoint over a graph in memory.

    Raises Unavailable where it cannot be installed or would not fit.
    """
    if of.datasets > RDFLIB_MOST:
        raise Unavailable("rdflib holds a graph in memory: this one does not fit")
    port = free_port()
    python = _environment(of.folder.parent / "rdflib-endpoint")
    command = [str(python), str(_SERVE), str(of.lines), str(port)]
    with running("rdflib-endpoint", command, port, "/") as server:
        yield server


def _environment(folder: Path) -> Path:
    """A Python with rdflib-endpoint, made on first use."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", RDFLIB_ENDPOINT]
        if subprocess.run(install).returncode:
            shutil.rmtree(folder)
            raise Unavailable(f"{RDFLIB_ENDPOINT} cannot be installed")
    return python


@contextmanager
def virtuoso(of: Prepared) -> Iterator[Server]:
    """Virtuoso 7, loaded now.

    Raises Unavailable where it is not installed.
    """
    if not shutil.which("virtuoso-t"):
        raise Unavailable("virtuoso-opensource-7 is not installed")
    folder = of.folder / "virtuoso"
    shutil.rmtree(folder, ignore_errors=True)
    with Virtuoso.start(folder, data=of.folder, memory=4 << 30) as engine:
        engine.load(of.lines, GRAPH.value)
        graph = quote(GRAPH.value, safe="")  # its default graph would be its own graphs too
        yield Server("Virtuoso", engine.http, f"/sparql?default-graph-uri={graph}")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def wsgi(of: Prepared) -> Iterator[Server]:
    """A bare WSGI application, in as many processes as ours, with threads as gunicorn needs them
    for connections that are kept."""
    port = free_port()
    options = ["--workers", "2", "--threads", "8", "--keep-alive", "15", "--log-level", "error"]
    place = ["--bind", f"127.0.0.1:{port}", f"bench.servers.wsgi_server:over('{of.plain}')"]
    command = [sys.executable, "-m", "gunicorn", *options, *place]
    with running("bare WSGI", command, port, "/sparql") as server:
        yield server


OTHERS = {"Oxigraph": oxigraph, "rdflib-endpoint": rdflib, "Virtuoso": virtuoso}
