"""Records that are rows of a CSV file (RFC 7111 `row=7`, `row=6-26`, `cell=7,2`), shown under their
header with the rows around them."""

from __future__ import annotations

import csv
import io
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from graph.archive import Archive
from graph.evidence import Delimited, record_span
from graph.trace.records.row_views import RowSpan, shown, view
from graph.trace.records.view import RecordView

_LONGEST_PART = 1 << 18  # bytes that are read of a large file
_DELIMITERS = ",;\t|"
_FIRST = 20  # lines among which a row with a delimiter is looked for


def read(blob: BinaryIO, charset: str, wanted: RowSpan) -> RecordView:
    """Rows of a table; the header is row 1, and a line feed in quotes starts none.

    The delimiter is the one that the first row with any has most of: a title may stand above.
    """
    text = io.TextIOWrapper(blob, charset, errors="replace", newline="")
    first = [*islice(text, _FIRST)]
    reader = csv.reader(chain(first, text), delimiter=_delimiter(first))
    header = shown(next(reader, []))
    body = islice(reader, wanted.begin - 2, wanted.end - 1)
    return view(header, [*enumerate(map(shown, body), wanted.begin)], wanted)


def read_deep(archive: Archive, cache: Path, digest: str, wanted: RowSpan) -> RecordView | None:
    """The same of a large file in UTF-8 whose row ends are marked in `cache`, without reading what
    stands before; None where these rows are not found so."""
    with archive.seekable(digest) as blob:
        begin = io.BytesIO(blob.read(0, _LONGEST_PART))
    head = begin.readline().decode("utf-8-sig", "replace")
    form = Delimited(_delimiter(head.splitlines()[:_FIRST]))
    span = record_span(archive, cache, digest, f"row={wanted.begin}", form)
    if span is None:
        return None
    with archive.seekable(digest) as blob:
        data = blob.read(span.offset, _LONGEST_PART)
    text = io.StringIO(data.decode("utf-8", "replace"), newline="")
    header = shown(next(csv.reader([head], delimiter=form.delimiter), []))
    body = islice(csv.reader(text, delimiter=form.delimiter), wanted.end - wanted.begin + 1)
    return view(header, [*enumerate(map(shown, body), wanted.begin)], wanted)


def _delimiter(lines: list[str]) -> str:
    head = next((line for line in lines if any(map(line.__contains__, _DELIMITERS))), "")
    return max(_DELIMITERS, key=head.count)
