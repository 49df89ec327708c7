"""What travels on the pool's Unix socket.

A client connects and sends a request: a tuple, marshalled, behind its length. The worker that
accepts answers with a fixed header and the body: an error as JSON, or the answer, inline or as
the descriptor of an unlinked file. (Workers run strangers' queries, so nothing they send is
unmarshalled.) Whoever does not want the answer any more closes the connection; while a query
runs the kernel then ends its worker (see `end_on_hang_up`).

Short requests of a web process go the same way as datagrams (`graph.queries.pool.datagrams`): the
marshalled tuple alone, and the answer behind the request's ticket.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import socket
import sys
import time
from struct import Struct
from typing import Any, NamedTuple

_LENGTH = Struct("!I")
_HEADER = Struct("!BBBQQI")
_LETTER = Struct("!QBBBQQI")  # a ticket before the header
DATAGRAM_BODY = 1 << 16  # bytes of a body that travel in one datagram,
DATAGRAM_REQUEST = 1 << 16  # and of a request
_CHUNK = 1 << 16
_ONE_FILE = socket.CMSG_SPACE(4)

OK, ERROR, GONE = range(3)
WireRequest = tuple[Any, ...]


class ResponseHeader(NamedTuple):
    """What comes before a body: OK, ERROR or GONE (the snapshot is); the format's place in the
    table of formats; whether the body is a file; its length; how many statements there are; how
    many microseconds it took."""

    status: int
    format: int = 0
    file: bool = False
    length: int = 0
    total: int = 0
    ran: int = 0


class NothingYet(Exception):
    """Not a byte of the answer is here."""


def send_request(connection: socket.socket, request: WireRequest) -> None:
    """Send a request of plain values."""
    data = marshal.dumps(request)
    connection.sendall(_LENGTH.pack(len(data)) + data)


def read_request(connection: socket.socket) -> WireRequest:
    """The request on a connection.

    Raises EOFError when the other side is gone.
    """
    data = _more(connection.recv(_CHUNK))
    while len(data) < _LENGTH.size or len(data) - 4 < _LENGTH.unpack_from(data)[0]:
        data += _more(connection.recv(_CHUNK))
    request: WireRequest = marshal.loads(memoryview(data)[4:])
    return request


def send_answer(connection: socket.socket, header: ResponseHeader, body: bytes | int) -> None:
    """Send a header and a body, or the descriptor of the file that holds it."""
    head = _HEADER.pack(*header)
    if isinstance(body, int):
        socket.send_fds(connection, [head], [body])
    else:
        connection.sendall(head + body)


def send_datagram(
    box: socket.socket, ticket: int, header: ResponseHeader, body: bytes | int
) -> None:
    """Send an answer as one datagram: its request's ticket, header, and body or descriptor."""
    head = _LETTER.pack(ticket, *header)
    if isinstance(body, int):
        socket.send_fds(box, [head], [body])
    else:
        box.send(head + body)


def read_datagram(box: socket.socket) -> tuple[int, ResponseHeader, bytes | int]:
    """The next answer: its request's ticket, header, and body or descriptor.

    Raises BlockingIOError where there is none.
    """
    data, control, _, _ = box.recvmsg(_CHUNK << 1, _ONE_FILE)
    ticket, *fields = _LETTER.unpack_from(data)
    if control:
        return ticket, ResponseHeader(*fields), int.from_bytes(control[0][2][:4], sys.byteorder)
    return ticket, ResponseHeader(*fields), data[_LETTER.size :]


def read_answer(connection: socket.socket, deadline: float) -> tuple[ResponseHeader, bytes | int]:
    """The answer on a connection: header and body, or the descriptor of a file.

    Waits for its beginning as long as the connection's own timeout says (NothingYet), for the
    rest until the deadline (TimeoutError). Raises EOFError when the other side is gone.
    """
    try:
        first, files, _, _ = socket.recv_fds(connection, _CHUNK, 1)
    except TimeoutError:
        raise NothingYet from None
    data = _more(first)
    connection.settimeout(max(0.001, deadline - time.monotonic()))
    while len(data) < _HEADER.size:
        data += _more(connection.recv(_CHUNK))
    header = ResponseHeader(*_HEADER.unpack_from(data))
    if header.file:
        return header, files[0]
    end = _HEADER.size + header.length
    if len(data) < end:
        data = _rest(connection, data, end)
    return header, data[_HEADER.size : end]


def _rest(connection: socket.socket, data: bytes, end: int) -> bytes:
    whole = bytearray(data)
    while len(whole) < end:
        whole += _more(connection.recv(_CHUNK))
    return bytes(whole)


def _more(data: bytes) -> bytes:
    if not data:
        raise EOFError
    return data


def end_on_hang_up(connection: socket.socket) -> bool:
    """Have the kernel end this process (SIGIO) when the other side closes the connection.

    False where it has done so already.
    """
    handle = connection.fileno()
    fcntl.fcntl(handle, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(handle, fcntl.F_SETFL, os.O_ASYNC)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True


def survive_hang_up(connection: socket.socket) -> None:
    """Undo `end_on_hang_up`."""
    fcntl.fcntl(connection.fileno(), fcntl.F_SETFL, 0)
