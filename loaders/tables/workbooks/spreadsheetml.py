"""XLSX and XLSM (ECMA-376 Part 1 §18), row by row, in memory that does not grow with the sheet.

calamine, which reads the other kinds of workbooks here, holds a sheet as a dense array, gives
errors (`#DIV/0!`) as blank cells, and numbers only as binary fractions.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import NamedTuple

from loaders.tables.cells.addresses import SheetAddress
from loaders.tables.cells.model import Dialect, MergedRange, Sheet
from loaders.tables.workbooks.number_formats import NumberFormats
from loaders.tables.workbooks.packages import Attributes, Handlers, Package, refused
from loaders.tables.workbooks.shared_strings import SharedStrings
from loaders.tables.workbooks.sheet_rows import SheetRows, column

_ROOT = "_rels/.rels"
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']"""
)
_LONGEST_TAG = 1000  # bytes that are kept between two pieces
MAX_MERGED = 100_000


class _Relations(Handlers):
    """The targets of a part's relations by id, and by the last word of their type."""

    def __init__(self, package: Package, part: str) -> None:
        self._folder = posixpath.dirname(posixpath.dirname(part))
        self.by_id: dict[str, tuple[str, str]] = {}
        if part in package.parts:
            package.parse_whole(part, self)

    def start(self, tag: str, attributes: Attributes) -> None:
        """See Handlers."""
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.by_id[attributes.get("Id", "")] = kind, posixpath.normpath(target)[1:]

    def first(self, kind: str, default: str) -> str:
        """The target of the first relation of a type."""
        return next((part for found, part in self.by_id.values() if found == kind), default)


class _Entry(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    hidden: bool


class _Workbook(Handlers):
    """The list of sheets, and how days are counted."""

    def __init__(self, package: Package, part: str) -> None:
        self.sheets: list[_Entry] = []
        self.since_1904 = False
        package.parse_whole(part, self)

    def start(self, tag: str, attributes: Attributes) -> None:
        """See Handlers."""
        if tag == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}
        elif tag == "sheet":
            names = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            hidden = names.get("state", "visible") != "visible"
            self.sheets.append(_Entry(names.get("name", ""), attributes.get("r:id", ""), hidden))


def sheets(package: Package, dialect: Dialect) -> Iterator[Sheet]:
    """The worksheets, hidden ones too, in the order of the workbook.

    Raises InputError for a workbook that is broken.
    """
    part = _Relations(package, _ROOT).first("officeDocument", "xl/workbook.xml")
    book = _Workbook(package, part)
    folder, file = posixpath.split(part)
    relations = _Relations(package, f"{folder}/_rels/{file}.rels")
    formats = NumberFormats(package, relations.first("styles", ""))
    with closing(SharedStrings(package, relations.first("sharedStrings", ""))) as strings:
        for entry in book.sheets:
            kind, target = relations.by_id.get(entry.relation, ("", ""))
            if kind != "worksheet" or dialect.sheet not in {"", entry.name}:
                continue
            yield Sheet(
                name=entry.name,
                rows=SheetRows(
                    package, target, SheetAddress(entry.name), strings, formats, book.since_1904
                ).rows(),
                hidden=entry.hidden,
                merged=_merged(package, target),
            )


def names(package: Package) -> list[str]:
    """The names of all sheets."""
    part = _Relations(package, _ROOT).first("officeDocument", "xl/workbook.xml")
    return [one.name for one in _Workbook(package, part).sheets]


def _merged(package: Package, part: str) -> tuple[MergedRange, ...]:
    """The merged ranges, which stand after the rows: they are looked for in the bytes."""
    found = tuple(islice(_merged_ranges(package.pieces(part)), MAX_MERGED + 1))
    if len(found) > MAX_MERGED:
        raise refused(package.name, f"{part} has more than {MAX_MERGED:,} merged ranges")
    return found


def _merged_ranges(pieces: Iterator[bytes]) -> Iterator[MergedRange]:
    rest = b""
    for piece in pieces:
        rest += piece
        end = 0
        for match in _MERGED.finditer(rest):
            left, top, right, bottom = match.groups()
            yield MergedRange(int(top), column(left.decode()), int(bottom), column(right.decode()))
            end = match.end()
        rest = rest[max(end, len(rest) - _LONGEST_TAG) :]
