"""Holds a whole result before its first byte is sent.

A result is spooled whole so that an error half-way is still an HTTP error, never a truncated
response.
"""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from graph.core.errors import QueryTooLarge

INLINE = 1 << 20  # bytes of a result that stay in memory; larger ones go to a file


_HINT = "Narrow the query, or request the result in parts with ORDER BY, LIMIT and OFFSET."


def too_many_rows(max_rows: int) -> QueryTooLarge:
    """The error for a result with more than `max_rows` rows."""
    return QueryTooLarge(
        f"the result has over {max_rows:,} rows",
        hint=_HINT,
        message_mn=f"хариу {max_rows:,}-аас олон мөртэй",
    )


class ResultSpool:
    """A binary writer that holds small results in memory and moves large ones to an unlinked file.

    `write` raises QueryTooLarge for more than `max_bytes`. `max_rows` is the limit of rows or
    triples that the writers of formats observe (0: none). `inline` is the number of bytes to hold
    in memory. `started` is the time of creation by the monotonic clock.

    Not an `io.RawIOBase`, which would add a tenth to the time of a look-up.
    """

    __slots__ = ("_parts", "file", "folder", "inline", "length", "max_bytes", "max_rows", "started")

    def __init__(
        self, max_bytes: int, folder: Path, max_rows: int = 0, inline: int = INLINE
    ) -> None:
        self.started = time.monotonic()
        self.max_bytes = max_bytes
        self.max_rows = max_rows
        self.inline = inline
        self.folder = folder
        self.length = 0
        self.file: IO[bytes] | None = None
        self._parts: list[bytes] = []

    def __enter__(self) -> ResultSpool:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()

    def write(self, data: bytes) -> int:
        """Append bytes."""
        size = len(data)
        self.length += size
        if self.length > self.max_bytes:
            raise QueryTooLarge(
                f"the result is over {self.max_bytes:,} bytes",
                hint=_HINT,
                message_mn=f"хариу {self.max_bytes:,} байтаас том",
            )
        if self.file is None and self.length > self.inline:  # once; later writes go to the file
            self._spill()
        if self.file is None:
            self._parts.append(data)
        else:
            self.file.write(data)
        return size

    def open(self) -> IO[bytes]:
        """The written bytes as a file, from the beginning."""
        body = self.body()
        if isinstance(body, bytes):
            return io.BytesIO(body)
        file = os.fdopen(os.dup(body), "rb")  # closing the copy leaves the spool's own file open
        file.seek(0)
        return file

    def body(self) -> bytes | int:
        """The bytes of a small result, or the descriptor of the file that holds a large one."""
        if self.file is None:
            return b"".join(self._parts)
        self.file.flush()
        return self.file.fileno()

    def _spill(self) -> None:
        self.file = TemporaryFile(dir=self.folder)  # noqa: SIM115 - outlives this call
        self.file.writelines(self._parts)
        self._parts.clear()

    def flush(self) -> None:
        """Do nothing; the engine calls this after each result."""
