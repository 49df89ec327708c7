"""The strings to which cells of a workbook refer by number, in a file: there may be millions."""

from __future__ import annotations

from array import array
from functools import lru_cache
from tempfile import SpooledTemporaryFile

from loaders.tables.workbooks.packages import Attributes, Handlers, Package, refused

_IN_MEMORY = 16 << 20  # bytes


class SharedStrings(Handlers):
    """ECMA-376 Part 1 §18.4.9: the texts of `si`, without phonetic guides and formatting."""

    def __init__(self, package: Package, part: str) -> None:
        self._name = package.name
        self._file = SpooledTemporaryFile(_IN_MEMORY, prefix="ulzii-strings-")  # noqa: SIM115
        self._ends = array("Q", [0])
        self._text: list[str] = []
        self._inside = self._phonetic = False
        try:
            if part in package.parts:
                package.parse_whole(part, self)
        except BaseException:
            self.close()
            raise
        self.get = lru_cache(maxsize=10_000)(self._get)

    def start(self, tag: str, attributes: Attributes) -> None:
        """Texts stand in `t`, those of `rPh` are phonetic guides."""
        self._inside = tag == "t" and not self._phonetic
        self._phonetic = self._phonetic or tag == "rPh"

    def end(self, tag: str) -> None:
        """Keep a string that ends."""
        self._inside = False
        if tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._file.write("".join(self._text).encode("utf-8", "surrogatepass"))
            self._ends.append(self._file.tell())
            self._text.clear()

    def text(self, text: str) -> None:
        """See Handlers."""
        if self._inside:
            self._text.append(text)

    def _get(self, number: int) -> str:
        """The string with a number, counted from 0. Raises InputError where there is none."""
        if not 0 <= number < len(self._ends) - 1:
            raise refused(self._name, f"a cell refers to string {number}, which is not there")
        self._file.seek(self._ends[number])
        length = self._ends[number + 1] - self._ends[number]
        return self._file.read(length).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Delete the file."""
        self._file.close()
