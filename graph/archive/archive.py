"""The content-addressed archive: all bytes that the ledger refers to, named by their SHA-256.

The digest is of the uncompressed bytes; the files are Zstandard-compressed (`archive/ab/cdef…`).
Blobs are written to a temporary file, synced and renamed, so each name stands for a whole blob. New
blobs wait in `staging/blobs/` until a ledger event refers to them, so everything in the archive is
referred to by the ledger.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from graph.archive import frames
from graph.archive.blob import BlobReader, BlobWriter, SeekableBlob, StoredBlob, damaged
from graph.core.errors import IntegrityError
from graph.core.files import fsync

_PIECE = 1 << 20  # bytes
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _finish(writer: BlobWriter, file: IO[bytes]) -> None:
    """Make a draft whole and durable, before it gets the name that promises its content."""
    writer.finish()
    _make_durable(file)


def _make_durable(file: IO[bytes]) -> None:
    file.flush()
    # a blob never changes; this guards against mistakes, not attackers
    os.fchmod(file.fileno(), 0o400)
    os.fsync(file.fileno())


def _open_file(path: Path, named: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise IntegrityError("the blob is missing", where=str(named)) from error
    except OSError as error:
        message = f"the blob cannot be read: {error.strerror}"
        raise IntegrityError(message, where=str(path)) from error


class Archive:
    """Blobs by the SHA-256 of their uncompressed bytes."""

    def __init__(self, root: Path, incoming: Path | None = None) -> None:
        """`root` is the `archive/` of an instance, which has its `staging/` beside it.

        `incoming` is where new blobs wait, by default `staging/blobs/`, which belongs to the holder
        of the writer's lock. Who writes without that lock needs a folder of its own (`take`).
        """
        self.root = root
        self.incoming = incoming or root.parent / "staging" / "blobs"

    def path(self, digest: str) -> Path:
        """The file of the blob with this digest in the archive, whether it exists or not.

        Raises IntegrityError for text that is not a digest.
        """
        if not _DIGEST.fullmatch(digest):
            raise IntegrityError(f"“{digest}” is not a SHA-256 in hex", where=str(self.root))
        return self.root / digest[:2] / digest[2:]

    def _locate(self, digest: str) -> Path:
        """The file of the blob now: in `staging/` while no event refers to it."""
        path, incoming = self.path(digest), self.incoming / digest
        return path if path.exists() or not incoming.exists() else incoming

    def __contains__(self, digest: str) -> bool:
        return self._locate(digest).exists()

    def __iter__(self) -> Iterator[tuple[str, Path]]:
        """Every file in the archive, with the digest that its path is of; empty for other paths."""
        for path in sorted(self.root.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                digest = "".join(path.relative_to(self.root).parts)
                placed = _DIGEST.fullmatch(digest) and path == self.path(digest)
                yield digest if placed else "", path

    @contextmanager
    def writer(self, every: int | None = frames.FRAME) -> Iterator[BlobWriter]:
        """Write a blob in pieces; it is kept when the block ends, and discarded if it raises.

        Reading can begin after each `every` bytes, and before and behind what `frame` wrote.
        """
        with self._draft() as draft:
            with draft.open("wb") as file:
                writer = BlobWriter(file, every)
                yield writer
                _finish(writer, file)
            draft.rename(self.incoming / writer.digest)

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """An empty file beside the new blobs, which is deleted at the end unless it was renamed."""
        self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".draft-", dir=self.incoming)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def rewrite(self, digest: str, copy: Callable[[io.BufferedReader, BlobWriter], None]) -> None:
        """Write the file of a blob anew, with the same plain bytes in other frames: `copy` copies
        them. At each moment the old file or the new one is there, whole.

        Only the holder of the writer's lock may call it. Raises IntegrityError where the bytes are
        not those of the digest: the old file stays.
        """
        with self._draft() as draft:
            with self.open(digest) as old, draft.open("wb") as file:
                writer = BlobWriter(file, every=None)
                copy(old, writer)
                _finish(writer, file)
            if writer.digest != digest:
                raise damaged(self.path(digest))
            draft.rename(self.path(digest))

    def sync(self, digests: Iterable[str]) -> None:
        """Make the names of blobs in `staging/` survive a crash: an event will refer to them.

        Once for all of them, not for each when it is written: a load writes a hundred.
        """
        if any((self.incoming / digest).exists() for digest in digests):
            fsync(self.incoming)

    def admit(self, digests: Iterable[str]) -> None:
        """Move blobs from `staging/` into the archive: events that refer to them are announced."""
        folders = set()
        for digest in digests:
            incoming, path = self.incoming / digest, self.path(digest)
            if incoming.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                incoming.rename(path)
                folders.add(path.parent)
        for folder in folders:
            fsync(folder)

    def put(self, data: bytes) -> str:
        """Store bytes, unless they are stored already, and return their digest."""
        digest = hashlib.sha256(data).hexdigest()
        if digest in self:
            return digest
        if len(data) <= frames.FRAME:
            self._put_packed(digest, frames.packed(data))
            return digest
        with self.writer() as writer:
            writer.write(data)
        return digest

    def _put_packed(self, digest: str, content: bytes) -> None:
        """Write the file of a new blob at once; a first load writes two hundred small ones."""
        with self._draft() as draft:
            with draft.open("wb") as file:
                file.write(content)
                _make_durable(file)
            draft.rename(self.incoming / digest)

    def store(self, file: io.BufferedReader) -> StoredBlob:
        """Store a seekable file, unless its bytes are stored already; give digest and length."""
        digest = hashlib.file_digest(file, hashlib.sha256).hexdigest()
        file.seek(0)
        if digest in self:
            return StoredBlob(digest, os.fstat(file.fileno()).st_size)
        with self.writer() as writer:
            while piece := file.read(_PIECE):
                writer.write(piece)
        return StoredBlob(writer.digest, writer.length)

    def take(self, other: Archive, digests: Iterable[str]) -> None:
        """Move the new blobs of another archive with the same root into the `incoming` of this one;
        an event will refer to them."""
        if other.incoming == self.incoming:
            return
        self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        for digest in digests:
            new = other.incoming / digest
            if self.path(digest).exists():
                new.unlink(missing_ok=True)
            elif new.exists():
                new.rename(self.incoming / digest)
        fsync(self.incoming)

    def open(self, digest: str) -> io.BufferedReader:
        """The uncompressed bytes as a stream, not compared with the digest.

        Raises IntegrityError where there is no such blob, and on reading one that is damaged.
        """
        file = _open_file(self._locate(digest), self.path(digest))
        return io.BufferedReader(BlobReader(file), 1 << 20)

    def seekable(self, digest: str) -> SeekableBlob:
        """The blob, to be read at any place. What is read is not compared with the digest.

        Raises IntegrityError where there is no such blob, or its file is damaged.
        """
        return SeekableBlob(_open_file(self._locate(digest), self.path(digest)))

    def read(self, digest: str) -> bytes:
        """The uncompressed bytes, compared with the digest.

        Raises IntegrityError.
        """
        with self.open(digest) as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise damaged(self.path(digest))
        return data

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The uncompressed bytes of a blob in the archive (not in `staging/`), piece by piece.

        Nothing but whole frames may be in its file. The bytes are not compared with the digest.
        Raises IntegrityError that names the file.
        """
        path = self.path(digest)
        with _open_file(path, path) as file:
            try:
                yield from frames.whole_frames(file)
            except zstandard.ZstdError as error:
                raise damaged(path) from error

    def check(self, digest: str, watch: Callable[[bytes], None] | None = None) -> None:
        """Compare a blob in the archive (not in `staging/`) with its digest, in bounded memory.

        `watch` gets its bytes, piece by piece. Raises IntegrityError that names the file.
        """
        actual = hashlib.sha256()
        for data in self.pieces(digest):
            actual.update(data)
            if watch:
                watch(data)
        if actual.hexdigest() != digest:
            raise damaged(self.path(digest))

    def remove_incoming(self) -> int:
        """Delete the files of a load that crashed or was refused; return their number.

        Only the holder of the writer's lock may call it, after the ledger is recovered: others'
        files are being written, and an announced event may refer to them.
        """
        left = list(self.incoming.iterdir()) if self.incoming.exists() else []
        for path in left:
            path.unlink()
        if self.incoming.exists():
            self.incoming.rmdir()
        return len(left)
