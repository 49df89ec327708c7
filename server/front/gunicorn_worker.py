"""gunicorn's threaded worker with our errors and log, and how responses are sent from threads."""

from __future__ import annotations

import errno
import socket
import threading
import time
from http import HTTPStatus
from struct import pack
from typing import IO, TYPE_CHECKING, Any, cast

from gunicorn.workers.gthread import TConn, ThreadWorker

from server.cache.raw_request_cache import EncodedResponse
from server.front.http_errors import MOST_KEPT, answer_to, asker, check_host, refusal, send_refusal
from server.http.messages import date_header
from server.sparql.endpoint import Endpoint

if TYPE_CHECKING:
    from flask import Flask

_READ_TIMEOUT = 10  # seconds a thread waits for more of a request


class QuietThreadWorker(ThreadWorker):
    """gunicorn's `gthread`, which does not log who sent an invalid request."""

    _received = threading.local()
    """Of a thread: the beginning of the request that it reads, as `bytes`."""

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        """Answer a request that could not be read. Its sender is not logged: privacy."""
        problem = refusal(exc)
        if problem.kind.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("Error handling a request", exc_info=exc)
        fields = asker(client, bytes(getattr(self._received, "bytes", b"")))
        send_refusal(client, answer_to(cast("Flask", self.wsgi), problem, fields))

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answer a request."""
        check_host(req)
        return bool(super().handle_request(req, conn))  # type: ignore[no-untyped-call]

    def endpoint(self) -> Endpoint:
        """The SPARQL endpoint."""
        return cast(Endpoint, cast("Flask", self.wsgi).wsgi_app)


def unreader(conn: TConn) -> Any:
    """gunicorn's buffer of bytes that were read and not used; there once `init` was called."""
    return cast(Any, conn.parser).unreader


def dated(reply: EncodedResponse) -> bytes:
    """The bytes of a response, with the time."""
    return b"".join((reply.status, date_header(int(time.time())), reply.rest))


def send(conn: TConn, reply: EncodedResponse, body: bytes | IO[bytes] = b"") -> bool:
    """Send a response on a blocking connection; True when the connection may be kept."""
    conn.sock.sendall(dated(reply))
    if not isinstance(body, bytes):
        with body:
            conn.sock.sendfile(body)
    return not reply.last


def send_rest(conn: TConn, data: bytes, last: bool) -> bool:
    """Send the rest of a response; True when the connection may be kept."""
    conn.sock.sendall(data)
    return not last


class ReadTimeoutSocket:
    """A connection with a read timeout, so that a partial request does not occupy a thread for
    ever. `received`: the beginning of the present request."""

    def __init__(self, connection: socket.socket, seconds: int = _READ_TIMEOUT) -> None:
        self._connection = connection
        self.received = bytearray()
        timeout = pack("@ll", seconds, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)

    def recv(self, size: int) -> bytes:
        """The next bytes. Raises ConnectionResetError when none arrive in time."""
        try:
            data = self._connection.recv(size)
        except BlockingIOError:
            raise ConnectionResetError(errno.ECONNRESET, "read timeout") from None
        if len(self.received) < MOST_KEPT:
            self.received += data
        return data
