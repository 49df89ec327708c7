"""Room for connections in a web process, so that one client's idle ones cannot fill it."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

from gunicorn.workers.gthread import TConn


class PerClientConnectionLimit:
    """How many connections each client has. For one thread alone."""

    def __init__(self, most: int) -> None:
        """`most` is how many a client may have at once."""
        self._most = most
        self._held: Counter[str] = Counter()

    def enter(self, client: str) -> bool:
        """Count one more, where there is room for it; always where nobody knows whose it is (an
        empty name)."""
        if client and self._held[client] >= self._most:
            return False
        self._held[client] += 1
        return True

    def leave(self, client: str) -> None:
        """One less."""
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]


class LimitedConnection(TConn):
    """gunicorn's connection, which tells once that it is closed."""

    def __init__(
        self, cfg: Any, sock: socket.socket, client: Any, server: Any, closed: Callable[[], None]
    ) -> None:
        super().__init__(cfg, sock, client, server)  # type: ignore[no-untyped-call]
        self._closed: Callable[[], None] | None = closed

    def close(self, graceful: bool = False) -> None:
        """Close it."""
        super().close(graceful)  # type: ignore[no-untyped-call]
        closed, self._closed = self._closed, None
        if closed:
            closed()
