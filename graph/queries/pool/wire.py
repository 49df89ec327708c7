"""What travels on the pool's Unix socket.

A client connects and sends a request: a tuple, marshalled, after its length. The worker that
accepts answers with a fixed header and the body: an error as JSON, or the answer, inline or as
the descriptor of an unlinked file. (Workers run untrusted queries, so nothing they send is
unmarshalled.) A client that no longer wants the answer closes the connection; while a query runs
the kernel then ends its worker (see `end_on_hang_up`).

Short requests of a web process go the same way as datagrams (`graph.queries.pool.datagrams`): the
marshalled tuple alone, and the answer after the request's ticket.
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
_HEADER = Struct("!BBBQQIH")
_TICKET = Struct("!Q")  # before the header in a datagram
DATAGRAM_BODY = 1 << 16  # bytes of a body that travel in one datagram,
DATAGRAM_REQUEST = 1 << 16  # and of a request
_CHUNK = 1 << 16  # bytes of one read: most requests and answers need no second one
_ONE_FILE = socket.CMSG_SPACE(4)

OK, ERROR, GONE = range(3)


class WireRequest(NamedTuple):
    """A request as plain values.

    `snapshot`: the snapshot's name. `deadline`: seconds of the monotonic clock. `ticket`: the
    request's number on the scoreboard. `kind`: see `graph.queries.model.query.REQUEST_KINDS`.
    `fields`: of the query or document. `info`: fields of QueryInfo, None unless FROM occurs.
    `readable`: the restricted graphs that the client may read.
    """

    snapshot: str
    deadline: float
    ticket: int
    kind: str
    fields: tuple[Any, ...]
    info: tuple[Any, ...] | None
    readable: tuple[str, ...]


class ResponseHeader(NamedTuple):
    """What comes before a body.

    `status`: OK, ERROR or GONE (the snapshot is no longer there). `format`: index in FORMATS.
    `file`: whether the body is a file. `length`: bytes of the body. `total`: statements there are.
    `worker_microseconds`: how long the worker took. `notices`: JSON, at most 64 KiB, or empty.
    """

    status: int
    format: int = 0
    file: bool = False
    length: int = 0
    total: int = 0
    worker_microseconds: int = 0
    notices: bytes = b""

    def pack(self) -> bytes:
        """The header as it travels: fixed fields, the length of the notices, and the notices."""
        *fields, notices = self
        return _HEADER.pack(*fields, len(notices)) + notices

    @classmethod
    def unpack(cls, data: bytes, at: int = 0) -> tuple[ResponseHeader, int]:
        """The header that begins at an offset, and the offset behind it.

        Raises EOFError if not all of it is there.
        """
        end = at + _HEADER.size
        if len(data) < end:
            raise EOFError
        *fields, length = _HEADER.unpack_from(data, at)
        if len(data) < end + length:
            raise EOFError
        return cls._make((*fields, data[end : end + length])), end + length


class NothingYet(Exception):
    """Not a byte of the answer has arrived."""


def dump_request(request: WireRequest) -> bytes:
    """A request as bytes."""
    return marshal.dumps(tuple(request))  # marshal refuses subclasses of tuple


def load_request(data: bytes | memoryview) -> WireRequest:
    """A request from its bytes."""
    return WireRequest._make(marshal.loads(data))


def send_request(connection: socket.socket, request: WireRequest) -> None:
    """Send a request on a connection."""
    data = dump_request(request)
    connection.sendall(_LENGTH.pack(len(data)) + data)


def read_request(connection: socket.socket) -> WireRequest:
    """The request on a connection.

    Raises EOFError when the other side has closed it.
    """
    data = _not_empty(connection.recv(_CHUNK))
    while len(data) < _LENGTH.size or len(data) - 4 < _LENGTH.unpack_from(data)[0]:
        data += _not_empty(connection.recv(_CHUNK))
    return load_request(memoryview(data)[4:])


def send_response(connection: socket.socket, header: ResponseHeader, body: bytes | int) -> None:
    """Send a header and a body, or the descriptor of the file that holds it."""
    head = header.pack()
    if isinstance(body, int):
        socket.send_fds(connection, [head], [body])  # a large body is not copied
    else:
        connection.sendall(head + body)


def send_datagram(
    socketpair: socket.socket, ticket: int, header: ResponseHeader, body: bytes | int
) -> None:
    """Send an answer as one datagram: its request's ticket, header, and body or descriptor."""
    head = _TICKET.pack(ticket) + header.pack()
    if isinstance(body, int):
        socket.send_fds(socketpair, [head], [body])
    else:
        socketpair.send(head + body)


def read_datagram(socketpair: socket.socket) -> tuple[int, ResponseHeader, bytes | int]:
    """The next answer: its request's ticket, header, and body or descriptor.

    Raises BlockingIOError when there is none.
    """
    data, control, _, _ = socketpair.recvmsg(_CHUNK << 1, _ONE_FILE)
    (ticket,) = _TICKET.unpack_from(data)
    header, end = ResponseHeader.unpack(data, _TICKET.size)
    if control:
        return ticket, header, int.from_bytes(control[0][2][:4], sys.byteorder)
    return ticket, header, data[end:]


def read_response(connection: socket.socket, deadline: float) -> tuple[ResponseHeader, bytes | int]:
    """The answer on a connection: header, and body or the descriptor of a file.

    Waits for its first byte as long as the connection's own timeout says, for the rest until the
    deadline. Raises NothingYet and TimeoutError accordingly, EOFError when the other side closes.
    """
    try:
        first, files, _, _ = socket.recv_fds(connection, _CHUNK, 1)
    except TimeoutError:
        raise NothingYet from None  # to be told apart from a time-out of the rest
    data = _not_empty(first)
    connection.settimeout(max(0.001, deadline - time.monotonic()))
    while True:
        try:
            header, begin = ResponseHeader.unpack(data)
            break
        except EOFError:  # not all of it yet
            data += _not_empty(connection.recv(_CHUNK))
    if header.file:
        return header, files[0]
    end = begin + header.length
    if len(data) < end:
        data = _read_to(connection, data, end)
    return header, data[begin:end]


def _read_to(connection: socket.socket, data: bytes, end: int) -> bytes:
    whole = bytearray(data)
    while len(whole) < end:
        whole += _not_empty(connection.recv(_CHUNK))
    return bytes(whole)


def _not_empty(data: bytes) -> bytes:
    if not data:
        raise EOFError
    return data


def end_on_hang_up(connection: socket.socket) -> bool:
    """Have the kernel end this process (SIGIO) when the other side closes the connection.

    False when it is closed already.
    """
    handle = connection.fileno()
    fcntl.fcntl(handle, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(handle, fcntl.F_SETFL, os.O_ASYNC)
    try:  # a hang-up from before F_SETFL sends no signal
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return True


def survive_hang_up(connection: socket.socket) -> None:
    """Undo `end_on_hang_up`."""
    fcntl.fcntl(connection.fileno(), fcntl.F_SETFL, 0)
