"""What travels on the pool's Unix socket.

A client connects and sends one frame, the request. The worker that accepts answers with one
frame, the answer's header, and then the body: inline, or as the descriptor of an unlinked file
that comes along with the header. Whoever does not want the answer any more closes the
connection; while a query runs the kernel then ends its worker (see `end_on_hang_up`).
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Mapping
from struct import Struct
from typing import Any

_LENGTH = Struct("!I")
INLINE = 1 << 20
_CHUNK = 1 << 16
_encode = json.JSONEncoder(separators=(",", ":")).encode  # made once: `json.dumps` makes it anew


def frame(message: Mapping[str, Any]) -> bytes:
    """A JSON object behind its length."""
    data = _encode(message).encode("ascii")
    return _LENGTH.pack(len(data)) + data


class Stream:
    """Reads exact lengths from a socket, and keeps the descriptors that come along.

    Raises EOFError when the other side is gone, TimeoutError by the socket's own timeout.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.descriptors: list[int] = []
        self._buffer = bytearray()

    def take(self, length: int) -> bytes:
        """The next `length` bytes."""
        while len(self._buffer) < length:
            data, found, _, _ = socket.recv_fds(self.connection, _CHUNK, 1)
            self.descriptors += found
            if not data:
                raise EOFError
            self._buffer += data
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def message(self) -> dict[str, Any]:
        """The next frame."""
        loaded: dict[str, Any] = json.loads(self.take(_LENGTH.unpack(self.take(4))[0]))
        return loaded


def end_on_hang_up(connection: socket.socket) -> bool:
    """Have the kernel end this process (SIGIO) when the other side closes the connection.

    False where it has done so already.
    """
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETFL, os.O_ASYNC)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True


def survive_hang_up(connection: socket.socket) -> None:
    """Undo `end_on_hang_up`."""
    fcntl.fcntl(connection, fcntl.F_SETFL, 0)
