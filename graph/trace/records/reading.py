"""From a locator to what is shown of its record."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pyoxigraph as ox

from graph.archive import Archive, intact
from graph.core import limited_process
from graph.core.errors import ConfigError, InputError
from graph.core.limited_process import ProcessLimits
from graph.trace.records import json_pointers, lines, rows, subjects
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.row_views import RowSpan
from graph.trace.records.view import NOT_FOUND, RecordView

LARGEST = 64 << 20  # bytes of a document that is parsed to show one record
COMPARED = 8 << 20
"""Bytes up to which a capture is compared with its digest when a row or characters are shown."""
PARSED = 256 << 10
"""Bytes up to which a table is read from its beginning: it takes less than to mark its rows."""
_LIMITS = ProcessLimits(memory=2 << 30, seconds=20.0)
_OF_STRANGERS = (
    *(ValueError, LookupError, SyntaxError),
    *(TypeError, AttributeError, ArithmeticError, csv.Error),
)
"""What code raises that expects another document; it runs in a process of its own."""
_SPAN = re.compile(r"(row|cell|line|char)=(\d{1,12})(?:([,-])(\d{1,12}))?")


TableReader = Callable[[Archive, Path, CaptureText, str], RecordView | None]
"""Shows a record of a table of which a description says how it is read; None for any other. It lies
above the graph, with the readers that loads use (loaders.tables.showing)."""


@lru_cache(maxsize=512)  # a capture never changes
def read(
    archive: Archive,
    cache: Path,
    capture: CaptureText,
    locator: str,
    tables: TableReader | None = None,
) -> RecordView:
    """What is shown of a record; a view with a note only, where it cannot be shown.

    `cache` is the instance's, for where the rows of large captures lie; `tables` shows records of
    described tables. Raises IntegrityError where the archive lacks the capture.
    """
    if not locator:
        return RecordView(note="the whole capture")
    if tables and _may_be_tabular(capture, locator):
        shown = _limited(capture, lambda: tables(archive, cache, capture, locator))
        if shown is not None:
            return shown
    if match := _SPAN.fullmatch(locator):
        try:
            return _span(archive, cache, capture, match)
        except csv.Error:  # a cell over the limit of the csv module, for example
            return RecordView(note=NOT_FOUND)
    if locator.startswith("/"):
        return _parsed(archive, capture, lambda data: json_pointers.read(data, locator))
    syntax = _syntax(capture)
    if locator.startswith("iri=") and syntax:
        iri, base = locator.removeprefix("iri="), capture.address
        return _parsed(archive, capture, lambda data: subjects.read(data, iri, syntax, base))
    return RecordView(note="records of this kind are not shown: read the capture at its locator")


def _span(archive: Archive, cache: Path, capture: CaptureText, match: re.Match[str]) -> RecordView:
    kind, first = match[1], int(match[2])
    last = int(match[4]) if match[4] else None
    with archive.seekable(capture.digest) as blob:
        length = blob.length
    is_small = length <= COMPARED
    if kind in {"row", "cell"}:
        until = last if last and match[3] == "-" else first
        wanted = RowSpan(first, until, last if kind == "cell" else None)
        if length > PARSED and capture.encoding == "utf-8-sig":
            if is_small:
                intact.check(archive, capture.digest)
            deep = rows.read_deep(archive, cache, capture.digest, wanted)
            if deep is not None:
                return deep
        with _bytes(archive, capture.digest, is_small) as blob:
            return rows.read(blob, capture.encoding, wanted)
    with _bytes(archive, capture.digest, is_small) as blob:
        if kind == "char":
            return lines.characters(blob, capture.encoding, first, last or first)
        return lines.lines(blob, capture.encoding, first, last or first + 1)


def _may_be_tabular(capture: CaptureText, locator: str) -> bool:
    if locator.startswith("/"):  # of a document that large, no record is shown
        return bool(capture.description) and capture.size <= LARGEST
    return not locator.startswith("iri=") and bool(capture.description or "!" in locator)


def _bytes(archive: Archive, digest: str, is_small: bool) -> BinaryIO:
    """The bytes of a capture: of a small one compared with its digest first."""
    return io.BytesIO(archive.read(digest)) if is_small else archive.open(digest)


def _syntax(capture: CaptureText) -> ox.RdfFormat | None:
    suffix = PurePosixPath(capture.name).suffix.lstrip(".")
    by_media = ox.RdfFormat.from_media_type(capture.media_type) if capture.media_type else None
    return by_media or (ox.RdfFormat.from_extension(suffix) if suffix else None)


def _parsed(
    archive: Archive, capture: CaptureText, parse: Callable[[bytes], RecordView]
) -> RecordView:
    """What a parser shows, run in a process with limits: the bytes are foreign."""
    if capture.size > LARGEST:
        return RecordView(note=f"captures over {LARGEST >> 20} MiB are not parsed to show a record")
    return _limited(capture, lambda: parse(archive.read(capture.digest))) or RecordView(
        note=NOT_FOUND
    )


def _limited(capture: CaptureText, show: Callable[[], RecordView | None]) -> RecordView | None:
    """What a reader shows, run in a process with limits."""

    def run(_: object) -> RecordView | None:
        try:
            return show()
        except _OF_STRANGERS:
            return RecordView(note=NOT_FOUND)

    try:
        return limited_process.run(run, _LIMITS, where=capture.name)
    except (InputError, ConfigError) as error:
        return RecordView(note=error.message)
