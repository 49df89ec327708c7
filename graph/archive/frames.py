"""How a blob lies in its file: Zstandard frames that stand alone, and the table that finds them.

The table is the one of the “Zstandard Seekable Format” (facebook/zstd,
contrib/seekable_format): a skippable frame behind all others, which every reader passes over, so
`zstd -dc` gives the plain bytes. It lists for each frame how many bytes it takes in the file and
how many plain ones it holds. A blob's name is the hash of its plain bytes, so none of this touches
the ledger.

    uint32 0x184D2A5E   uint32 bytes that follow
    n × (uint32 packed bytes, uint32 plain bytes)
    uint32 n   uint8 0   uint32 0x8F92EAB1               (all little endian)
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import IO, Final, NamedTuple

import zstandard

FRAME: Final = 256 << 10
"""Plain bytes of a frame, where nothing else divides a blob."""

_LEVEL = 3  # higher ones take several times as long for a few per cent
_LINES_LEVEL = 1  # of sorted lines: 9 takes nine times as long for 2 to 12 per cent less
_HEAD, _ENTRY, _FOOT = struct.Struct("<II"), struct.Struct("<II"), struct.Struct("<IBI")
_SKIPPABLE, _SEEKABLE = 0x184D2A5E, 0x8F92EAB1
_FRAME_MAGIC = b"\x28\xb5\x2f\xfd"
_MOST = 0x8000000  # frames, by the format
_PIECE = 1 << 12  # packed bytes: few, since each may become thousands


class Sizes(NamedTuple):
    """The bytes of a frame: in the file, and without compression."""

    packed: int
    plain: int


class SeekTable(NamedTuple):
    """The bytes of all frames: in the file, and without compression."""

    packed: Sequence[int]
    plain: Sequence[int]


class FrameWriter:
    """Packs bytes into frames, and writes the table behind them (`finish`).

    A frame ends after `every` bytes, and is written whole by `frame`; with None only so.
    """

    def __init__(self, file: IO[bytes], every: int | None = FRAME) -> None:
        packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        self._sink = packer.stream_writer(file, closefd=False)
        self._file = file
        self._every = every
        self._packer: zstandard.ZstdCompressor | None = None
        self._sizes: list[Sizes] = []
        self._plain = 0  # of the frame that is open
        self._end = 0  # of the last frame, in the file

    def write(self, data: bytes) -> None:
        """Append plain bytes."""
        if self._every is None:
            self._append(data)
            return
        view = memoryview(data)
        while view:
            piece = view[: self._every - self._plain]
            self._append(piece)
            view = view[len(piece) :]
            if self._plain == self._every:
                self._cut()

    def _append(self, data: bytes | memoryview) -> None:
        self._sink.write(data)
        self._plain += len(data)

    def frame(self, data: bytes) -> None:
        """Append plain bytes as a frame of their own, unless there are none.

        At once, since the packer does better where it knows how many they are.
        """
        self._cut()
        if data:
            if self._packer is None:
                self._packer = zstandard.ZstdCompressor(level=_LINES_LEVEL, write_checksum=True)
            self._sizes.append(Sizes(self._file.write(self._packer.compress(data)), len(data)))

    def _cut(self) -> None:
        """End the frame, unless nothing is in it."""
        if self._plain:
            self._end_frame()

    def _end_frame(self) -> None:
        self._sink.flush(zstandard.FLUSH_FRAME)
        end = self._sink.tell()
        self._sizes.append(Sizes(end - self._end, self._plain))
        self._end, self._plain = end, 0

    def finish(self) -> None:
        """End the last frame, of which an empty blob has one too, and write the table."""
        if self._plain or not self._sizes:
            self._end_frame()
        self._file.write(table(self._sizes))


def packed(data: bytes) -> bytes:
    """The file of a blob that is one frame: the same as `FrameWriter` writes, at once."""
    frame = _packer().compress(data)
    return frame + table([Sizes(len(frame), len(data))])


def _packer() -> zstandard.ZstdCompressor:
    """The thread's own: making one takes longer than packing a small blob."""
    if not hasattr(_own, "packer"):
        _own.packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    packer: zstandard.ZstdCompressor = _own.packer
    return packer


