"""Bytes as lines of text, in memory that does not grow with the file."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graph.core.errors import ConfigError, InputError
from loaders.pipeline.record import Capture

MAX_LINE = 1 << 24  # characters; a longer line is no row of a table
MARK = "ulzii-mark"
MARKED = "\udcff"
"""What stands for bytes that are invalid in the encoding, where they are marked: a character that
no encoding gives."""

codecs.register_error(MARK, lambda error: (MARKED, error.end))  # type: ignore[attr-defined]


@dataclass(slots=True)
class FileEnd:
    """How a file ends, known once its lines were read: `is_open` where the last has no end."""

    is_open: bool = False


@contextmanager
def lines(
    capture: Capture, encoding: str, errors: str = "strict", end: FileEnd | None = None
) -> Iterator[Iterator[str]]:
    """The lines with their ends; LF, CR LF and CR all end a line. A byte order mark is dropped.
    `end` is told how the file ends.

    Raises ConfigError for an unknown encoding. The lines raise UnicodeDecodeError,
    and InputError for NUL and for an endless line.
    """
    known = codec(encoding)
    with (
        capture.open() as raw,
        io.TextIOWrapper(io.BufferedReader(raw), known, errors=errors, newline="") as file,  # type: ignore[type-var]
    ):
        yield _checked(file, capture, end or FileEnd())


def _checked(file: io.TextIOWrapper, capture: Capture, end: FileEnd) -> Iterator[str]:
    number = 0
    last = ""
    while line := file.readline(MAX_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix("\ufeff")
        if len(line) == MAX_LINE:
            raise _refused(capture, number, f"a line with more than {MAX_LINE:,} characters")
        if "\0" in line:  # csv reads on, and UTF-16 without a byte order mark has one a character
            raise _refused(capture, number, "NUL, so it is another encoding, or no text at all")
        if line:
            last = line
            yield line
    end.is_open = bool(last) and last[-1] not in "\r\n"


def codec(encoding: str) -> str:
    """The name of the codec; UTF-16 and UTF-32 without byte order say themselves which they have.

    Raises ConfigError.
    """
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise ConfigError(
            f"there is no encoding “{encoding}”",
            hint="Choose one such as utf-8, utf-16, windows-1251.",
        ) from error


CYRILLIC = frozenset(
    codecs.lookup(name).name for name in ("cp1251", "mac-cyrillic", "koi8-r", "ibm866", "iso8859-5")
)
"""One-byte encodings in which any bytes are some text."""


def is_utf_8(cell: str, encoding: str) -> bool:
    """Whether a text that was read in a one-byte encoding is Cyrillic in UTF-8: «Р—Р°РІ»."""
    try:
        meant = cell.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return sum("\u0400" <= c <= "\u04ff" for c in meant) > 1 and len(meant) < len(cell)


def _refused(capture: Capture, number: int, message: str) -> InputError:
    return InputError(
        message,
        where=f"{capture.name} line {number}",
        hint="Name encoding and form of the file in the description of the table.",
    )


def undecodable(capture: Capture, encoding: str, row: int, column: int) -> InputError:
    """The error for bytes that are invalid in the encoding."""
    return InputError(
        f"bytes that are not {encoding}",
        where=f"{capture.name} row {row} column {column}",
        hint="Name the encoding of the file in the description of the table, or ask the agency for "
        "the file in UTF-8.",
    )


def decoded(read: Iterator[str], capture: Capture, encoding: str) -> Iterator[str]:
    """The lines; InputError with the number of the line for bytes that are invalid."""
    try:
        yield from read
    except UnicodeDecodeError as error:
        raise undecodable(capture, encoding, _marked_line(capture, encoding), 1) from error


def _marked_line(capture: Capture, encoding: str) -> int:
    with lines(capture, encoding, errors=MARK) as marked:
        return next((at for at, line in enumerate(marked, 1) if MARKED in line), 0)
