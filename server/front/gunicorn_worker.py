"""gunicorn's threads: what of their work is done otherwise here, and how replies leave."""

from __future__ import annotations

import errno
import logging
import socket
import time
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from struct import pack
from typing import IO, TYPE_CHECKING, Any, cast

from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import TConn, ThreadWorker

from server.cache.raw_request_cache import EncodedResponse, encode_response
from server.front.request_parser import HEAD
from server.http.messages import problem_response
from server.http.problem_details import HttpProblem
from server.sparql.endpoint import Endpoint

if TYPE_CHECKING:
    from flask import Flask

_FAREWELL = 1.0  # seconds for the rest of what is refused
_MOST_REST = 1 << 20  # bytes of it
_STALLED = 10  # seconds a thread waits for more of a request
UNREAD = pack("@ll", 30, 0)  # seconds it waits for any of a reply to be read (SO_SNDTIMEO)


class QuietThreadWorker(ThreadWorker):
    """gunicorn's `gthread`, which tells nothing of whoever sent nonsense."""

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        """Answer a request that is no HTTP, or too long; nothing of who sent it is logged."""
        if isinstance(exc, LimitRequestLine):
            _refuse_address(client, self.endpoint().pool.instance.base)
        else:
            super().handle_error(req, client, ("-", -1), exc)  # type: ignore[no-untyped-call]

    def init_process(self) -> None:
        """Begin; replies that nobody reads are no news."""
        logging.getLogger("gunicorn.error").addFilter(_is_news)
        super().init_process()  # type: ignore[no-untyped-call]

    def endpoint(self) -> Endpoint:
        """What answers queries."""
        return cast(Endpoint, cast("Flask", self.wsgi).wsgi_app)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def _refuse_address(client: socket.socket, base: str) -> None:
    """Say that an address is too long, and let the rest of it come, so that the answer is not lost
    when the connection is closed before it is read."""
    hint = "Send the query by POST."
    problem = HttpProblem(414, f"an address has at most {HEAD:,} bytes", hint=hint).problem
    reply = problem_response(problem, base)
    reply.headers.append(("Connection", "close"))
    with suppress(OSError):
        client.settimeout(_FAREWELL)
        head = encode_response(reply)
        client.sendall(b"".join((head.status, date(int(time.time())), head.rest)))
        client.shutdown(socket.SHUT_WR)
        for _ in range(_MOST_REST // HEAD):
            if not client.recv(HEAD):
                break


def unreader(conn: TConn) -> Any:
    """What holds bytes that were read and not used; there once `init` was called."""
    return cast(Any, conn.parser).unreader


def send(conn: TConn, reply: EncodedResponse, body: bytes | IO[bytes] = b"") -> bool:
    """Send a reply on a connection that blocks; true where it may be kept."""
    conn.sock.sendall(b"".join((reply.status, date(int(time.time())), reply.rest)))
    if not isinstance(body, bytes):
        with body:
            conn.sock.sendfile(body)
    return not reply.last


def send_rest(conn: TConn, data: bytes, last: bool) -> bool:
    """Send what is left of a reply; true where the connection may be kept."""
    conn.sock.sendall(data)
    return not last


@lru_cache(maxsize=1)
def date(_second: int) -> bytes:
    """The header field of a second."""
    return f"Date: {formatdate(usegmt=True)}\r\n".encode()


class ReadTimeoutSocket:
    """A connection whose other side is given up when nothing of a request comes for a while, so
    that half a request does not keep a thread for ever."""

    def __init__(self, connection: socket.socket, seconds: int = _STALLED) -> None:
        self._connection = connection
        waits = pack("@ll", seconds, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, waits)

    def recv(self, most: int) -> bytes:
        """What comes next. Raises ConnectionResetError when nothing does: what came before is no
        whole request."""
        try:
            return self._connection.recv(most)
        except BlockingIOError:
            raise ConnectionResetError(errno.ECONNRESET, "it stalled") from None
