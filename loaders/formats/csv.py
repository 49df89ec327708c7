"""Strict reading of text and CSV: every error names file, row and column.

Rows are numbered as in RFC 7111: the header is row 1, and a line feed inside quotes does not start
a new row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import count

from graph.core.errors import InputError
from loaders.formats.text_stream import UTF_8, blocks, lines
from loaders.pipeline.record import WHOLE_LIMIT, Capture

CsvRow = tuple[int, dict[str, str]]


def decode(capture: Capture, encoding: str = UTF_8) -> str:
    """The text of a capture that has to be read whole; a byte order mark is dropped.

    Raises InputError for a capture that is too large for that (`Capture.data`), and with byte and
    row for bytes that are invalid in the encoding, and for NUL.
    """
    capture.check_size(WHOLE_LIMIT)
    return "".join(blocks(capture, encoding))


def rows(
    capture: Capture,
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    require_final_newline: bool = False,
    encoding: str = UTF_8,
) -> Iterator[CsvRow]:
    """Pairs (row number, cells by column name), one for each row after the header.

    All of `columns` must be in the header; others may be there too. RFC 4180 makes the line feed
    after the last row optional; `require_final_newline` demands it, so that a file truncated in
    its last cell is detected.

    Raises InputError for an empty or truncated file, for a missing or repeated column, and for a
    row that is too short or too long.
    """
    read = _whole_lines if require_final_newline else lines
    numbered = _parse(capture, read(capture, encoding), delimiter)
    _, header = next(numbered, (1, []))
    _check_header(capture, header, columns)
    width = len(header)
    for number, cells in numbered:
        if len(cells) != width:
            _check_width(capture, number, cells, header)
        yield number, dict(zip(header, cells, strict=True))


def _whole_lines(capture: Capture, encoding: str) -> Iterator[str]:
    """The lines of a capture. Raises InputError where the last one has no line feed."""
    number, line = 0, "\n"
    for line in lines(capture, encoding):
        number += 1
        yield line
    if not line.endswith("\n"):
        message = "the last row does not end in a line feed: the file is truncated"
        raise _error(capture, number, message)


def _parse(
    capture: Capture, text: Iterator[str], delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)  # strict: an open quote is an error
    for number in count(1):
        try:
            cells = next(reader)
        except StopIteration:  # in a generator it would become a RuntimeError
            return
        except csv.Error as error:
            raise _error(capture, number, str(error)) from error
        yield number, cells


def _check_header(capture: Capture, header: list[str], columns: Sequence[str]) -> None:
    if not header:
        raise _error(capture, 1, "the file is empty, it has no header")
    repeated = sorted({c for c in header if header.count(c) > 1})
    missing = [c for c in columns if c not in header]
    if repeated:
        raise _error(capture, 1, f"column {', '.join(repeated)} appears twice")
    if missing:
        raise _error(capture, 1, f"column {', '.join(missing)} is missing")


def _check_width(capture: Capture, number: int, cells: list[str], header: list[str]) -> None:
    if len(cells) < len(header):
        message = f"{len(cells)} cells instead of {len(header)}, this one is missing"
        raise _error(capture, number, message, header[len(cells)])
    if len(cells) > len(header):
        raise _error(capture, number, f"{len(cells)} cells instead of {len(header)}", header[-1])


def _error(capture: Capture, number: int, message: str, column: str = "") -> InputError:
    return InputError(
        message,
        where=f"{capture.name} row {number}" + (f" column {column}" if column else ""),
        hint="Fetch the file again. If it is the same, ask its publisher.",
    )
