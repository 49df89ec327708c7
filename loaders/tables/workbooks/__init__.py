"""Workbooks of any kind, as sheets of rows of cells."""

from loaders.tables.workbooks.reading import OLE, ZIP, sheets

__all__ = ["OLE", "ZIP", "sheets"]
