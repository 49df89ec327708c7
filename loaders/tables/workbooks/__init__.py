"""Workbooks: XLSX, ODS, XLS and XLSB as sheets of rows of cells."""

from loaders.tables.values.cell_errors import NO_RESULT
from loaders.tables.workbooks.reading import OLE, ZIP, sheets

__all__ = ["NO_RESULT", "OLE", "ZIP", "sheets"]
