"""A timeout of a whole HTTP request.

The timeouts of an HTTP client limit each wait for data, so a server that sends a byte now and then
can keep a request open for ever.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class TotalTimeout:
    """Ends a request that takes too long, by shutting down its connection.

    Use as a context manager, once. Pass `trace` as the `trace` extension of httpx2; the request
    must have a connection of its own. `expired` says afterwards whether the time was up.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(max(0.0, seconds), self._expire)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self.expired = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection, which httpx2 reports as an event."""
        if event == "connection.connect_tcp.complete":
            self._socket = info["return_value"].get_extra_info("socket")
            if self.expired:  # before there was a connection to close
                self._shut_down()

    def _expire(self) -> None:
        self.expired = True
        self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                # not SSLSocket.shutdown, which drops the TLS state that another thread is using
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> TotalTimeout:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
