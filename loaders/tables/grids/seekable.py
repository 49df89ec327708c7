"""A capture as a file in which libraries can jump."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from loaders.pipeline.record import Capture

_PIECE = 1 << 20  # bytes


@contextmanager
def seekable(capture: Capture) -> Iterator[BinaryIO]:
    """The bytes as a file with `seek`: the stream itself, or a copy on disk."""
    with capture.open() as stream:
        if stream.seekable():
            yield stream
            return
        with TemporaryFile(prefix="ulzii-table-") as file:
            shutil.copyfileobj(stream, file, _PIECE)
            file.seek(0)
            yield cast(BinaryIO, file)
