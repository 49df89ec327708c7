"""Answers as they are kept: in memory, or as an unlinked file."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, NamedTuple

from graph.queries.model.query import Notice
from server.http.content_coding import IDENTITY

_DESCRIPTORS = Path("/proc/self/fd")  # opening an entry gives a new position in the same file


class SpooledBody:
    """An unlinked file that several responses may send at the same time."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        """Close the file and keep a duplicate of its descriptor."""
        # A descriptor of our own: the garbage collector may drop file and body in any order.
        with file:
            self._descriptor = os.dup(file.fileno())
        self.length = length

    def __del__(self) -> None:
        os.close(self._descriptor)

    def open(self) -> IO[bytes]:
        """The file with its own position, at the beginning."""
        if _DESCRIPTORS.is_dir():
            return (_DESCRIPTORS / str(self._descriptor)).open("rb")
        body = os.pread(self._descriptor, self.length, 0)  # other systems share the position
        return io.BytesIO(body)


class StoredResponse(NamedTuple):
    """An answer in one content coding, its notices, and the seconds that a worker took for it."""

    tag: str
    snapshot: str
    coding: str
    body: bytes | SpooledBody
    worker_seconds: float = 0.0
    notices: tuple[Notice, ...] = ()

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.length

    @property
    def etag(self) -> str:
        """The strong validator."""
        return etag(self.tag, self.coding)

    def open(self) -> bytes | IO[bytes]:
        """The body to be sent."""
        return self.body if isinstance(self.body, bytes) else self.body.open()


def etag(tag: str, coding: str) -> str:
    """The strong validator of an answer in a content coding."""
    return f'"{tag}"' if coding == IDENTITY else f'"{tag}-{coding}"'
