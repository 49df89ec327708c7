"""An end to a call: time-outs of single waits do not stop an answer that drips steadily."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class TotalTimeout:
    """Ends a request that takes too long as a whole. Use as a context manager, once.

    `trace` goes with the request as httpx2's extension of that name; the request must have a
    connection of its own.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(max(0.0, seconds), self._stop)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self.over = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by the HTTP library what happens; the connection is what is wanted."""
        if event == "connection.connect_tcp.complete":
            self._socket = info["return_value"].get_extra_info("socket")
            if self.over:
                self._cut()

    def _stop(self) -> None:
        self.over = True
        self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> TotalTimeout:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
