"""Lines in a temporary file, which a forked process can write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile


class SpooledLines:
    """Lines that can be iterated any number of times, kept in a temporary file. A forked process
    can fill it too, if it keeps `fileno`."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self._file.fileno()

    def fill(self, lines: Iterable[bytes]) -> None:
        """Write the lines, in place of what is there."""
        self._file.seek(0)
        self._file.truncate()
        self._file.writelines(line + b"\n" for line in lines)
        self._file.flush()

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        yield from (line.removesuffix(b"\n") for line in self._file)

    def __del__(self) -> None:
        self._file.close()
