"""The statements of one figure of a cube, and what people should know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import written_columns
from loaders.formats.cubes.observations import MISSING, NOT_AVAILABLE, ObservationTexts
from loaders.formats.mapping import decimal
from loaders.formats.written_columns import WrittenColumn
from loaders.pipeline.record import LoadFinding, Mapped, Record, Rejected
from loaders.tables.cells.addresses import TEXT
from loaders.tables.grids import Cell
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.observation_cells import CELL_ERROR, ObservationCell
from loaders.tables.values import LOCALES, cell_error, missing, number
from loaders.tables.values.missing import MissingMark
from vocab.namespaces import SDMX_ATTRIBUTE, SDMX_CODE, SDMX_MEASURE

# kind of a mark → status (SDMX, CL_OBS_STATUS), kind of the finding
_STATUSES = {
    "blank": (MISSING, ""),
    "nil": (MISSING, "cell-nil"),
    "not-available": (NOT_AVAILABLE, "cell-not-available"),
    "not-applicable": (MISSING, "cell-not-applicable"),
}


def statements(record: Record, made: ObservationCell, cube: CubeRecords) -> Iterator[Mapped]:
    """The observation of a figure, or of the mark in its place.

    Raises Rejected for a figure without a key, and for what is neither a number nor a known mark.
    """
    try:
        figure, mark = _value(made, cube)
    except ValueError as error:
        dataset = ox.NamedNode(cube.dataset)
        kind, detail = _rejection(made)
        found = LoadFinding(kind, dataset, record.location, detail=detail)
        raise Rejected(f"{record.location}: {error}", found) from error
    status, finding = _STATUSES[mark.kind] if mark else ("", "")
    symbol = mark.raw.strip() if mark else _footnote(made.cell)
    texts = ObservationTexts(cube.cube, made.key)
    if figure:
        texts.add_figure(figure)
    else:
        texts.add_missing(symbol, status)
    texts.add_symbol(symbol)
    _add_attributes(texts, made, cube)
    if made.provisional and figure:
        texts.add(SDMX_ATTRIBUTE.obsStatus, SDMX_CODE["obsStatus-P"], "provisional-period")
    yield texts.statements()
    if finding:
        yield LoadFinding(finding, ox.NamedNode(cube.dataset), record.location, detail=symbol)
    for term in made.unresolved:
        node = term.code.node if term.code else ox.NamedNode(cube.dataset)
        yield LoadFinding(term.finding, node, record.location, detail=term.label)
    if (unit := made.attributes.unit) and not unit.is_known:
        yield LoadFinding("unit-unknown", unit.node, record.location, detail=unit.text)


def _rejection(made: ObservationCell) -> tuple[str, str]:
    """Kind and detail of the finding for a figure that is not published."""
    broken = [one.label for one in made.unresolved if one.finding == CELL_ERROR]
    if made.problem and broken:
        return CELL_ERROR, made.problem
    is_error = not made.problem and cell_error(made.cell.text)
    return (CELL_ERROR if is_error else "cell-rejected"), made.cell.text


def _value(made: ObservationCell, cube: CubeRecords) -> tuple[str, MissingMark | None]:
    """The figure of a cell as predicate and object, or the mark in its place. Raises ValueError for
    what is neither, and for a figure without a key."""
    if made.problem:
        raise ValueError(made.problem)
    if mark := missing(made.cell.text, cube.marks):
        return "", mark
    if why := cell_error(made.cell.text):
        raise ValueError(why)
    try:
        return _figures(cube.options.numbers)(made.cell), None
    except ValueError as error:
        hint = "ask the agency what it means, or name it under [options.missing]"
        raise ValueError(f"{error}; {hint}") from error


class _Figures:
    """What figures become that are written in one way; most stand in the literal as in the cell."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        is_point = LOCALES[locale].point == "."
        plain = written_columns.DECIMALS if is_point else written_columns.WHOLE_DECIMALS
        self._of_text = WrittenColumn(
            SDMX_MEASURE.obsValue, lambda text: self._decimal(Cell(text, None, 0, 0, TEXT)), plain
        )

    def __call__(self, cell: Cell) -> str:
        if cell.value is None:
            (made,) = self._of_text[cell.text]
        else:
            (made,) = self._of_text.written(self._decimal(cell))
        return made

    def _decimal(self, cell: Cell) -> ox.Literal:
        return decimal(_number(cell, self._locale))


_figures = cache(_Figures)


_FOOTNOTE = re.compile(r"(?<=\d)\s*([*¹²³⁴-⁹]+)\s*$")


def _footnote(cell: Cell) -> str:
    """The sign of a footnote behind a figure: the ** of 20 500**."""
    match = _FOOTNOTE.search(cell.text)
    return match[1] if match else ""


def _number(cell: Cell, locale: str) -> Decimal:
    if isinstance(cell.value, Decimal):
        return cell.value
    return number(_FOOTNOTE.sub("", cell.text), locale)


def _add_attributes(texts: ObservationTexts, made: ObservationCell, cube: CubeRecords) -> None:
    """What else is said of an observation: attributes, its own unit."""
    for key, text in made.attributes.texts:
        value = ox.Literal(text, language=cube.options.lang)
        texts.add(ox.NamedNode(f"{cube.cube}#{key}"), value, "cell-attribute")
    if own := made.attributes.unit:
        texts.add(SDMX_ATTRIBUTE.unitMeasure, own.node, "unit-of-row")
        if own.power is not None:
            texts.add(SDMX_ATTRIBUTE.unitMult, SDMX_CODE[f"unitMult-{own.power}"], "unit-of-row")
        return
    if unit := made.column.unit:
        concept = ox.NamedNode(iris.concept("unit", unit))
        texts.add(SDMX_ATTRIBUTE.unitMeasure, concept, "unit-of-column")
    if (power := made.column.multiplier) is not None:
        texts.add(SDMX_ATTRIBUTE.unitMult, SDMX_CODE[f"unitMult-{power}"], "unit-of-column")
