"""What travels on the pool's Unix socket.

A client connects and sends one frame: the request. The worker that accepts sends its process id
(four bytes) before it starts, then one frame: the answer's header, then the body, either inline
or as the descriptor of an unlinked file. The client closes the connection when it has the
answer or has given up, and only then does the worker accept again; so a process id never names a
worker that is already busy with somebody else's query.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from struct import Struct
from typing import Any

LENGTH = Struct("!I")
INLINE = 1 << 20
_CHUNK = 1 << 16


def frame(message: Mapping[str, Any]) -> bytes:
    """A JSON object behind its length."""
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return LENGTH.pack(len(data)) + data


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

    def number(self) -> int:
        """The next four bytes."""
        return int(LENGTH.unpack(self.take(LENGTH.size))[0])

    def message(self) -> dict[str, Any]:
        """The next frame."""
        loaded: dict[str, Any] = json.loads(self.take(self.number()))
        return loaded


def hung_up(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection."""
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
