"""Reading by a dialect, and guessing one from the first part of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graph.core.errors import ConfigError
from loaders.pipeline.record import Capture
from loaders.tables.grids import delimited, delimiters, encodings, text, workbooks
from loaders.tables.grids.model import Dialect, Guess, Reason, Sheet

HEAD = 1 << 20  # bytes that are looked at for guesses
_HEAD_LINES = 2000

Reader = Callable[[Capture, Dialect], Iterator[Sheet]]

READERS: dict[str, Reader] = {
    "delimited": delimited.sheets,
    "workbook": workbooks.sheets,
}


def read(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The sheets of a file, read as the dialect says; rows are read when they are asked for.

    Raises ConfigError for a dialect that cannot be used, InputError with file, row and column for
    what is not as the dialect says.
    """
    try:
        reader = READERS[dialect.form]
    except KeyError as error:
        raise ConfigError(
            f"there is no form “{dialect.form}”", hint=f"Choose one of: {', '.join(READERS)}."
        ) from error
    return reader(capture, dialect)


_ZIP, _OLE = b"PK\3\4", bytes.fromhex("d0cf11e0a1b11ae1")


def detect(capture: Capture) -> Guess:
    """A dialect from the first part of the file, with the reason for each guess."""
    with capture.open() as stream:
        head = stream.read(HEAD)
    for mark, name in ((_ZIP, "a ZIP archive"), (_OLE, "an OLE document")):
        if head.startswith(mark):
            return Guess(Dialect("workbook"), {"form": Reason("workbook", f"begins as {name}")})
    return _text(capture, head)


def _text(capture: Capture, head: bytes) -> Guess:
    encoding = encodings.detect(head)
    dialect = Dialect(encoding=encoding.value)
    dialect, reasons = delimiters.detect(_lines(capture, dialect), dialect)
    form = Reason("delimited", "text")
    return Guess(dialect, {"form": form, "encoding": encoding, **reasons})


def _lines(capture: Capture, dialect: Dialect) -> list[str]:
    """The first lines of a text. Where they cannot be decoded, what comes before."""
    found: list[str] = []
    size = 0
    with text.lines(capture, dialect.encoding, errors=text.MARK) as lines:
        for line in lines:
            found.append(line)
            size += len(line)
            if size > HEAD or len(found) == _HEAD_LINES:
                break
    return found
