"""The cells of a PX-Web table: observations, and what stands where no figure does.

“-”, “..”, an empty cell and 0 mean different things. 0 is a figure; the others become observations
without one, whose status says what is known (SDMX, CL_OBS_STATUS), with the symbol beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from loaders.formats.mapping import code, decimal
from loaders.formats.pxweb.cube import Cube
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import LoadFinding, Mapped, Record, Rejected, Statement
from vocab.namespaces import QB, RDF, SDMX_ATTRIBUTE, SDMX_CODE, SDMX_MEASURE, SKOS

_EMPTY = "M"
# symbol → status, kind of the finding
_SYMBOLS = {
    **dict.fromkeys(("-", "–", "—"), ("M", "cell-nil")),
    **dict.fromkeys(("..", "...", "…"), ("L", "cell-not-available")),
}


def observation(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The observation of one cell.

    Raises Rejected for what is neither a number nor a known symbol, or differs in the Mongolian
    response; a finding tells of it.
    """
    cube, index = record.data["cube"], record.data["index"]
    response = cube.responses["en"]
    _check_mongolian(cube, index, record)
    value, symbol = response.values[index], response.status.get(index, "")
    written = value.strip() if isinstance(value, str) else ""
    if written in _SYMBOLS:
        value, symbol = None, written
    figure = None if value is None else _number(value, record)
    terms = cube.terms(index)
    node = ox.NamedNode("/".join([cube.iri, *(term.key for _, term in terms)]))
    yield Statement(node, RDF.type, QB.Observation, "observation")
    yield Statement(node, QB.dataSet, ox.NamedNode(cube.iri), "observation")
    for predicate, term in terms:
        yield Statement(node, predicate, term.node, "cell-key")
    if figure is None:
        # an empty cell is not 0: it becomes an observation without a measure
        status, kind = _SYMBOLS.get(symbol, (_EMPTY, ""))
        yield Statement(
            node, SDMX_ATTRIBUTE.obsStatus, SDMX_CODE[f"obsStatus-{status}"], "empty-cell"
        )
        if kind:
            yield _finding(kind, symbol, record)
    else:
        yield Statement(node, SDMX_MEASURE.obsValue, figure, "cell-value")
    if symbol:
        yield Statement(node, SKOS.note, code(symbol), "cell-symbol")


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
