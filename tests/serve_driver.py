"""Serves an instance in a process of its own, for tests: instance directory, port, timeout."""

import sys
from pathlib import Path

from graph.core.instance import open_instance
from graph.queries import QueryLimits
from server.front.serve import serve

if __name__ == "__main__":
    root, port, timeout = sys.argv[1:]
    serve(
        open_instance(Path(root)),
        "127.0.0.1",
        int(port),
        workers=2,
        limits=QueryLimits(timeout=float(timeout)),
        on_ready=lambda address: print(address, flush=True),
    )
