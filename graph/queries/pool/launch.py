"""Starting a pool: its folder, its sockets, and the supervisor's process."""

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
    # The engine would take a second to say on which lines its memory ended.
    "RUST_BACKTRACE": "0",
    # It takes and frees small pieces all the time: look-ups are some hundredths shorter when the C
    # library keeps more of them at hand. (Only glibc reads this.)
    "GLIBC_TUNABLES": "glibc.malloc.tcache_max=8192:glibc.malloc.tcache_count=64",
}


class Launched(NamedTuple):
    """A new pool's folder, its supervisor, and this side's end of each box."""

    folder: Path
    supervisor: subprocess.Popen[bytes]
    boxes: tuple[socket.socket, ...]


def launch(instance: Instance, limits: QueryLimits, workers: int, boxes: int) -> Launched:
    """Start a supervisor, which keeps so many workers and listens to so many boxes."""
    folder = Path(tempfile.mkdtemp(prefix="ulzii-"))
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(boxes)]
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        theirs = [stack.enter_context(theirs).fileno() for _, theirs in pairs]
        listener.bind(str(folder / SOCKET))
        listener.listen(limits.queue)
        given = {
            "listener": listener.fileno(),
            "root": str(instance.root.absolute()),
            "base": instance.base,
            "remote": asdict(instance.remote) if instance.remote else None,
            "limits": asdict(limits),
            "folder": str(folder),
            "workers": workers,
            "boxes": theirs,
        }
        supervisor = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.supervisor", json.dumps(given)],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno(), *theirs],
            env=os.environ | _ENVIRONMENT,
        )
    return Launched(folder, supervisor, tuple(ours for ours, _ in pairs))
