"""Workbooks: XLSX, ODS, XLS and XLSB as sheets of rows of cells."""

from loaders.tables.workbooks.reading import OLE, ZIP, sheets
from loaders.tables.workbooks.sheet_rows import NO_RESULT

__all__ = ["NO_RESULT", "OLE", "ZIP", "sheets"]
