"""The server as a process, its descendants, and questions to it."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

import pytest

from graph.core.instance import Instance

DRIVER = Path(__file__).with_name("serve_driver.py")
ASK = "/sparql?query=" + quote("ASK { ?s ?p ?o }")
TRUE = b'{"head":{},"boolean":true}'
LARGE = f"SELECT (STR({'9' * 3000}) AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 500} }} }}"
VALUES = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
FOR_EVER = f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}"


class Server:
    """A serving process and where it answers."""

    def __init__(
        self,
        instance: Instance,
        timeout: float = 5.0,
        errors: IO[bytes] | None = None,
        stall: float = 30.0,
    ) -> None:
        command = [sys.executable, str(DRIVER), str(instance.root), "0", str(timeout), str(stall)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        self.address = urlsplit(self.process.stdout.readline().strip())

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGINT)

    def connect(self) -> http.client.HTTPConnection:
        assert self.address.hostname
        assert self.address.port
        return http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=10)

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self.connect()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def send(self, data: bytes) -> socket.socket:
        """Raw bytes on a connection of their own."""
        assert self.address.hostname
        assert self.address.port
        raw = socket.create_connection((self.address.hostname, self.address.port), timeout=10)
        raw.sendall(data)
        return raw

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(15)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    found: set[int] = set()
    with contextlib.suppress(
        FileNotFoundError, ProcessLookupError
    ):  # a thread that ended meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found |= {int(child)} | descendants(int(child))
    return found


def gone(pids: set[int], seconds: float = 6.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def supervisor(server: Server) -> int:
    """The one that has workers; they are forked from it, so their command line is the same."""
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        found = [p for p in descendants(server.process.pid) if "supervisor" in _command(p)]
        if forked := [p for p in found if descendants(p)]:
            return forked[0]
        time.sleep(0.02)  # the workers of one that is new come after it
    raise AssertionError("no supervisor has workers")


def _command(pid: int) -> str:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8")
    return ""
