"""Serves an instance in a process of its own, for tests: instance directory, port, timeout of a
query, and seconds after which a client that does not read is given up."""

import sys
from pathlib import Path

from graph.core.instance import open_instance
from graph.queries import QueryLimits
from server.front import minimum_rate_socket
from server.front.serve import serve

if __name__ == "__main__":
    root, port, timeout, stall = sys.argv[1:]
    minimum_rate_socket.PROGRESS_INTERVAL = float(stall)
    serve(
        open_instance(Path(root)),
        "127.0.0.1",
        int(port),
        workers=2,
        limits=QueryLimits(timeout=float(timeout)),
        on_ready=lambda address: print(address, flush=True),
    )
