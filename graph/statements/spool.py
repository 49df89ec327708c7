"""Pieces of bytes that are written once and read once later: in a file, since they may be many."""

from __future__ import annotations

import io
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast


class PieceSpool:
    """Takes pieces of bytes and gives them back in order.

    It can be pickled: the copy reads on in the same file, or has the bytes where there is none.
    """

    def __init__(self, file: BinaryIO, path: Path | None = None) -> None:
        """`path` is where the file is, if it has a name."""
        self._file = file
        self._path = path
        self._lengths = array("Q")

    @classmethod
    def in_memory(cls) -> PieceSpool:
        """For what is known to be small."""
        return cls(io.BytesIO())

    @classmethod
    def unnamed(cls, folder: Path) -> PieceSpool:
        """In a file without a name, which ends with this object."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(cast(BinaryIO, tempfile.TemporaryFile(dir=folder)))

    @classmethod
    def at(cls, path: Path) -> PieceSpool:
        """In a file that whoever owns its folder removes: a forked process may fill it."""
        return cls(path.open("w+b"), path)

    def __del__(self) -> None:
        self._file.close()

    def append(self, piece: bytes) -> None:
        """Add a piece."""
        self._file.write(piece)
        self._lengths.append(len(piece))

    def pieces(self) -> Iterator[bytes]:
        """All pieces, in order. None may be added after that."""
        self._file.seek(0)
        return map(self._file.read, self._lengths)

    def __getstate__(self) -> tuple[Path | None, bytes, array[int]]:
        self._file.flush()
        return self._path, b"" if self._path else b"".join(self.pieces()), self._lengths

    def __setstate__(self, state: tuple[Path | None, bytes, array[int]]) -> None:
        self._path, held, self._lengths = state
        self._file = self._path.open("r+b") if self._path else io.BytesIO(held)
        self._file.seek(0, io.SEEK_END)
