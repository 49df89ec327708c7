"""The cells of a PX-Web table: observations, and findings where no figure stands."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from loaders.formats.cubes.observations import SYMBOLS, observation, observation_node
from loaders.formats.mapping import decimal
from loaders.formats.pxweb.cube import Cube
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import LoadFinding, Mapped, Record, Rejected, Statement
from vocab.namespaces import SDMX_ATTRIBUTE, SDMX_CODE

_PROVISIONAL = SDMX_CODE["obsStatus-P"]


def cell(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The observation of one cell.

    Raises Rejected for what is neither a number nor a known symbol, or differs in the Mongolian
    response; a finding tells of it.
    """
    cube, index = record.data["cube"], record.data["index"]
    response = cube.responses["en"]
    _check_mongolian(cube, index, record)
    value, symbol = response.values[index], response.status.get(index, "")
    written = value.strip() if isinstance(value, str) else ""
    if written in SYMBOLS:
        value, symbol = None, written
    figure = None if value is None else _number(value, record)
    terms = cube.terms(index)
    yield from observation(cube.iri, terms, figure, symbol)
    if figure is not None and cube.is_provisional(index):
        node = observation_node(cube.iri, terms)
        yield Statement(node, SDMX_ATTRIBUTE.obsStatus, _PROVISIONAL, "provisional-period")
    if figure is None and symbol in SYMBOLS:
        yield _finding(SYMBOLS[symbol][1], symbol, record)


def _finding(kind: str, detail: str, record: Record) -> LoadFinding:
    cube: Cube = record.data["cube"]
    return LoadFinding(kind, ox.NamedNode(cube.dataset), record.location, detail=detail)


def _check_mongolian(cube: Cube, index: int, record: Record) -> None:
    other = cube.responses.get("mn")
    value = cube.responses["en"].values[index]
    if other is not None and other.values[index] != value:
        capture, locator = other.place(index)
        raise Rejected(
            f"{record.location} says {value}, {capture.name}#{locator} says "
            f"{other.values[index]}: fetch both languages again, or ask the agency which is right",
            _finding("figures-differ", f"en {value}, mn {other.values[index]}", record),
        )


def _number(value: object, record: Record) -> ox.Literal:
    try:
        if isinstance(value, str):
            raise ValueError(f"“{value}” is a string, not a JSON number")
        return decimal(value)
    except ValueError as error:
        raise Rejected(
            f"{record.location}: {error}; ask the agency what it means",
            _finding("cell-rejected", str(value), record),
        ) from error
