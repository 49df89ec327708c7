"""Serving a scratch instance: one process, loopback alone."""

from __future__ import annotations

import os
from collections.abc import Callable

from graph.core.errors import ConfigError
from server.front.serve import GunicornApplication, listen
from server.scratch.app import ScratchApplication
from server.scratch.engine import InMemoryPool
from server.scratch.local import is_loopback
from server.sparql.endpoint import PATH

_THREADS = 8  # for connections that wait; the engine takes one request at a time


def serve(host: str, port: int, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve an empty scratch instance until told to stop. `on_ready` is called with the server's
    address once connections are taken.

    Raises ConfigError for a host that is not this machine's own, and when the port is not to be
    had.
    """
    if not is_loopback(host):
        raise ConfigError(
            "anybody may write a scratch instance, so it answers on a loopback address alone",
            where=host,
            hint="Leave --host out.",
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
            "timeout": 0,  # a query may take as long as it likes
            "graceful_timeout": 5,
            "limit_request_line": 8190,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": lambda _: on_ready(address) if on_ready else None,
            "worker_int": lambda _: os._exit(0),
        }
        GunicornApplication(ScratchApplication(InMemoryPool(address[:-1] + PATH)), options).run()  # type: ignore[no-untyped-call]
