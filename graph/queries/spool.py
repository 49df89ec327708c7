"""Where a whole answer waits before the first byte of it is sent."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from graph.errors import QueryTooLarge
from graph.queries.wire import INLINE


class Spool(io.RawIOBase):
    """A writer that holds small answers in memory, moves large ones into an unlinked file and
    refuses those over `cap` bytes (QueryTooLarge)."""

    def __init__(self, cap: int, folder: Path) -> None:
        super().__init__()
        self.cap = cap
        self.folder = folder
        self.length = 0
        self.file: IO[bytes] | None = None
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        size = len(data)
        self.length += size
        if self.length > self.cap:
            raise QueryTooLarge(
                f"the result is over {self.cap:,} bytes",
                hint="Narrow the query, or fetch it in parts with ORDER BY, LIMIT and OFFSET.",
            )
        if self.file is None and self.length > INLINE:
            self._spill()
        if self.file is None:
            self._parts.append(bytes(data))
        else:
            self.file.write(data)
        return size

    def inline(self) -> bytes:
        """The answer, while it is small."""
        return b"".join(self._parts)

    def _spill(self) -> None:
        self.file = TemporaryFile(dir=self.folder)  # noqa: SIM115 - outlives this call
        self.file.write(self.inline())
        self._parts.clear()

    def close(self) -> None:
        """Let the file go."""
        if self.file is not None:
            self.file.close()
        super().close()
