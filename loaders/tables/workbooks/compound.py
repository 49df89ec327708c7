"""A stream in an OLE compound file, which XLS is: as much of [MS-CFB] as finding one takes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

_HEADER, _ENTRY = 512, 128  # bytes
_MARKS = 0xFFFFFFFA  # numbers from here on are no sectors
_STREAM, _ROOT = 2, 5  # kinds of entries


class _Sectors(NamedTuple):
    """Sectors of a size, and for each the number of the one that follows it in its stream."""

    data: bytes
    size: int
    next: Sequence[int]

    def chain(self, number: int) -> bytes:
        """The bytes of a stream that begins with a sector. Raises IndexError, and ValueError for
        one without an end."""
        found: list[bytes] = []
        while number < _MARKS:
            found.append(self.data[number * self.size : (number + 1) * self.size])
            number = self.next[number]
            if len(found) > len(self.next):
                raise ValueError("a stream without an end")
        return b"".join(found)


def stream(file: bytes, names: Sequence[str]) -> bytes:
    """The first stream with one of these names; empty where there is none.

    Raises ValueError for a file that is not as the specification says.
    """
    try:
        return _stream(file, names)
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"no compound file: {error}") from error


def _stream(file: bytes, names: Sequence[str]) -> bytes:
    shift, short_shift = struct.unpack_from("<HH", file, 30)
    first, _, limit, first_short = struct.unpack_from("<4I", file, 48)
    sectors = _Sectors(file[_HEADER:], size := 1 << shift, _next_sectors(file, 1 << shift))
    entries = _entries(sectors.chain(first))
    start, length = next((entries[name] for name in names if name in entries), (_MARKS, 0))
    if length < limit:  # short ones have sectors of their own in that of the root
        short = _numbers(sectors.chain(first_short))
        sectors = _Sectors(sectors.chain(entries[""][0]), size >> shift << short_shift, short)
    return sectors.chain(start)[:length]


def _next_sectors(file: bytes, size: int) -> Sequence[int]:
    """The table of all sectors, which is in sectors that the header lists, and further lists."""
    listed = [*struct.unpack_from("<109I", file, 76)]
    further, *_ = struct.unpack_from("<I", file, 68)
    while further < _MARKS and len(listed) <= len(file) // size:
        *more, further = _numbers(_sector(file, further, size))
        listed += more
    return _numbers(b"".join(_sector(file, one, size) for one in listed if one < _MARKS))


def _sector(file: bytes, number: int, size: int) -> bytes:
    return file[_HEADER + number * size : _HEADER + (number + 1) * size]


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _entries(directory: bytes) -> dict[str, tuple[int, int]]:
    """First sector and length of each stream, by name; the root's have no name."""
    found = {}
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        letters, kind = struct.unpack_from("<HB", directory, at + 64)
        name = directory[at : at + max(letters - 2, 0)].decode("utf-16-le", "replace")
        if kind in {_STREAM, _ROOT}:
            start, length = struct.unpack_from("<II", directory, at + 116)
            found["" if kind == _ROOT else name] = start, length
    return found
