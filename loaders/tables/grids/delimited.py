"""CSV, TSV and other delimited text, row by row, in memory that does not grow with the file.

Rows end in LF, CR LF or CR, also mixed. They are numbered as in RFC 7111: each counts, also blank
ones, and a line end inside quotes does not start a new row.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count, repeat
from typing import Any, cast

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import TEXT
from loaders.tables.cells.model import UNENDED, Cell, Dialect, Row, Sheet
from loaders.tables.grids import text

MAX_COLUMNS = 1 << 14  # as many as workbooks have


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The only table of the file."""
    yield Sheet("", rows(capture, dialect))


def rows(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    """All rows, each as long as it is in the file; the last one has a remark where its line has no
    end.

    Raises InputError with row and column for bytes that are invalid in the encoding, for NUL, for a
    quotation mark that is never closed or followed by more text, for a cell of more than 131,072
    characters (the limit of Python's csv), and for more than MAX_COLUMNS cells.
    """
    end = text.FileEnd()
    with text.lines(capture, dialect.encoding, end=end) as lines:
        last: Row | None = None
        parsed = _parsed(capture, lines, dialect)
        if text.codec(dialect.encoding) in text.CYRILLIC:
            parsed = _of_one_encoding(parsed, capture, dialect)
        for number, cells in enumerate(parsed, 1):
            if last is not None:
                yield last
            last = row(number, cells)
        if last is not None:
            yield last._replace(remark=UNENDED) if end.is_open else last


def row(number: int, texts: Iterable[str]) -> Row:
    """The row with a number, of the texts of its cells."""
    parts = zip(texts, repeat(None), repeat(number), count(1), repeat(TEXT))
    return Row(number, [*map(_cell, parts)], TEXT)


# without the call in Python that Cell(…) is: there are many cells
_cell = cast("Callable[[Iterable[Any]], Cell]", partial(tuple.__new__, Cell))


def _parsed(capture: Capture, lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    reader = split(lines, dialect)
    for number in count(1):
        try:
            cells = next(reader)
        except StopIteration:  # in a generator it would become a RuntimeError
            return
        except UnicodeDecodeError as error:
            raise _undecodable(capture, dialect) from error
        except csv.Error as error:
            raise _broken(capture, number, str(error)) from error
        if len(cells) > MAX_COLUMNS:
            raise _broken(capture, number, f"{len(cells):,} cells; {MAX_COLUMNS:,} are allowed")
        yield cells


def _of_one_encoding(
    rows: Iterator[list[str]], capture: Capture, dialect: Dialect
) -> Iterator[list[str]]:
    """The rows. Raises InputError for a cell in UTF-8, in which each byte is some letter too."""
    for number, cells in enumerate(rows, 1):
        for column, one in enumerate(cells, 1):
            if not one.isascii() and text.is_utf_8(one, dialect.encoding):
                raise text.undecodable(capture, dialect.encoding, number, column)
        yield cells


def split(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The cells of each row. Raises csv.Error; what the lines raise."""
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        skipinitialspace=dialect.skip_space,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=True,  # an open quotation mark is an error
    )


def _broken(capture: Capture, number: int, message: str) -> InputError:
    return InputError(
        message,
        where=f"{capture.name} row {number}",
        hint="Correct delimiter and quote in the description, or fetch the file again.",
    )


def _undecodable(capture: Capture, dialect: Dialect) -> InputError:
    """The error that names row and column of the first byte that is not of the encoding."""
    with text.lines(capture, dialect.encoding, errors=text.MARK) as lines:
        for number, cells in enumerate(split(lines, dialect), 1):
            for column, one in enumerate(cells, 1):
                if text.MARKED in one:
                    return text.undecodable(capture, dialect.encoding, number, column)
    return text.undecodable(capture, dialect.encoding, 0, 0)
