"""Strict reading of text and CSV: every error names file, row and column.

Rows are numbered as in RFC 7111: the header is row 1, and a line feed inside quotes does not start
a new row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import count

from graph.core.errors import InputError
from loaders.pipeline.record import Capture

CsvRow = tuple[int, dict[str, str]]


def decode(capture: Capture, encoding: str = "utf-8-sig") -> str:
    """The capture as text; a byte order mark is dropped.

    Raises InputError with byte and row for bytes that are invalid in the encoding, and for NUL.
    """
    data = capture.data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-8" if encoding == "utf-8-sig" else encoding
        raise _undecodable(capture, error.start, f"byte {error.start} is not {name}") from error
    if "\0" in text:  # UTF-16 without a byte order mark, or no text at all
        position = data.index(b"\0")
        message = f"byte {position} is NUL, so this is not a text file"
        raise _undecodable(capture, position, message)
    return text


def _undecodable(capture: Capture, position: int, message: str) -> InputError:
    row = capture.data[:position].count(b"\n") + 1
    return InputError(
        message,
        where=f"{capture.name} row {row}",
        hint="Save the file as UTF-8, or name its encoding in the source's options.",
    )


def rows(
    capture: Capture,
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    require_final_newline: bool = False,
    encoding: str = "utf-8-sig",
) -> Iterator[CsvRow]:
    """Pairs (row number, cells by column name), one for each row after the header.

    All of `columns` must be in the header; others may be there too. RFC 4180 makes the line feed
    after the last row optional; `require_final_newline` demands it, so that a file truncated in
    its last cell is detected.

    Raises InputError for an empty or truncated file, for a missing or repeated column, and for a
    row that is too short or too long.
    """
    text = decode(capture, encoding)
    if require_final_newline and text and not text.endswith("\n"):
        message = "the last row does not end in a line feed: the file is truncated"
        raise _error(capture, text.count("\n") + 1, message)
    numbered = _parse(capture, text, delimiter)
    _, header = next(numbered, (1, []))
    _check_header(capture, header, columns)
    for number, cells in numbered:
        _check_width(capture, number, cells, header)
        yield number, dict(zip(header, cells, strict=True))


def _parse(capture: Capture, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # newline="": line feeds inside quotes must reach the reader; strict: an open quote is an error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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
