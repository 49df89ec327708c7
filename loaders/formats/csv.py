"""Reading text and CSV strictly: every fault says file, row and column.

Rows are counted as RFC 7111 counts them: the header is row 1, a line feed inside quotes does not
start a new row.
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

    Raises InputError with byte and row for bytes that are not in the encoding, and for NUL.
    """
    try:
        text = capture.data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(capture, error.start, f"byte {error.start} is not {encoding}") from error
    if "\0" in text:
        at = capture.data.index(b"\0")
        raise _undecodable(capture, at, f"byte {at} is NUL, so this is no text file")
    return text


def _undecodable(capture: Capture, position: int, what: str) -> InputError:
    row = capture.data[:position].count(b"\n") + 1
    return InputError(
        what,
        where=f"{capture.name} row {row}",
        hint="Save the file as UTF-8, or name its encoding in the source's options.",
    )


def rows(
    capture: Capture,
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    ended: bool = False,
    encoding: str = "utf-8-sig",
) -> Iterator[CsvRow]:
    """(row number, cells by column) of every row after the header.

    `columns` must all be in the header; more are allowed. With `ended` the last row must end in
    a line feed, so that a file cut in its last cell is noticed (RFC 4180 makes it optional).
    Raises InputError for an empty or cut file, a missing or doubled column, a row that is too
    short or too long.
    """
    text = decode(capture, encoding)
    if ended and text and not text.endswith("\n"):
        raise _broken(capture, text.count("\n") + 1, "the last row does not end, the file is cut")
    numbered = _parse(capture, text, delimiter)
    _, header = next(numbered, (1, []))
    _check_header(capture, header, columns)
    for number, cells in numbered:
        _check_width(capture, number, cells, header)
        yield number, dict(zip(header, cells, strict=True))


def _parse(capture: Capture, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count(1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(capture, number, str(error)) from error
        yield number, cells


def _check_header(capture: Capture, header: list[str], columns: Sequence[str]) -> None:
    if not header:
        raise _broken(capture, 1, "the file is empty, not even a header")
    doubled = sorted({c for c in header if header.count(c) > 1})
    missing = [c for c in columns if c not in header]
    if doubled:
        raise _broken(capture, 1, f"column {', '.join(doubled)} appears twice")
    if missing:
        raise _broken(capture, 1, f"column {', '.join(missing)} is missing")


def _check_width(capture: Capture, number: int, cells: list[str], header: list[str]) -> None:
    if len(cells) < len(header):
        what = f"{len(cells)} cells instead of {len(header)}, this one is missing"
        raise _broken(capture, number, what, header[len(cells)])
    if len(cells) > len(header):
        raise _broken(capture, number, f"{len(cells)} cells instead of {len(header)}", header[-1])


def _broken(capture: Capture, number: int, what: str, column: str = "") -> InputError:
    return InputError(
        what,
        where=f"{capture.name} row {number}" + (f" column {column}" if column else ""),
        hint="Fetch the file again; if it comes the same, ask its publisher.",
    )
