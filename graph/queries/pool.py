"""The one entrance for queries.

`Pool.start` starts a supervisor with its workers; `Pool.run` may then be called from any thread
of this process and of those forked from it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph import errors, snapshots
from graph.errors import ConfigError, EngineFailure, QueryError, QueryTimeout, QueueFull
from graph.instance import Instance
from graph.queries.formats import find
from graph.queries.preflight import Shape, inspect
from graph.queries.query import Answer, Document, Limits, Query
from graph.queries.wire import Stream, frame
from graph.queries.worker import GONE

_SOCKET = "queries"


class Pointer:
    """The current snapshot's name, read again only when the pointer's file is another one."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._path = str(instance.snapshots / snapshots.POINTER)
        self._known: tuple[tuple[int, int], str] = ((0, 0), "")

    def name(self) -> str:
        """The current snapshot.

        Raises ConfigError before the first publication.
        """
        try:
            status = os.stat(self._path)  # noqa: PTH116 - a third of the time of Path.stat
        except FileNotFoundError:
            raise _nothing_published() from None
        mark, name = self._known
        if mark != (status.st_ino, status.st_mtime_ns):
            now = snapshots.current(self._instance)
            assert now is not None
            name = now.name
            self._known = ((status.st_ino, status.st_mtime_ns), name)
        return name


class _Again(Exception):
    """The worker died, or its snapshot went: ask once more."""


@dataclass(slots=True)
class Pool:
    """A running pool of query workers. Use as a context manager, or call `close`."""

    instance: Instance
    limits: Limits
    workers: int
    folder: Path
    _supervisor: subprocess.Popen[bytes]
    _pointer: Pointer
    _address: str
    _owner: int

    @classmethod
    def start(
        cls, instance: Instance, *, workers: int | None = None, limits: Limits | None = None
    ) -> Pool:
        """Start a supervisor and its workers (by default one more than processors)."""
        limits = limits or Limits()
        workers = workers or (os.cpu_count() or 1) + 1
        folder = Path(tempfile.mkdtemp(prefix="ulzii-"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / _SOCKET))
            listener.listen(limits.queue)
            given = {
                "listener": listener.fileno(),
                "root": str(instance.root.absolute()),
                "base": instance.base,
                "limits": asdict(limits),
                "folder": str(folder),
                "workers": workers,
            }
            supervisor = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.supervisor", json.dumps(given)],
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
            )
        address = str(folder / _SOCKET)
        return cls(
            instance, limits, workers, folder, supervisor, Pointer(instance), address, os.getpid()
        )

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop supervisor and workers, and remove the socket.

        Does nothing in a process forked from the one that started the pool.
        """
        if os.getpid() != self._owner:
            return
        self._supervisor.terminate()
        self._supervisor.wait()
        assert self._supervisor.stdin is not None
        self._supervisor.stdin.close()
        (self.folder / _SOCKET).unlink(missing_ok=True)
        self.folder.rmdir()

    def alive(self) -> bool:
        """Whether somebody listens on the socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.setblocking(False)
            try:
                connection.connect(self._address)
            except BlockingIOError:
                return True
            except OSError:
                return False
            return True

    def snapshot(self) -> str:
        """The name of the snapshot that the next query will be asked of.

        Raises ConfigError before the first publication.
        """
        return self._pointer.name()

    def run(
        self, request: Query | Document, *, timeout: float | None = None, shape: Shape | None = None
    ) -> Answer:
        """Run a request on the current snapshot and give its whole answer.

        `timeout` in seconds is capped by the pool's own; waiting for a worker counts. `shape` is
        the preflight's result where the caller has it already.

        Raises QueryError in all its kinds, and ConfigError before the first publication.
        """
        allowed = self.limits.timeout
        deadline = time.monotonic() + (allowed if timeout is None else min(timeout, allowed))
        message = {"deadline": deadline, **self._message(request, shape)}
        for _ in range(2):
            try:
                return self._ask({"snapshot": self.snapshot(), **message}, deadline)
            except _Again:
                if time.monotonic() >= deadline:
                    raise _timeout() from None
        raise EngineFailure(
            "the query used more memory than allowed or crashed the engine",
            hint=f"A query may use {self.limits.memory >> 20} MiB; ask for less at once.",
        )

    def _message(self, request: Query | Document, shape: Shape | None) -> dict[str, Any]:
        if isinstance(request, Document):
            return {"document": request.fields()}
        shape = shape or inspect(request.text, self.limits.text)
        if len(shape.sources) < 2:  # the worker can do without
            return {"query": request.fields()}
        return {"query": request.fields(), "shape": shape.fields()}

    def _ask(self, message: Mapping[str, Any], deadline: float) -> Answer:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                self._connect(connection, deadline)
                connection.sendall(frame(message))
                return _answer(Stream(connection), str(message["snapshot"]))
            except TimeoutError:  # closing the connection ends the worker
                raise _timeout() from None
            except (EOFError, ConnectionError):
                raise _Again from None

    def _connect(self, connection: socket.socket, deadline: float) -> None:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            connection.connect(self._address)
        except BlockingIOError:
            raise QueueFull("too many queries are waiting", hint="Try again later.") from None
        except (FileNotFoundError, ConnectionRefusedError):
            raise EngineFailure("the query workers are not running") from None


def run_once(
    instance: Instance,
    request: Query | Document,
    *,
    timeout: float | None = None,
    limits: Limits | None = None,
) -> Answer:
    """Run one request in a worker of its own, which is gone afterwards: for the command line."""
    with Pool.start(instance, workers=1, limits=limits) as pool:
        return pool.run(request, timeout=timeout)


def _answer(stream: Stream, snapshot: str) -> Answer:
    header = stream.message()
    if header["status"] == GONE:
        raise _Again
    if header["status"] != "ok":
        raise _error(header)
    chosen = find(header["kind"], header["format"])
    assert chosen is not None
    length = int(header["length"])
    body = os.fdopen(stream.descriptors.pop(), "rb") if header.get("file") else stream.take(length)
    if not isinstance(body, bytes):
        body.seek(0)
    return Answer(chosen, length, body, snapshot, header.get("total", 0))


def _error(header: dict[str, Any]) -> QueryError:
    kind: type[QueryError] = getattr(errors, header.pop("status"))
    if "line" in header:  # a syntax error makes its own `where`
        del header["where"]
    return kind(header.pop("what"), **header)


def _nothing_published() -> ConfigError:
    return ConfigError("nothing is published yet", hint="Load a source with `ulzii load`.")


def _timeout() -> QueryTimeout:
    return QueryTimeout(
        "the query was not finished in time",
        hint="Narrow it, or try again when there is less load.",
    )
