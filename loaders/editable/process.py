"""A write in a process of its own, so that validating and storing never slow down a server.

The process is forked from one that has imported all that a write needs (`preloaded`) and does
nothing else: a new interpreter would take several times as long as a small write. It may be killed
at any moment, as any load may; the next writer removes or completes what it left
(graph.publication.recovery).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from graph.core import errors, sandbox
from graph.core.errors import EngineFailure, QueryTimeout, UlziiError
from graph.core.instance import Instance, open_instance
from loaders.editable.write import WriteLimits, WriteOutcome, WriteRequest, write

MAX_SECONDS = 900.0  # a write that takes longer hangs
_CHECK_EVERY = 1.0  # seconds
_CHECK_FIRST = "Check what is published before you try again."

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", f"{__package__}.preloaded"])
# Process.start() polls all other children, which must not be closed in between
_CHILDREN_LOCK = threading.Lock()


def run(instance: Instance, request: WriteRequest, limits: WriteLimits) -> WriteOutcome:
    """Run a write in another process, and wait for it.

    Raises what `write` raises, QueryTimeout after MAX_SECONDS, and EngineFailure when the process
    died or the server was killed.
    """
    server = os.getppid()  # before the process starts: that may take a second the first time
    with _child(instance.root.absolute(), request, limits) as connection:
        _wait(connection, server, time.monotonic() + MAX_SECONDS)
        return _receive(connection)


def _wait(connection: Connection, server: int, deadline: float) -> None:
    while not connection.poll(_CHECK_EVERY):
        if time.monotonic() > deadline:
            raise QueryTimeout("the write exceeded its time limit", hint="Write less at once.")
        # A web process finishes its requests when its parent is killed; a write may take minutes.
        if os.getppid() != server:
            raise EngineFailure("the server was killed", hint=_CHECK_FIRST)


@contextmanager
def _child(root: Path, request: WriteRequest, limits: WriteLimits) -> Iterator[Connection]:
    """Start the process, and give the connection it sends its result to; kill it at the end."""
    receiver, sender = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_main, args=(sender, root, request, limits), name="write")
    with receiver:
        with sender, _CHILDREN_LOCK:
            process.start()
        try:
            yield receiver
        finally:
            process.kill()
            with _CHILDREN_LOCK:
                process.join()
                process.close()


def _receive(connection: Connection) -> WriteOutcome:
    try:
        result: dict[str, Any] = connection.recv()
    except EOFError:
        raise EngineFailure(
            "the process of the write died",
            hint=_CHECK_FIRST,
        ) from None
    if "error" in result:
        raise errors.from_dict(result["error"])
    return WriteOutcome(**result)


def _main(connection: Connection, root: Path, request: WriteRequest, limits: WriteLimits) -> None:
    """The process, which ends with the process it was forked from, and so with the server."""
    sandbox.exit_with_parent(os.getppid())
    with connection, suppress(BrokenPipeError):
        connection.send(_result(root, request, limits))


def _result(root: Path, request: WriteRequest, limits: WriteLimits) -> dict[str, Any]:
    try:
        return asdict(write(open_instance(root), request, limits))
    except UlziiError as error:
        return {"error": errors.to_dict(error)}
    except Exception as error:  # a bug: its class, but nothing of what was written
        return {"error": errors.to_dict(UlziiError(f"the write failed: {type(error).__name__}"))}
