"""The bytes of a capture as files: a stream that is compared with its digest, and a seekable copy.

A blob of the archive is compressed, so it can be read from its start only. Libraries that seek
(workbooks, zip files) or take a path get a copy without a name, in the instance's `staging/`: it
costs one decompression and its size on disk, once for each capture in a process, and ends with the
process however that ends.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, cast

from graph.archive import Archive
from graph.core.errors import IntegrityError

_BUFFER = 1 << 20  # bytes
_MAX_COPIES = 8  # kept open for the next reader of the same capture

CaptureContent = bytes | Archive
"""The bytes of a capture, or the archive that has them."""


class _ComparedStream(io.RawIOBase):
    """A blob's bytes; at their end they are compared with the digest."""

    def __init__(self, stream: io.BufferedReader, digest: str) -> None:
        self._stream = stream
        self._digest = digest
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = self._stream.readinto(buffer)
        if count:
            self._hash.update(memoryview(buffer)[:count])
        elif len(buffer) and self._hash.hexdigest() != self._digest:
            raise IntegrityError(
                "the capture is damaged: its content does not match its SHA-256",
                where=self._digest,
                hint="Restore the archive from a backup, then run `ulzii verify`.",
            )
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


def stream(content: CaptureContent, digest: str) -> BinaryIO:
    """The bytes from the start; reading to the end compares those of an archive with the digest.

    Raises IntegrityError, here or on reading.
    """
    if isinstance(content, bytes):
        return io.BytesIO(content)
    return io.BufferedReader(_ComparedStream(content.open(digest), digest), _BUFFER)


class CaptureCopy:
    """A copy of a capture in a file without a name, as long as somebody holds this object."""

    def __init__(self, content: CaptureContent, digest: str) -> None:
        # not the system's folder for temporary files: that may be in memory
        folder = None if isinstance(content, bytes) else _scratch(content)
        handle, name = tempfile.mkstemp(prefix="capture-", dir=folder)
        Path(name).unlink()
        self._handle = handle
        # a forked process closes its own copy of the number, and may have given it to another file
        weakref.finalize(self, _close, handle, os.getpid())
        with stream(content, digest) as source, os.fdopen(os.dup(handle), "wb") as target:
            shutil.copyfileobj(source, target, _BUFFER)

    @property
    def path(self) -> str:
        """A path that opens the copy, at its start."""
        os.lseek(self._handle, 0, os.SEEK_SET)  # where opening it shares the position (macOS)
        return f"/dev/fd/{self._handle}"

    def open(self) -> BinaryIO:
        """The copy as a file with a position of its own."""
        return cast(BinaryIO, Path(self.path).open("rb"))


def _scratch(archive: Archive) -> Path | None:
    staging = archive.root.parent / "staging"
    return staging if staging.is_dir() else None


def _close(handle: int, owner: int) -> None:
    if os.getpid() == owner:
        os.close(handle)


_copies: OrderedDict[tuple[int, str], CaptureCopy] = OrderedDict()


def copy(content: CaptureContent, digest: str) -> CaptureCopy:
    """The copy of a capture in this process, made at the first call.

    Raises IntegrityError, and OSError where the disk is full.
    """
    key = (os.getpid(), digest)  # open files do not pass into the processes that parse
    if key not in _copies:
        _copies[key] = CaptureCopy(content, digest)
    _copies.move_to_end(key)
    while len(_copies) > _MAX_COPIES:
        _copies.popitem(last=False)
    return _copies[key]
