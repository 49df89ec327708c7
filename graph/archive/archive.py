"""The content-addressed archive: every byte the ledger speaks of, named by its SHA-256.

Plain bytes are hashed, Zstandard-compressed bytes lie on disk (`archive/ab/cdef…`). A blob is
written to a draft, synced and renamed, so a name always stands for whole bytes.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard

from graph.core.errors import IntegrityError
from graph.core.files import fsync

_LEVEL = 3
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobWriter:
    """Takes plain bytes, keeps their SHA-256 and length; `digest` is final after the block."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._hash = hashlib.sha256()
        self._sink = sink
        self.length = 0

    def write(self, data: bytes) -> None:
        """Append plain bytes."""
        self._hash.update(data)
        self._sink.write(data)
        self.length += len(data)

    @property
    def digest(self) -> str:
        """SHA-256 of everything written, in hex."""
        return self._hash.hexdigest()


class _Plain(io.RawIOBase):
    """The plain bytes of a blob; damage is told as such, with the file's name."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._stream = zstandard.ZstdDecompressor().stream_reader(file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            return self._stream.readinto(buffer)
        except zstandard.ZstdError as error:
            raise _damaged(Path(self._file.name)) from error

    def close(self) -> None:
        self._file.close()
        super().close()


def _damaged(path: Path) -> IntegrityError:
    return IntegrityError(
        "the bytes of a blob do not match its name",
        where=str(path),
        hint="Restore this file from a backup, then run `ulzii verify` again.",
    )


class Archive:
    """Bytes by their SHA-256."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the blob of this digest lies, or would lie."""
        if not _DIGEST.fullmatch(digest):
            raise IntegrityError(f"“{digest}” is not a SHA-256 in hex", where=str(self.root))
        return self.root / digest[:2] / digest[2:]

    def __contains__(self, digest: str) -> bool:
        return self.path(digest).exists()

    @contextmanager
    def writer(self) -> Iterator[BlobWriter]:
        """Stream a blob in; it gets its name when the block ends well, and is gone otherwise."""
        handle, name = tempfile.mkstemp(prefix=".draft-", dir=self.root)
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
                with packer.stream_writer(file, closefd=False) as sink:
                    writer = BlobWriter(sink)
                    yield writer
                file.flush()
                os.fsync(file.fileno())
            self._keep(draft, writer.digest)
        finally:
            draft.unlink(missing_ok=True)

    def _keep(self, draft: Path, digest: str) -> None:
        path = self.path(digest)
        path.parent.mkdir(exist_ok=True)
        draft.chmod(0o444)
        draft.rename(path)
        fsync(path.parent)

    def put(self, data: bytes) -> str:
        """Keep these bytes; give their digest."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self:
            with self.writer() as writer:
                writer.write(data)
        return digest

    def open(self, digest: str) -> io.BufferedReader:
        """The plain bytes as a stream.

        Raises IntegrityError where there is no such blob.
        """
        try:
            file = self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise IntegrityError("a blob is missing", where=str(self.path(digest))) from error
        return io.BufferedReader(_Plain(file), 1 << 20)

    def read(self, digest: str) -> bytes:
        """The plain bytes at once, checked against their name."""
        with self.open(digest) as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise _damaged(self.path(digest))
        return data

    def check(self, digest: str) -> None:
        """Read a blob through and compare its hash.

        Raises IntegrityError that names the file.
        """
        found = hashlib.sha256()
        with self.open(digest) as file:
            while block := file.read(1 << 20):
                found.update(block)
        if found.hexdigest() != digest:
            raise _damaged(self.path(digest))

    def remove_drafts(self) -> int:
        """Delete drafts a crashed writer left; give how many. Only the writer may call it."""
        drafts = list(self.root.glob(".draft-*"))
        for draft in drafts:
            draft.unlink()
        return len(drafts)
