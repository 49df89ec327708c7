"""Where a whole answer waits before the first byte of it is sent."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from graph.core.errors import QueryTooLarge

INLINE = 1 << 20  # bytes of a result that stay in memory; larger ones go to a file


def too_many_rows(most: int) -> QueryTooLarge:
    """What a result with more than so many rows is refused with."""
    return QueryTooLarge(
        f"the result has over {most:,} rows",
        hint="Narrow the query, or fetch it in parts with ORDER BY, LIMIT and OFFSET.",
    )


class ResultSpool:
    """A binary writer that holds small answers in memory, moves large ones into an unlinked file
    and refuses those over `cap` bytes (QueryTooLarge). `begun` is when, by the monotonic clock.

    No `io.RawIOBase`: that costs a tenth of a look-up.
    """

    __slots__ = ("_parts", "begun", "cap", "file", "folder", "inline", "length", "rows")

    def __init__(self, cap: int, folder: Path, rows: int = 0, inline: int = INLINE) -> None:
        """`rows` is how many rows or triples the answer may have (0: any), `inline` how many bytes
        stay in memory."""
        self.begun = time.monotonic()
        self.cap = cap
        self.inline = inline
        self.rows = rows
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
        """Take what the engine has written."""
        size = len(data)
        self.length += size
        if self.length > self.cap:
            raise QueryTooLarge(
                f"the result is over {self.cap:,} bytes",
                hint="Narrow the query, or fetch it in parts with ORDER BY, LIMIT and OFFSET.",
            )
        if self.file is None and self.length > self.inline:
            self._spill()
        if self.file is None:
            self._parts.append(data)
        else:
            self.file.write(data)
        return size

    def reopened(self) -> IO[bytes]:
        """What was written, to be read from its beginning."""
        body = self.body()
        if isinstance(body, bytes):
            return io.BytesIO(body)
        file = os.fdopen(os.dup(body), "rb")
        file.seek(0)
        return file

    def body(self) -> bytes | int:
        """The answer while it is small, else the descriptor of the file that holds it."""
        if self.file is None:
            return b"".join(self._parts)
        self.file.flush()
        return self.file.fileno()

    def _spill(self) -> None:
        self.file = TemporaryFile(dir=self.folder)  # noqa: SIM115 - outlives this call
        self.file.writelines(self._parts)
        self._parts.clear()

    def flush(self) -> None:
        """Nothing; the engine asks for it after each answer."""
