"""Start a pool: its folder, its sockets, and the supervisor's process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from graph.core.instance import Instance
from graph.queries.model.query import QueryLimits

SOCKET = "queries"  # in the folder: where workers take requests
_ENVIRONMENT = {
    # With backtraces the engine takes a second to abort when its memory is used up.
    "RUST_BACKTRACE": "0",
    # It allocates and frees small blocks all the time: look-ups are a few per cent faster when
    # malloc caches more of them for each thread. (Only glibc reads this.)
    "GLIBC_TUNABLES": "glibc.malloc.tcache_max=8192:glibc.malloc.tcache_count=64",
}


class Launched(NamedTuple):
    """A new pool's folder, its supervisor, and the web processes' ends of the socket pairs."""

    folder: Path
    supervisor: subprocess.Popen[bytes]
    socketpairs: tuple[socket.socket, ...]


def launch(instance: Instance, limits: QueryLimits, workers: int, socketpairs: int) -> Launched:
    """Start a supervisor that keeps `workers` workers, which listen on a Unix socket in the pool's
    folder and on `socketpairs` socket pairs."""
    folder = Path(tempfile.mkdtemp(prefix="ulzii-"))
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(socketpairs)]
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        worker_ends = [stack.enter_context(end).fileno() for _, end in pairs]
        listener.bind(str(folder / SOCKET))
        listener.listen(limits.queue)
        arguments = {
            "listener": listener.fileno(),
            "root": str(instance.root.absolute()),
            "base": instance.base,
            "remote": asdict(instance.remote) if instance.remote else None,
            "limits": asdict(limits),
            "folder": str(folder),
            "workers": workers,
            "socketpairs": worker_ends,
        }
        supervisor = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.supervisor", json.dumps(arguments)],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno(), *worker_ends],
            env=os.environ | _ENVIRONMENT,
        )
    return Launched(folder, supervisor, socketpairs=tuple(end for end, _ in pairs))
