"""Serving a scratch instance: one process, on a loopback address only."""

from __future__ import annotations

import os
from collections.abc import Callable

from graph.core.errors import ConfigError
from server.front.serve import GunicornApplication, listen
from server.scratch.app import ScratchApplication
from server.scratch.engine import InMemoryPool
from server.scratch.local import is_loopback
from server.sparql.endpoint import PATH

_THREADS = 8  # for waiting connections; requests are handled one at a time


def serve(host: str, port: int, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve an empty scratch instance until SIGINT or SIGTERM.

    `on_ready` is called with the server's URL once it accepts connections. Raises ConfigError for
    a host that is not a loopback address, or a port that is not available.
    """
    if not is_loopback(host):
        raise ConfigError(
            "a scratch instance can be written without a token, so it needs a loopback address",
            where=host,
            hint="Omit --host.",
        )
    with listen(host, port) as listener:
        shown, number = listener.getsockname()[:2]
        address = f"http://{f'[{shown}]' if ':' in shown else shown}:{number}/"
        options = {
            "bind": f"fd://{os.dup(listener.fileno())}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": _THREADS,
            "keepalive": 15,
            "timeout": 0,  # queries have no time limit
            "graceful_timeout": 5,
            "limit_request_line": 8190,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": lambda _: on_ready(address) if on_ready else None,
            "worker_int": lambda _: os._exit(0),
        }
        GunicornApplication(ScratchApplication(InMemoryPool(address[:-1] + PATH)), options).run()
