"""Remote engines for the tests: `oxigraph serve` always, another one where ULZII_TEST_ENGINE names
it (the scripts in .ci/ do), and a server that does all that engines do wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.core.remote_settings import RemoteStoreSettings
from graph.ledger import create
from graph.store.authentication import CREDENTIALS_FILE

BASE = "https://example.mn/"
ENGINE = os.environ.get("ULZII_TEST_ENGINE", "oxigraph")
OXIGRAPH = Path(sys.executable).with_name("oxigraph")


@contextmanager
def running(folder: Path) -> Iterator[tuple[RemoteStoreSettings, str]]:
    """A running, empty engine and its credentials."""
    starts = {"oxigraph": _oxigraph, "virtuoso": _virtuoso, "fuseki": _fuseki}
    with starts[ENGINE](folder) as found:
        yield found


@contextmanager
def _oxigraph(folder: Path) -> Iterator[tuple[RemoteStoreSettings, str]]:
    address = f"127.0.0.1:{_free_port()}"
    command = [str(OXIGRAPH), "serve", "--location", str(folder), "--bind", address]
    with _process(command, f"http://{address}/query"):
        query, update, store = (f"http://{address}/{n}" for n in ("query", "update", "store"))
        yield RemoteStoreSettings(query, update, store, engine="oxigraph"), ""


@contextmanager
def _virtuoso(folder: Path) -> Iterator[tuple[RemoteStoreSettings, str]]:
    from bench.servers.virtuoso import PASSWORD, USER, Virtuoso

    with Virtuoso.start(folder) as engine:
        remote = RemoteStoreSettings(
            engine.query_url, engine.update_url, engine.graph_store_url, engine="virtuoso"
        )
        yield remote, f"{USER}:{PASSWORD}"


@contextmanager
def _fuseki(folder: Path) -> Iterator[tuple[RemoteStoreSettings, str]]:
    port = _free_port()
    command = ["java", "-jar", os.environ["FUSEKI_JAR"], "--localhost", f"--port={port}"]
    command += ["--update", "--mem", "/ds"]
    address = f"http://127.0.0.1:{port}/ds"
    with _process(command, f"{address}/query", folder):
        query, update, data = (f"{address}/{n}" for n in ("query", "update", "data"))
        yield RemoteStoreSettings(query, update, data, engine="fuseki"), ""


@contextmanager
def _process(command: list[str], url: str, folder: Path | None = None) -> Iterator[None]:
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, f"{url}?query=ASK%7B%7D")
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the engine did not start")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def instance_of(
    root: Path, remote: RemoteStoreSettings, secret: str = "", base: str = BASE
) -> Instance:
    """A new instance over an engine."""
    made = instances.create(root, base, remote)
    create(made)
    if secret:
        (made.keys / CREDENTIALS_FILE).touch(0o600)
        (made.keys / CREDENTIALS_FILE).write_text(secret)
    instances.write_config(made)
    return made
