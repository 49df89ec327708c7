"""The archive without its damaged blobs, which nothing could parse."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from graph.archive import Archive
from graph.core.errors import IntegrityError


class CheckedArchive(Archive):
    """Blobs of an archive; those that `check` found damaged are not opened any more."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.damaged: set[str] = set()

    def check(self, digest: str, watch: Callable[[bytes], None] | None = None) -> None:
        """See `Archive.check`."""
        try:
            super().check(digest, watch)
        except IntegrityError:
            self.damaged.add(digest)
            raise

    def open(self, digest: str) -> io.BufferedReader:
        """See `Archive.open`."""
        if digest in self.damaged:
            message = "not checked further: this blob is damaged or missing"
            raise IntegrityError(message, where=str(self.path(digest)))
        return super().open(digest)
