"""gunicorn's threaded worker with a short way for the plainest of requests: `GET /sparql?…`.

Most requests are such look-ups, and gunicorn's way through poller, thread pool, parser and WSGI
costs more than the look-up. Anything but a plain GET without a body, in one piece, goes the
ordinary way with its bytes put back; so nothing here decides where a request ends.
"""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from struct import pack
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import TConn, ThreadWorker

from server import permanent
from server.caching.front import Ready, ready
from server.callers import Caller
from server.endpoint import PATH, Endpoint
from server.exchange import Asked, problem_reply
from server.problems import HttpProblem

if TYPE_CHECKING:
    from flask import Flask

_START = f"GET {PATH}?".encode()
_VERSION = b" HTTP/1.1"
_END = b"\r\n\r\n"
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_ADDRESS = re.compile(rb"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]+")
_HEAD = 8190  # bytes of a request's head; also the most that is read at once
_FIRST = 0.05  # seconds to wait for a connection's first request here
_LINGER = 0.02  # seconds a thread waits for a connection's next request
_FAREWELL = 1.0  # seconds for the rest of what is refused
_MOST_REST = 1 << 20  # bytes of it
_TURN = 100  # requests after which a connection gives its thread to others
_ORDINARY = frozenset(
    b"authorization content-length transfer-encoding upgrade expect te trailer"
    b" http2-settings prefer timeout".split()
)
_CHOOSING = (b"accept", b"if-none-match", b"accept-encoding")


class Lookup(NamedTuple):
    """What matters of a plain GET."""

    address: str
    asked: Asked
    forwarded: str = ""
    name: str = ""


def plain(data: bytes) -> Lookup | None:
    """A plain GET of the endpoint in exactly these bytes, or None for all else."""
    if not data.startswith(_START) or data.find(_END) != len(data) - len(_END):
        return None
    line, *headers = data[: -len(_END)].split(b"\r\n")
    address = line[len(_START) : -len(_VERSION)]
    if not line.endswith(_VERSION) or not _ADDRESS.fullmatch(address):
        return None
    fields = _fields(headers)
    if fields is None or b"host" not in fields:
        return None
    accept, known, codings = (_text(fields, name) for name in _CHOOSING)
    asked = address.decode("ascii")
    chosen = Asked(accept, known, codings, address=permanent.alone(asked))
    return Lookup(asked, chosen, _text(fields, b"x-forwarded-for"), _text(fields, b"query-id"))


def _text(fields: dict[bytes, bytes], name: bytes) -> str:
    return fields[name].decode("latin-1") if name in fields else ""


def _fields(headers: list[bytes]) -> dict[bytes, bytes] | None:
    """Header fields by name; None where one of them needs the ordinary way."""
    fields: dict[bytes, bytes] = {}
    for header in headers:
        name, _, value = header.partition(b":")
        name, value = name.lower(), value.strip(b" \t")
        strange = not _NAME.fullmatch(name) or b"\r" in value or b"\n" in value or b"\0" in value
        if strange or name in fields or name in _ORDINARY:
            return None
        if name == b"connection" and value.lower() != b"keep-alive":
            return None
        fields[name] = value
    return fields


