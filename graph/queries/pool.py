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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph import errors, snapshots
from graph.errors import (
    ConfigError,
    EngineFailure,
    QueryError,
    QueryTimeout,
    QueueFull,
    SnapshotGone,
)
from graph.instance import Instance
from graph.queries.formats import FORMATS
from graph.queries.preflight import Shape, inspect
from graph.queries.query import Answer, Document, Limits, Query
from graph.queries.wire import ERROR, GONE, Header, Request, read_answer, send_request

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
        self,
        request: Query | Document,
        *,
        timeout: float | None = None,
        shape: Shape | None = None,
        snapshot: str = "",
        readable: tuple[str, ...] = (),
    ) -> Answer:
        """Run a request on a snapshot (by default the current one) and give its whole answer.

        `timeout` in seconds is capped by the pool's own; waiting for a worker counts. `shape` is
        the preflight's result where the caller has it already. `readable` are the restricted
        graphs that whoever asks may read; all others are hidden from the request.

        Raises QueryError in all its kinds, and ConfigError before the first publication.
        """
        allowed = self.limits.timeout
        deadline = time.monotonic() + (allowed if timeout is None else min(timeout, allowed))
        shape = self._look_at(request, shape)
        wanted = shape.fields() if shape and (shape.sources or shape.named) else None
        asked = (deadline, type(request).__name__, request.fields(), wanted, readable)
        for _ in range(2):
            try:
                return self._ask((snapshot or self.snapshot(), *asked), deadline)
            except _Again:
                self._check_kept(snapshot)
                if time.monotonic() >= deadline:
                    raise _timeout() from None
        raise EngineFailure(
            "the query used more memory than allowed or crashed the engine",
            hint=f"A query may use {self.limits.memory >> 20} MiB; ask for less at once.",
        )

    def _check_kept(self, snapshot: str) -> None:
        if snapshot and not (self.instance.snapshots / snapshot).is_dir():
            raise SnapshotGone(f"snapshot {snapshot} is kept no longer")

    def _look_at(self, request: Query | Document, shape: Shape | None) -> Shape | None:
        if isinstance(request, Query) and shape is None:
            return inspect(request.text, self.limits.text)
        return shape

    def _ask(self, message: Request, deadline: float) -> Answer:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                self._connect(connection, deadline)
                send_request(connection, message)
                return _answer(*read_answer(connection), str(message[0]))
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
    readable: tuple[str, ...] = (),
) -> Answer:
    """Run one request in a worker of its own, which is gone afterwards: for the command line."""
    with Pool.start(instance, workers=1, limits=limits) as pool:
        return pool.run(request, timeout=timeout, readable=readable)


def _answer(header: Header, body: bytes | int, snapshot: str) -> Answer:
    if header.status == GONE:
        raise _Again
    if isinstance(body, int):
        file = os.fdopen(body, "rb")
        file.seek(0)
        return Answer(FORMATS[header.format], header.length, file, snapshot, header.total)
    if header.status == ERROR:
        raise _error(json.loads(body))
    return Answer(FORMATS[header.format], header.length, body, snapshot, header.total)


def _error(told: dict[str, Any]) -> QueryError:
    kind: type[QueryError] = getattr(errors, told.pop("kind"))
    if "line" in told:  # a syntax error makes its own `where`
        del told["where"]
    return kind(told.pop("what"), **told)


def _nothing_published() -> ConfigError:
    return ConfigError("nothing is published yet", hint="Load a source with `ulzii load`.")


def _timeout() -> QueryTimeout:
    return QueryTimeout(
        "the query was not finished in time",
        hint="Narrow it, or try again when there is less load.",
    )
