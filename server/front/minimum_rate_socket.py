"""A socket that resets the connection of a client that reads its response too slowly.

A thread that sends a large response waits for the client. A time limit on each `send` is not
enough: a client that reads one byte per second never reaches it. So a minimum rate is enforced, and
measured by the bytes that the client's system has acknowledged: the kernel's own send buffer takes
megabytes at once, then nothing for a long time.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import select
import socket
import sys
import termios
import time
from collections.abc import Callable
from struct import pack
from typing import Any, cast

from graph.catalogue.segments import Segments

PROGRESS_INTERVAL = 30.0  # seconds in which a client has to read MIN_PROGRESS
MIN_PROGRESS = 128 << 10  # bytes: four kilobytes a second, which the slowest mobile network carries
_CHUNK = 1 << 20  # bytes sent by one call
_WAIT = 0.5  # seconds between two checks of a client that reads nothing
_RESET = pack("ii", 1, 0)  # SO_LINGER: drop what is not sent, and reset the connection


class MinimumRateSocket(socket.socket):
    """A connection whose `sendall` and `sendfile` raise ConnectionResetError for slow readers."""

    __slots__ = ()

    @classmethod
    def adopt(cls, connection: socket.socket) -> MinimumRateSocket:
        """The same object, as one of this class."""
        # A new object of the same file costs 20 µs, which clients with a connection for each
        # query would notice.
        connection.__class__ = cls
        return cast(MinimumRateSocket, connection)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all bytes."""
        rest = memoryview(data).cast("B")
        self._transfer(
            len(rest),
            lambda done: self.send(rest[done : done + _CHUNK], flags | socket.MSG_DONTWAIT),
        )

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send `count` bytes of a file, or all from `offset` on; returns how many.

        Segments are sent whole.
        """
        if isinstance(file, Segments):
            return self._send_segments(file)
        try:
            source = file.fileno()
        except (AttributeError, io.UnsupportedOperation):  # not a file of the system
            return self._send_read(file, offset, count)
        length = os.fstat(source).st_size - offset if count is None else count
        return self._send_unblocked(
            length, lambda done: self._send_part(source, offset + done, length - done)
        )

    def _send_segments(self, segments: Segments) -> int:
        sent = self._send_unblocked(segments.length, lambda done: self._send_at(segments, done))
        if sent < segments.length:  # the client waits for the rest, and the next answer is none
            self._reset("a file is shorter than it was")
        return sent

    def _send_at(self, segments: Segments, done: int) -> int:
        segment, start = segments.at(done)
        if isinstance(segment, bytes):
            return self.send(memoryview(segment)[start : start + _CHUNK])
        return self._send_part(
            segment.file.fileno(), segment.offset + start, segment.length - start
        )

    def _send_unblocked(self, length: int, send: Callable[[int], int]) -> int:
        timeout = self.gettimeout()
        self.setblocking(False)
        try:
            return self._transfer(length, send)
        finally:
            self.settimeout(timeout)

    def _send_read(self, file: Any, offset: int, count: int | None) -> int:
        file.seek(offset)
        data = file.read() if count is None else file.read(count)
        self.sendall(data)
        return len(data)

    def _send_part(self, source: int, offset: int, rest: int) -> int:
        return os.sendfile(self.fileno(), source, offset, min(rest, _CHUNK))

    def _transfer(self, length: int, send: Callable[[int], int]) -> int:
        """Call `send` with the number of bytes that are sent, until all are."""
        done, progress = 0, 0
        since = time.monotonic()
        while done < length:
            try:
                sent = send(done)
            except BlockingIOError:
                _wait_writable(self)
                read = done - self._queued()
                if read - progress >= MIN_PROGRESS:
                    progress, since = read, time.monotonic()
                elif time.monotonic() - since > PROGRESS_INTERVAL:
                    self._reset("the client reads too slowly")
                continue
            if not sent:  # the file is shorter than it was
                break
            done += sent
        return done

    def _queued(self) -> int:
        """The bytes that the kernel holds and the client's has not acknowledged."""
        with memoryview(bytearray(4)) as count:
            fcntl.ioctl(self.fileno(), termios.TIOCOUTQ, count)
            return int.from_bytes(count, sys.byteorder)

    def _reset(self, why: str) -> None:
        self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise ConnectionResetError(errno.ECONNRESET, why)


def _wait_writable(connection: socket.socket) -> None:
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    poll.poll(_WAIT * 1000)
