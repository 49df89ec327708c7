"""gunicorn's threaded worker with our errors and log, and how responses are sent from threads."""

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

_DRAIN = 1.0  # seconds for the rest of a refused request
_MAX_DRAINED = 1 << 20  # bytes of it
_READ_TIMEOUT = 10  # seconds a thread waits for more of a request
# Seconds a thread waits for a client to read more of a response (SO_SNDTIMEO).
SEND_TIMEOUT = pack("@ll", 30, 0)


class QuietThreadWorker(ThreadWorker):
    """gunicorn's `gthread`, which does not log who sent an invalid request."""

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        """Answer a request that is not HTTP, or too long. Its sender is not logged: privacy."""
        if isinstance(exc, LimitRequestLine):
            _refuse_uri(client, self.endpoint().pool.instance.base)
        else:
            super().handle_error(req, client, ("-", -1), exc)  # type: ignore[no-untyped-call]

    def init_process(self) -> None:
        """Start; responses that are not read in time are not logged."""
        logging.getLogger("gunicorn.error").addFilter(_is_worth_logging)
        super().init_process()  # type: ignore[no-untyped-call]

    def endpoint(self) -> Endpoint:
        """The SPARQL endpoint."""
        return cast(Endpoint, cast("Flask", self.wsgi).wsgi_app)


def _is_worth_logging(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def _refuse_uri(client: socket.socket, base: str) -> None:
    """Answer that the request's URI is too long (414), and read the rest of it: closing a
    connection with unread bytes resets it, and the client may lose the answer."""
    hint = "Send the query by POST."
    problem = HttpProblem(414, f"a request URI may have at most {HEAD:,} bytes", hint=hint).problem
    reply = problem_response(problem, base)
    reply.headers.append(("Connection", "close"))
    with suppress(OSError):
        client.settimeout(_DRAIN)
        head = encode_response(reply)
        client.sendall(b"".join((head.status, date(int(time.time())), head.rest)))
        client.shutdown(socket.SHUT_WR)
        for _ in range(_MAX_DRAINED // HEAD):
            if not client.recv(HEAD):
                break


def unreader(conn: TConn) -> Any:
    """gunicorn's buffer of bytes that were read and not used; there once `init` was called."""
    return cast(Any, conn.parser).unreader


def send(conn: TConn, reply: EncodedResponse, body: bytes | IO[bytes] = b"") -> bool:
    """Send a response on a blocking connection; True when the connection may be kept."""
    conn.sock.sendall(b"".join((reply.status, date(int(time.time())), reply.rest)))
    if not isinstance(body, bytes):
        with body:
            conn.sock.sendfile(body)
    return not reply.last


def send_rest(conn: TConn, data: bytes, last: bool) -> bool:
    """Send the rest of a response; True when the connection may be kept."""
    conn.sock.sendall(data)
    return not last


@lru_cache(maxsize=1)
def date(_second: int) -> bytes:
    """The Date header of a second."""
    return f"Date: {formatdate(usegmt=True)}\r\n".encode()


class ReadTimeoutSocket:
    """A connection with a read timeout, so that a partial request does not occupy a thread for
    ever."""

    def __init__(self, connection: socket.socket, seconds: int = _READ_TIMEOUT) -> None:
        self._connection = connection
        timeout = pack("@ll", seconds, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)

    def recv(self, size: int) -> bytes:
        """The next bytes. Raises ConnectionResetError when none arrive in time."""
        try:
            return self._connection.recv(size)
        except BlockingIOError:
            raise ConnectionResetError(errno.ECONNRESET, "read timeout") from None
