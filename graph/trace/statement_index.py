"""From the SHA-256 of a statement to its number among the lines of a blob, in a few steps.

An index is a cache beside the archive (`cache/statements/{digest of the blob}`), made when it is
first needed: 8 bytes of each line's SHA-256 and its number in 4, sorted. What it finds is compared
with the line itself, so that a wrong index can hide a statement and never invent one.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from threading import Lock

from graph.core.files import write_atomic

_PREFIX = 8  # bytes of the digest
_NUMBER = struct.Struct(">I")
_ENTRY = _PREFIX + _NUMBER.size
_IN_MEMORY = 64  # indexes
_making = Lock()


class StatementIndex:
    """The indexes of one instance."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = lru_cache(maxsize=_IN_MEMORY)(self._read_or_make)
        self._lines: Callable[[], Iterable[bytes]] = tuple

    def numbers(self, blob: str, digest: str, lines: Callable[[], Iterable[bytes]]) -> list[int]:
        """The numbers of the lines of a blob that may have a digest; mostly none or one.

        `lines` gives all of them, without line feeds, where the index is to be made.
        """
        with _making:  # one at a time: an index of a million lines takes a second
            self._lines = lines
            entries = self._read(blob)
        wanted = bytes.fromhex(digest)[:_PREFIX]
        return [*_search(entries, wanted)]

    def _read_or_make(self, blob: str) -> bytes:
        path = self._folder / blob
        try:
            data = path.read_bytes()
            if len(data) % _ENTRY == 0:
                return data
        except OSError:
            pass
        data = b"".join(sorted(map(_entry, enumerate(self._lines()))))
        self._keep(path, data)
        return data

    @staticmethod
    def _keep(path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomic(path, data, mode=0o600)
        except OSError:  # a read-only copy: it stays in memory
            return


def _entry(numbered: tuple[int, bytes]) -> bytes:
    number, line = numbered
    return hashlib.sha256(line).digest()[:_PREFIX] + _NUMBER.pack(number)


def _search(entries: bytes, wanted: bytes) -> Iterable[int]:
    """The numbers behind a prefix, by bisection."""
    low, high = 0, len(entries) // _ENTRY
    while low < high:
        middle = (low + high) // 2
        if entries[middle * _ENTRY : middle * _ENTRY + _PREFIX] < wanted:
            low = middle + 1
        else:
            high = middle
    while entries[low * _ENTRY : low * _ENTRY + _PREFIX] == wanted:
        yield _NUMBER.unpack_from(entries, low * _ENTRY + _PREFIX)[0]
        low += 1
