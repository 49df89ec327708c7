"""What is to be known of a row as a whole, as a record whose only statement is a finding."""

from __future__ import annotations

from loaders.pipeline.record import Capture, Record
from loaders.tables.cells.model import Row


def remark(capture: Capture, row: Row, dataset: str) -> Record:
    """The remark of a row, about its dataset; the label is that of the row, not of a last row that
    may have anything."""
    filled = [cell for cell in row.cells if not cell.blank]
    label = filled[0].text.strip() if len(filled) == 1 else ""
    data = {"remark": row.remark, "dataset": dataset, "label": label}
    return Record(capture, row.locator, "remark", data)
