"""A limit of connections per client, so that one client's idle ones cannot fill a web process."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import TConn


class PerClientConnectionLimit:
    """Counts the connections of each client. For one thread alone."""

    def __init__(self, limit: int) -> None:
        """`limit` is how many connections a client may have at once."""
        self._limit = limit
        self._open: Counter[str] = Counter()

    def acquire(self, client: str) -> bool:
        """Count a new connection; False when the client has too many.

        Always True for an unknown client (empty: the operator's proxy hides them).
        """
        if client and self._open[client] >= self._limit:
            return False
        self._open[client] += 1
        return True

    def release(self, client: str) -> None:
        """Count a connection as closed."""
        self._open[client] -= 1
        if not self._open[client]:
            del self._open[client]


class LimitedConnection(TConn):
    """gunicorn's connection, which calls `on_close` once when it is closed."""

    def __init__(
        self, cfg: Any, sock: socket.socket, client: Any, server: Any, on_close: Callable[[], None]
    ) -> None:
        super().__init__(cfg, sock, client, server)  # type: ignore[no-untyped-call]
        self._on_close: Callable[[], None] | None = on_close

    def close(self, graceful: bool = False) -> None:
        """Close the connection."""
        super().close(graceful)  # type: ignore[no-untyped-call]
        on_close, self._on_close = self._on_close, None  # gunicorn may close it twice
        if on_close:
            on_close()
