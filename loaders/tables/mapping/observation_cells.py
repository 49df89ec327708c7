"""A figure in its cell, with all that its row and its heads say of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from loaders.formats.cubes.observations import KeyPart
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.grids import Cell, Row
from loaders.tables.mapping.axes import LabelTerm, TableAxis
from loaders.tables.mapping.layout import Layout, MeasureColumn
from loaders.tables.mapping.row_units import UnitTerm
from loaders.tables.values import cell_error

CELL_ERROR = "cell-error"
"""The finding of a cell in which a spreadsheet program left an error."""
UNIT_TEXT = "unit-text"
"""The key of the attribute that has what stands in a column of units, if no other is given."""


@dataclass(frozen=True, slots=True)
class RowAttributes:
    """What a row says of each of its figures: attributes by key, its unit, cells with errors."""

    texts: tuple[tuple[str, str], ...] = ()
    unit: UnitTerm | None = None
    broken: tuple[LabelTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservationCell:
    """A figure with all that is said of it: its key, or why it has none, and its attributes."""

    key: tuple[KeyPart, ...]
    cell: Cell
    column: ColumnDescription
    attributes: RowAttributes = RowAttributes()
    problem: str = ""
    unresolved: tuple[LabelTerm, ...] = ()
    provisional: bool = False


def text_of(cell: Cell | None) -> str:
    """The text of a cell; of a day in a workbook without its midnight."""
    return " ".join(cell.text.split()).removesuffix(" 00:00:00") if cell is not None else ""


def broken_label(cell: Cell | None, label: str) -> LabelTerm | None:
    """The term of a label that is the error of a spreadsheet program; None for any other."""
    why = cell_error(label)
    place = f"{cell.locator}: " if cell is not None and why else ""
    return LabelTerm(None, label, problem=f"{place}{why}", finding=CELL_ERROR) if why else None


def attributes_of(
    columns: Sequence[ColumnDescription], row: Row, found: Layout, unit: UnitTerm | None
) -> RowAttributes:
    """What the columns with the roles “attribute” and “unit” say in a row."""
    texts: list[tuple[str, str]] = []
    broken: list[LabelTerm] = []
    for key, cell in _attributes(columns, row, found):
        text = text_of(cell)
        if error := broken_label(cell, text):
            broken.append(error)
        elif text:
            texts.append((key, text))
    return RowAttributes(tuple(texts), unit, tuple(broken))


def _attributes(
    columns: Sequence[ColumnDescription], row: Row, found: Layout
) -> Iterator[tuple[str, Cell | None]]:
    for column in columns:
        if column.role == "attribute":
            yield column.key, found.cell(row, column)
        elif column.role == "unit":
            yield column.key or UNIT_TEXT, found.cell(row, column)


def observation(
    terms: Sequence[tuple[TableAxis, LabelTerm]],
    cell: Cell,
    measure: MeasureColumn,
    attributes: RowAttributes,
) -> ObservationCell:
    """The observation of a cell with the terms of its dimensions."""
    found = (term for _, term in terms if term.finding)
    return ObservationCell(
        tuple((axis.property, term.code) for axis, term in terms if term.code is not None),
        cell,
        measure.column,
        attributes,
        "; ".join(term.problem for _, term in terms if term.problem),
        tuple(chain(found, attributes.broken)),
        any(term.provisional for _, term in terms),
    )