_own = threading.local()


def table(sizes: Sequence[Sizes]) -> bytes:
    """The seek table of frames, as it stands behind them."""
    entries = b"".join(_ENTRY.pack(*one) for one in sizes)
    head = _HEAD.pack(_SKIPPABLE, len(entries) + _FOOT.size)
    return head + entries + _FOOT.pack(len(sizes), 0, _SEEKABLE)


def read_table(file: IO[bytes]) -> SeekTable | None:
    """The table at the end of a file; None where the file has none.

    Raises ZstdError where it is none of this file: its frames do not fill what stands before it.
    """
    size = file.seek(0, os.SEEK_END)
    if size < _HEAD.size + _FOOT.size:
        return None
    file.seek(size - _FOOT.size)
    count, flags, magic = _FOOT.unpack(file.read(_FOOT.size))
    if magic != _SEEKABLE:
        return None
    length = _HEAD.size + count * _ENTRY.size + _FOOT.size
    if flags or count > _MOST or length > size:
        raise zstandard.ZstdError("the seek table is damaged")
    file.seek(size - length)
    data = file.read(length)
    # at once: a look-up opens a dozen blobs, each with a thousand frames
    numbers = struct.unpack_from(f"<{2 * count}I", data, _HEAD.size)
    found = SeekTable(numbers[::2], numbers[1::2])
    is_whole = _HEAD.unpack_from(data) == (_SKIPPABLE, length - _HEAD.size)
    if not is_whole or sum(found.packed) != size - length:
        raise zstandard.ZstdError("the seek table is of other frames")
    return found


def starts(lengths: Sequence[int]) -> list[int]:
    """Where each of these lengths begins when they follow each other, and where the last ends."""
    return [0, *accumulate(lengths)]


class _Source:
    """The first bytes of a file, from which bytes can be given back."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._back = b""
        self._size = size
        self.position = 0

    def read(self, most: int) -> bytes:
        """Up to so many bytes; none at the end."""
        data = self._back or self._file.read(min(_PIECE, self._size - self.position))
        data, self._back = data[:most], data[most:]
        self.position += len(data)
        return data

    def give_back(self, data: bytes) -> None:
        """These are read again."""
        self._back = data + self._back
        self.position -= len(data)


def whole_frames(file: IO[bytes]) -> Iterator[bytes]:
    """The plain bytes of all frames, in pieces.

    Raises ZstdError where the last frame is cut short, which a stream reader takes for its end, or
    where anything stands between or behind the frames but the one table that is true of them.
    """
    read, found = read_table(file), list[Sizes]()
    expected = None if read is None else [*map(Sizes, *read)]
    behind = 0 if expected is None else len(table(expected))
    source = _Source(file, file.seek(0, os.SEEK_END) - behind)
    file.seek(0)
    while magic := source.read(len(_FRAME_MAGIC)):
        if len(magic) < len(_FRAME_MAGIC):
            magic += source.read(len(_FRAME_MAGIC) - len(magic))
        if magic != _FRAME_MAGIC:
            raise zstandard.ZstdError("something else stands between its frames")
        source.give_back(magic)
        yield from _frame(source, found)
    if not found or (expected is not None and expected != found):
        raise zstandard.ZstdError("its frames are not those of its seek table")


def _frame(source: _Source, found: list[Sizes]) -> Iterator[bytes]:
    """The plain bytes of the next frame; its sizes are added to those that were found."""
    unpacker, begin, plain = zstandard.ZstdDecompressor().decompressobj(), source.position, 0
    while not unpacker.eof:
        if not (packed := source.read(_PIECE)):
            raise zstandard.ZstdError("the last frame is cut short")
        data = unpacker.decompress(packed)
        plain += len(data)
        yield data
    source.give_back(unpacker.unused_data)
    found.append(Sizes(source.position - begin, plain))