class Worker(ThreadWorker):
    """gunicorn's `gthread`, faster for look-ups."""

    def handle(self, conn: TConn) -> object:
        """Answer a connection's requests; true when it is to be kept."""
        try:
            if self._waits(conn) and self._look_up(conn):
                return True
        except OSError:  # the client is gone
            return False
        except Exception:  # the ordinary way meets it again, answers 500 and logs it
            self.log.debug("Look-up failed", exc_info=True)
        return super().handle(conn)  # type: ignore[no-untyped-call]

    def handle_error(
        self, req: object, client: socket.socket, addr: object, exc: Exception
    ) -> None:
        """Answer a request that is no HTTP, or too long; nothing of who sent it is logged."""
        if isinstance(exc, LimitRequestLine):
            _refuse_address(client, self._endpoint().pool.instance.base)
        else:
            super().handle_error(req, client, ("-", -1), exc)  # type: ignore[no-untyped-call]

    def _endpoint(self) -> Endpoint:
        return cast(Endpoint, cast("Flask", self.wsgi).wsgi_app)

    def _waits(self, conn: TConn) -> bool:
        """Whether a request waits that nothing was read of yet."""
        if not (conn.initialized or conn.data_ready or conn.wait_for_data(_FIRST)):  # type: ignore[no-untyped-call]
            return False
        conn.sock.setblocking(True)
        conn.init()  # type: ignore[no-untyped-call]
        ordinary = self.cfg.is_ssl or conn.is_http2 or _unreader(conn).buf.getvalue()
        return bool(self.alive and not ordinary)

    def _look_up(self, conn: TConn) -> bool:
        """Answer look-ups one after another; false when the next one must go the ordinary way."""
        _linger(conn, _LINGER)
        try:
            return self._look_ups(conn)
        finally:
            _linger(conn, 0.0)

    def _look_ups(self, conn: TConn) -> bool:
        endpoint = self._endpoint()
        rest = _unreader(conn)
        data = conn.sock.recv(_HEAD)
        for _ in range(_TURN):
            if (kept := endpoint.results.front.get(data, endpoint.snapshot())) is not None:
                _send(conn, kept)
                endpoint.metrics.cached("bytes")
            else:
                rest.unread(data)
                if not self._answer(conn, endpoint, data):
                    return False
                rest.take_buffered()
            try:
                data = conn.sock.recv(_HEAD)
            except BlockingIOError:
                return True
        rest.unread(data)
        return True

    def _answer(self, conn: TConn, endpoint: Endpoint, data: bytes) -> bool:
        """Answer one request; false where it must go the ordinary way."""
        found = plain(data)
        if found is None:
            return False
        client = endpoint.callers.key(conn.client[0], found.forwarded)
        caller = Caller(client, conn.sock.fileno(), found.name)
        reply = endpoint.get(found.address, found.asked._replace(caller=caller))
        if reply is None:
            return False
        encoded = ready(reply)
        endpoint.results.front.put(data, reply, encoded)
        _send(conn, encoded, reply.body)
        return True


def _refuse_address(client: socket.socket, base: str) -> None:
    """Say that an address is too long, and let the rest of it come, so that the answer is not lost
    when the connection is closed before it is read."""
    hint = "Send the query by POST."
    problem = HttpProblem(414, f"an address has at most {_HEAD:,} bytes", hint=hint).problem
    reply = problem_reply(problem, base)
    reply.headers.append(("Connection", "close"))
    with suppress(OSError):
        client.settimeout(_FAREWELL)
        head = ready(reply)
        client.sendall(b"".join((head.status, _date(int(time.time())), head.rest)))
        client.shutdown(socket.SHUT_WR)
        for _ in range(_MOST_REST // _HEAD):
            if not client.recv(_HEAD):
                break


def _unreader(conn: TConn) -> Any:
    """What holds bytes that were read and not used; there once `init` was called."""
    return cast(Any, conn.parser).unreader


def _linger(conn: TConn, seconds: float) -> None:
    """How long reading may wait (0: for ever), as the kernel counts it: no call for each read."""
    whole, rest = divmod(int(seconds * 1e6), 1_000_000)
    conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, pack("@ll", whole, rest))


def _send(conn: TConn, reply: Ready, body: bytes | IO[bytes] = b"") -> None:
    conn.sock.sendall(b"".join((reply.status, _date(int(time.time())), reply.rest)))
    if not isinstance(body, bytes):
        with body:
            conn.sock.sendfile(body)


@lru_cache(maxsize=1)
def _date(_second: int) -> bytes:
    return f"Date: {formatdate(usegmt=True)}\r\n".encode()
