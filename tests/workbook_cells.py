"""What is read from a workbook."""

from __future__ import annotations

import hashlib

import pytest

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, read
from tests.workbooks import sheet

WORKBOOK = Dialect("workbook")


def capture(data: bytes, name: str = "book.xlsx") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, "", "", data)


def cells(data: bytes, dialect: Dialect = WORKBOOK) -> dict[str, object]:
    """The values of all cells that are not blank, by their places."""
    return {
        cell.locator: cell.value
        for one in read(capture(data), dialect)
        for row in one.rows
        for cell in row.cells
        if cell.text
    }


def refusal(data: bytes, dialect: Dialect = WORKBOOK) -> str:
    with pytest.raises(InputError) as caught:
        cells(data, dialect)
    return str(caught.value)


MERGED = sheet(
    [
        ["Хүн ам, мянган хүн"],
        ["Аймаг", "2020", None, "2021"],
        [None, "эр", "эм", "эр", "эм"],
        ["Төв", 1, 2, 3, 4],
        [None, 5, 6, 7, 8],
        ["Увс", 1, 2, 3, 4],
    ],
    merged=["A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A5"],
)
