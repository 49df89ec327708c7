"""ZIP packages that workbooks are: their parts, within bounds, as XML read piece by piece.

A workbook is foreign: a small file can unpack to terabytes, and XML can declare entities that
double. Sizes are stated in the directory of the package; what is longer than stated is not read.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from graph.core.errors import InputError

MAX_PARTS = 10_000
MAX_UNPACKED = 8 << 30  # bytes of all parts together
MAX_RATIO = 200  # to the bytes of the file: deflate gives more only for what repeats itself
SMALL = 64 << 20  # bytes that a package may always unpack to
_PIECE = 1 << 16
_HINT = "Open it in a spreadsheet program and save it again, as XLSX or CSV."

Attributes = dict[str, str]


class Package:
    """An open package; `name` is the file's, for errors."""

    def __init__(self, file: zipfile.ZipFile, name: str) -> None:
        self._file = file
        self.name = name

    @property
    def parts(self) -> list[str]:
        """The names of its parts."""
        return self._file.namelist()

    def pieces(self, part: str) -> Iterator[bytes]:
        """The bytes of a part. Raises InputError for one that is missing, damaged or encrypted."""
        try:
            with self._file.open(part) as file:
                while piece := file.read(_PIECE):
                    yield piece
        except KeyError as error:
            raise refused(self.name, f"{part} is missing in it") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise refused(self.name, f"{part} is damaged: {error}") from error
        except (RuntimeError, NotImplementedError) as error:  # encrypted, or an unknown method
            raise refused(self.name, f"{part} cannot be unpacked: {error}") from error

    def parse(self, part: str, handlers: Handlers) -> Iterator[None]:
        """Feed a part to handlers, and yield after each piece of it.

        Raises InputError for XML that is broken or has a document type declaration.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, found: _begin(parser, handlers, tag, found)
        parser.CharacterDataHandler = handlers.text
        parser.StartDoctypeDeclHandler = lambda *_: self._doctype(part)
        try:
            for piece in self.pieces(part):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise refused(self.name, f"{part} is no XML: {error}") from error

    def parse_whole(self, part: str, handlers: Handlers) -> None:
        """Feed a whole part to handlers. Raises InputError."""
        for _ in self.parse(part, handlers):
            pass

    def _doctype(self, part: str) -> NoReturn:
        raise refused(self.name, f"{part} declares a document type, which workbooks never do")


class Handlers:
    """What is done with the parts of XML; names of elements come without prefix."""

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Characters between tags."""


def _begin(parser: expat.XMLParserType, handlers: Handlers, tag: str, found: Attributes) -> None:
    """The root element: where it has no prefix, others have none, and are handled at once."""
    parser.StartElementHandler, parser.EndElementHandler = handlers.start, handlers.end
    if ":" in tag:
        parser.StartElementHandler = lambda tag, found: handlers.start(_local(tag), found)
        parser.EndElementHandler = lambda tag: handlers.end(_local(tag))
    handlers.start(_local(tag), found)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


@contextmanager
def package(file: BinaryIO, name: str) -> Iterator[Package]:
    """The package in a file. Raises InputError for what is none, and for one that unpacks to more
    than is usual for its size."""
    try:
        opened = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refused(name, f"the workbook is damaged: {error}") from error
    with opened:
        _check(opened, name)
        yield Package(opened, name)


def _check(file: zipfile.ZipFile, name: str) -> None:
    parts = file.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MAX_PARTS:
        raise refused(name, f"the workbook has {len(parts):,} parts; {MAX_PARTS:,} are allowed")
    if unpacked > min(MAX_UNPACKED, max(SMALL, MAX_RATIO * packed)):
        raise refused(name, f"{packed:,} bytes would unpack to {unpacked:,}")


def refused(name: str, message: str) -> InputError:
    """The error for a workbook that cannot be read."""
    return InputError(message, where=name, hint=_HINT)
