"""From a locator to what is shown of its record."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import pyoxigraph as ox

from graph.archive import Archive
from graph.core import limited_process
from graph.core.errors import InputError
from graph.core.limited_process import ProcessLimits
from graph.trace.records import json_pointers, lines, rows, subjects
from graph.trace.records.view import RecordView

LARGEST = 64 << 20  # bytes of a document that is parsed to show one record
_LIMITS = ProcessLimits(memory=2 << 30, seconds=20.0)
_SPAN = re.compile(r"(row|cell|line|char)=(\d{1,12})(?:([,-])(\d{1,12}))?")


@dataclass(frozen=True, slots=True)
class CaptureText:
    """A capture as its response describes it: digest, media type, name, charset, address, bytes."""

    digest: str
    media_type: str = ""
    name: str = ""
    charset: str = ""
    address: str = ""
    size: int = 0

    @property
    def encoding(self) -> str:
        """The encoding to read it by: the one its response states, else UTF-8."""
        try:
            name = codecs.lookup(self.charset or "utf-8").name
        except LookupError:
            name = "utf-8"
        return "utf-8-sig" if name == "utf-8" else name


def of_response(response: Mapping[str, Any], base: str) -> CaptureText:
    """The same of an entry of a manifest; `base` is what relative IRIs of local files refer to."""
    url = response.get("final") or response.get("url", "")
    return CaptureText(
        digest=response["sha256"],
        media_type=response.get("media_type", ""),
        name=response.get("name", ""),
        charset=response.get("charset", ""),
        address=url if url.startswith(("http://", "https://")) else base,
        size=int(response.get("bytes", 0)),
    )


@lru_cache(maxsize=512)  # a capture never changes
def read(archive: Archive, capture: CaptureText, locator: str) -> RecordView:
    """What is shown of a record; a view with a note only, where it cannot be shown.

    Raises IntegrityError where the archive lacks the capture.
    """
    if not locator:
        return RecordView(note="the whole capture")
    if match := _SPAN.fullmatch(locator):
        return _span(archive, capture, match)
    if locator.startswith("/"):
        return _parsed(archive, capture, lambda data: json_pointers.read(data, locator))
    syntax = _syntax(capture)
    if locator.startswith("iri=") and syntax:
        iri, base = locator.removeprefix("iri="), capture.address
        return _parsed(archive, capture, lambda data: subjects.read(data, iri, syntax, base))
    return RecordView(note="records of this kind are not shown: read the capture at its locator")


def _span(archive: Archive, capture: CaptureText, match: re.Match[str]) -> RecordView:
    kind, first = match[1], int(match[2])
    last = int(match[4]) if match[4] else None
    with archive.open(capture.digest) as blob:
        if kind == "char":
            return lines.characters(blob, capture.encoding, first, last or first)
        if kind == "line":
            return lines.lines(blob, capture.encoding, first, last or first + 1)
        if kind == "cell":
            return rows.read(blob, capture.encoding, first, first, last)
        return rows.read(blob, capture.encoding, first, last if last and match[3] == "-" else first)


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

    def run(_: object) -> RecordView:
        try:
            return parse(archive.read(capture.digest))
        except (ValueError, LookupError, SyntaxError, TypeError):
            return RecordView(note="the record is not found in the capture as it is read here")

    try:
        return limited_process.run(run, _LIMITS, where=capture.name)
    except InputError as error:
        return RecordView(note=error.message)
