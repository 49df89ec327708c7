"""A blob being written, and the ways to read one: as a stream, or at any place."""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_right
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import zstandard

from graph.archive import frames
from graph.core.errors import IntegrityError

LINES = 1024  # in each frame of a blob that is read by line numbers
_KEPT = 8  # frames of an open blob: a look-up in a row map reads its columns by turns


class BlobWriter:
    """A blob being written: takes uncompressed bytes, computes their SHA-256 and length."""

    def __init__(self, file: IO[bytes], every: int | None = frames.FRAME) -> None:
        """A frame ends after `every` bytes; with None only where `frame` writes one."""
        self._hash = hashlib.sha256()
        self._frames = frames.FrameWriter(file, every)
        self.length = 0

    def write(self, data: bytes) -> None:
        """Append uncompressed bytes."""
        self._hash.update(data)
        self._frames.write(data)
        self.length += len(data)

    def frame(self, data: bytes) -> None:
        """Append uncompressed bytes as a frame of their own: reading can begin with them."""
        self._hash.update(data)
        self._frames.frame(data)
        self.length += len(data)

    def finish(self) -> None:
        """Write what makes the file whole."""
        self._frames.finish()

    @property
    def digest(self) -> str:
        """SHA-256 of all bytes written so far, in hex."""
        return self._hash.hexdigest()


class StoredBlob(NamedTuple):
    """A blob: SHA-256 and number of its uncompressed bytes."""

    digest: str
    length: int


class BlobReader(io.RawIOBase):
    """The uncompressed bytes of a blob; raises IntegrityError where they cannot be read."""

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            return self._stream.readinto(buffer)
        except zstandard.ZstdError as error:
            raise damaged(Path(self._file.name)) from error

    def close(self) -> None:
        self._file.close()
        super().close()


class SeekableBlob:
    """A blob that is read at any place, frame by frame: what is read is not compared with its hash.

    One without a seek table, from before there were any, is read from its beginning to the place
    (`is_seekable` is False; `ulzii archive repack` gives it one). A context manager.

    Raises IntegrityError where the file is damaged.
    """

    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        try:
            table = frames.read_table(file)
        except zstandard.ZstdError as error:
            file.close()
            raise self._damaged() from error
        self.is_seekable = table is not None
        self._packed = frames.starts(table.packed if table else ())
        self._plain = frames.starts(table.plain if table else ())
        # frames that were read last: neighbours are read one by one, columns of a row map by turns
        self._kept: dict[int, bytes] = {}
        self._length: int | None = self._plain[-1] if self.is_seekable else None

    def __enter__(self) -> SeekableBlob:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _damaged(self) -> IntegrityError:
        return damaged(Path(self._file.name))

    @property
    def name(self) -> str:
        """The file."""
        return str(self._file.name)

    @property
    def length(self) -> int:
        """The number of uncompressed bytes."""
        if self._length is None:
            with self.stream() as stream:
                self._length = sum(map(len, iter(lambda: stream.read(1 << 20), b"")))
        return self._length

    @property
    def frames(self) -> list[int]:
        """Where each frame begins in the uncompressed bytes; empty without a table."""
        return self._plain[:-1]

    def frame(self, number: int) -> bytes:
        """The uncompressed bytes of a frame."""
        if number not in self._kept:
            while len(self._kept) >= _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[number] = self._unpack(number)
        return self._kept[number]

    def _unpack(self, number: int) -> bytes:
        self._file.seek(self._packed[number])
        packed = self._file.read(self._packed[number + 1] - self._packed[number])
        length = self._plain[number + 1] - self._plain[number]
        unpacker = zstandard.ZstdDecompressor().decompressobj()
        try:
            data = unpacker.decompress(packed)
        except zstandard.ZstdError as error:
            raise self._damaged() from error
        if len(data) != length or not unpacker.eof:
            raise self._damaged()
        return data

    def read(self, offset: int, length: int) -> bytes:
        """Uncompressed bytes from an offset; fewer at the end."""
        if not self.is_seekable:
            return self._read_through(offset, length)
        end = min(offset + length, self.length)
        pieces, number = [], self.frame_at(offset)
        while offset < end:
            begin, data = self._plain[number], self.frame(number)
            pieces.append(data[offset - begin : end - begin])
            offset, number = begin + len(data), number + 1
        return b"".join(pieces)

    def frame_at(self, offset: int) -> int:
        """The number of the frame in which an uncompressed byte lies."""
        return bisect_right(self._plain, offset) - 1

    def _read_through(self, offset: int, length: int) -> bytes:
        with self.stream() as stream:
            while offset > 0 and (skipped := len(stream.read(min(offset, 1 << 20)))):
                offset -= skipped
            return stream.read(length)

    def lines(self, first: int, count: int) -> list[bytes]:
        """Lines with their line feeds, from a line number (from 0) on; fewer at the end.

        Quick where a frame ends after each `LINES` lines; other blobs are read from the beginning.
        """
        if not self.is_cut_by_lines:
            with self.stream() as stream:
                return list(islice(stream, first, first + count))
        number, skipped = divmod(first, LINES) if len(self._plain) > 2 else (0, first)
        found: list[bytes] = []
        while number < len(self._plain) - 1 and len(found) < count:
            found += self.frame_lines(number)[skipped : skipped + count - len(found)]
            number, skipped = number + 1, 0
        return found

    def frame_lines(self, number: int) -> list[bytes]:
        """The lines of a frame, with their line feeds."""
        return io.BytesIO(self.frame(number)).readlines()

    @cached_property
    def is_cut_by_lines(self) -> bool:
        """Whether its frames end after each `LINES` lines, or there is one frame alone. A capture
        may have the same bytes as a layer; its frames have all the same length."""
        ends = self._plain[1:-1]
        lengths = (end - begin for begin, end in zip(self._plain, ends, strict=False))
        return self.is_seekable and (not ends or any(one != frames.FRAME for one in lengths))

    def stream(self) -> io.BufferedReader:
        """The uncompressed bytes from the beginning, through a handle of its own."""
        return io.BufferedReader(BlobReader(Path(self._file.name).open("rb")), 1 << 20)


def damaged(path: Path) -> IntegrityError:
    """The error of a blob whose bytes are not those of its name."""
    return IntegrityError(
        "the blob is damaged: its content does not match its SHA-256",
        where=str(path),
        hint="Restore this file from a backup, then run `ulzii verify` again.",
    )
