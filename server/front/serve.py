"""Serve an instance with gunicorn: some processes with threads, and one pool of query workers."""

from __future__ import annotations

import errno
import http.client
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.federation import Federation, Service
from graph.queries import Pool, QueryLimits
from server.app import create_app
from server.core import metrics
from server.core.settings import Settings
from server.front.accept_balance import ACCEPT_BALANCE
from server.front.warm_up import warm_up_later

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask import Flask

PROCESSES = 2
_INTERRUPTED = 128 + signal.SIGINT
# Together more threads than queries can run and wait: so the pool's queue is full before all
# threads are in use, and pages and /healthz still answer.
THREADS = 64
_LOOP = hasattr(select, "epoll")
_HIGHEST_PORT = 65535
_START_TIMEOUT = 30.0  # seconds
_PROBE = "/sparql?query=ASK%7B%7D"  # answered once both web and query workers run


class GunicornApplication(BaseApplication):
    """gunicorn for one application, configured by `options` alone."""

    def __init__(self, app: WSGIApplication, options: dict[str, Any]) -> None:
        self.app = app
        self.options = options
        super().__init__()  # type: ignore[no-untyped-call]

    def load_config(self) -> None:
        """Set the options; files and environment are not read."""
        for name, value in self.options.items():
            self.cfg.set(name, value)  # type: ignore[union-attr]

    def load(self) -> WSGIApplication:
        """The application."""
        return self.app

    def run(self) -> None:
        """Serve; raise SystemExit at the end: 0 after SIGTERM, 130 after Ctrl-C (SIGINT)."""
        arbiter = _Arbiter(self)  # type: ignore[no-untyped-call]
        try:
            arbiter.run()  # type: ignore[no-untyped-call]
        except SystemExit as end:
            raise SystemExit(_INTERRUPTED if arbiter.is_interrupted else end.code) from None


class _Arbiter(Arbiter):
    """gunicorn's, which remembers that Ctrl-C ended it."""

    is_interrupted = False

    def handle_int(self) -> None:
        """Stop at once."""
        self.is_interrupted = True
        super().handle_int()  # type: ignore[no-untyped-call]


def serve(
    instance: Instance,
    host: str,
    port: int,
    *,
    workers: int | None = None,
    limits: QueryLimits | None = None,
    settings: Settings | None = None,
    services: Sequence[Service] = (),
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, and then raise SystemExit, with no process left.

    `port`: 0 takes a free one.
    `workers`: number of query workers. `limits`: what one query may use.
    `services`: the endpoints that queries may call by SERVICE.
    `on_ready`: called with the server's URL once it answers.

    Raises ConfigError when it cannot listen on host and port.
    """
    with listen(host, port) as listener:
        address = _address(listener)
        settings = _with_public_url(settings or Settings(), instance, address)
        federation = Federation(services, endpoint=instance.names.endpoint) if services else None
        pool_of = Pool.start(
            instance,
            workers=workers,
            limits=limits,
            federation=federation,
            socketpairs=PROCESSES if _LOOP else 0,
        )
        with pool_of as pool:
            folder = pool.folder / "metrics"
            folder.mkdir(mode=0o700)
            metrics.share_between_processes(folder)
            app = create_app(instance, pool, settings)
            options = _options(listener, lambda _: _announce(listener, address, on_ready))
            options["post_fork"] = lambda _, worker: _on_fork(worker.age, app)
            options["child_exit"] = lambda _, worker: _on_exit(worker.age)
            GunicornApplication(app, options).run()


_BUSY = "Choose another with --port; with make: make demo PORT=9000."


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigError when it cannot listen on host and port."""
    if not 0 <= port <= _HIGHEST_PORT:
        hint = f"A port is a number from 0 (any free one) to {_HIGHEST_PORT}."
        raise ConfigError("there is no such port", where=f"{host}:{port}", hint=hint)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        hint = _BUSY if error.errno == errno.EADDRINUSE else ""
        raise ConfigError(
            f"cannot listen there: {error.strerror or error}", where=f"{host}:{port}", hint=hint
        ) from error


def _options(listener: socket.socket, when_ready: Callable[[object], None]) -> dict[str, Any]:
    return {
        "bind": f"fd://{os.dup(listener.fileno())}",
        "workers": PROCESSES,
        "worker_class": "server.front.event_loop.EventLoopWorker"
        if _LOOP
        else "server.front.gunicorn_worker.QuietThreadWorker",
        "threads": THREADS,
        "keepalive": 15,
        "graceful_timeout": 5,
        "limit_request_line": 8190,
        "loglevel": "error",  # warnings contain addresses of clients, and what they sent
        "control_socket_disable": True,
        "when_ready": when_ready,
        "worker_int": _exit_now,
    }


def _on_fork(number: int, app: Flask) -> None:
    warm_up_later(app)
    metrics.use_row(number)
    ACCEPT_BALANCE.use_row(number)


def _on_exit(number: int) -> None:
    metrics.free_row(number)
    ACCEPT_BALANCE.free_row(number)


def _exit_now(_: object) -> None:
    """Stop a web process at once on Ctrl-C: its threads may still wait for queries."""
    os._exit(0)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _with_public_url(settings: Settings, instance: Instance, address: str) -> Settings:
    """Settings with the address of the service: instance.toml's, else where it listens."""
    found = settings.public_url or instance.public_url or loopback_url(address)
    return replace(settings, public_url=found)


def loopback_url(address: str) -> str:
    """The URL of a server on this machine; one that listens on all addresses is at localhost."""
    return address.replace("://0.0.0.0:", "://localhost:").replace("://[::]:", "://localhost:")


def _announce(
    listener: socket.socket, address: str, on_ready: Callable[[str], None] | None
) -> None:
    if on_ready is not None:
        host, port = listener.getsockname()[:2]
        arguments = (_reachable(host), port, lambda: on_ready(address))
        threading.Thread(target=_wait_until_ready, args=arguments, daemon=True).start()


def _reachable(host: str) -> str:
    """The address by which to reach a server that listens on all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _wait_until_ready(host: str, port: int, on_ready: Callable[[], None]) -> None:
    end = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(host, port, timeout=_START_TIMEOUT)
        try:
            # The server closes: a web process forked meanwhile would keep our end open.
            connection.request("GET", _PROBE, headers={"Connection": "close"})
            connection.getresponse().read()
            return on_ready()
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    return None
