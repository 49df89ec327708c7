"""The statements of one figure of a cube, and what people should know of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.cubes.observations import (
    MISSING,
    NOT_AVAILABLE,
    observation,
    observation_node,
)
from loaders.formats.mapping import decimal
from loaders.pipeline.record import LoadFinding, Mapped, Record, Rejected, Statement
from loaders.tables.grids import Cell
from loaders.tables.mapping.cube import CubeRecords, ObservationCell
from loaders.tables.values import missing, number
from loaders.tables.values.missing import MARKS, MissingMark
from vocab.namespaces import SDMX_ATTRIBUTE, SDMX_CODE

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
    dataset = ox.NamedNode(cube.dataset)
    try:
        figure, mark = _value(made, cube)
    except ValueError as error:
        found = LoadFinding("cell-rejected", dataset, record.location, detail=made.cell.text)
        raise Rejected(f"{record.location}: {error}", found) from error
    status, finding = _STATUSES[mark.kind] if mark else ("", "")
    symbol = mark.raw.strip() if mark else _footnote(made.cell)
    yield from observation(cube.cube, made.key, figure, symbol, status)
    node = observation_node(cube.cube, made.key)
    yield from _said(node, made, cube)
    if made.provisional and figure is not None:
        provisional = SDMX_CODE["obsStatus-P"]
        yield Statement(node, SDMX_ATTRIBUTE.obsStatus, provisional, "provisional-period")
    if finding:
        yield LoadFinding(finding, dataset, record.location, detail=symbol)
    for term in made.unresolved:
        if term.code:
            yield LoadFinding(term.finding, term.code.node, record.location, detail=term.label)


def _value(
    made: ObservationCell, cube: CubeRecords
) -> tuple[ox.Literal | None, MissingMark | None]:
    """The figure of a cell, or the mark in its place. Raises ValueError for what is neither, and
    for a figure without a key."""
    if made.problem:
        raise ValueError(made.problem)
    if mark := missing(made.cell.text, {**MARKS, **cube.options.missing}):
        return None, mark
    try:
        return decimal(_number(made.cell, cube.options.numbers)), None
    except ValueError as error:
        hint = "ask the agency what it means, or name it under [options.missing]"
        raise ValueError(f"{error}; {hint}") from error


_FOOTNOTE = re.compile(r"(?<=\d)\s*([*¹²³⁴-⁹]+)\s*$")


def _footnote(cell: Cell) -> str:
    """The sign of a footnote behind a figure: the ** of 20 500**."""
    match = _FOOTNOTE.search(cell.text)
    return match[1] if match else ""


def _number(cell: Cell, locale: str) -> Decimal:
    if isinstance(cell.value, Decimal):
        return cell.value
    return number(_FOOTNOTE.sub("", cell.text), locale)


def _said(node: ox.NamedNode, made: ObservationCell, cube: CubeRecords) -> Iterator[Statement]:
    """What else is said of an observation: attributes, its own unit."""
    for key, text in made.attributes:
        predicate = ox.NamedNode(f"{cube.cube}#{key}")
        value = ox.Literal(text, language=cube.options.lang)
        yield Statement(node, predicate, value, "cell-attribute")
    if unit := made.column.unit:
        concept = ox.NamedNode(iris.concept("unit", unit))
        yield Statement(node, SDMX_ATTRIBUTE.unitMeasure, concept, "unit-of-column")
    if (power := made.column.multiplier) is not None:
        multiplier = SDMX_CODE[f"unitMult-{power}"]
        yield Statement(node, SDMX_ATTRIBUTE.unitMult, multiplier, "unit-of-column")
