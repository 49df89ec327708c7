"""Which kind of workbook a file is, by its content, and its sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from loaders.pipeline.record import Capture
from loaders.tables.cells.model import Dialect, Sheet
from loaders.tables.workbooks import legacy, opendocument, packages, spreadsheetml
from loaders.tables.workbooks.packages import Package, refused

ZIP, OLE = b"PK\3\4", bytes.fromhex("d0cf11e0a1b11ae1")
"""How files begin that are ZIP packages (XLSX, ODS, XLSB), and OLE documents (XLS)."""

_Names = Callable[[], list[str]]


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The worksheets of a workbook in its order, hidden ones too; `dialect.sheet` alone where it is
    named. Cells in a row that are not in the file are blank; rows that are not are left out.

    Raises InputError for what is no workbook, is damaged, encrypted or too large, or lacks the
    sheet.
    """
    with capture.file() as file:
        if file.read(len(OLE)).startswith(ZIP):
            file.seek(0)
            with packages.package(file, capture.name) as package:
                yield from _of_package(package, capture, dialect)
        else:
            found = legacy.sheets(capture, dialect)
            yield from _named(found, partial(legacy.names, capture), capture, dialect)


def _of_package(package: Package, capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    parts = set(package.parts)
    if "xl/workbook.bin" in parts:
        found = legacy.sheets(capture, dialect)
        yield from _named(found, partial(legacy.names, capture), capture, dialect)
        return
    if not (opendocument.CONTENT in parts or any(one.startswith("xl/") for one in parts)):
        raise refused(capture.name, "a ZIP archive, but no workbook")
    reader = opendocument if opendocument.CONTENT in parts else spreadsheetml
    found = reader.sheets(package, dialect)
    yield from _named(found, partial(reader.names, package), capture, dialect)


def _named(
    found: Iterator[Sheet], names: _Names, capture: Capture, dialect: Dialect
) -> Iterator[Sheet]:
    there = False
    for sheet in found:
        there = True
        yield sheet
    if dialect.sheet and not there:
        listed = ", ".join(f"“{name}”" for name in names()[:20])
        raise refused(capture.name, f"there is no sheet “{dialect.sheet}”, only {listed}")
