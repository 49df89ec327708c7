"""Observations, and what stands where no figure does.

“-”, “..”, an empty cell and 0 mean different things. 0 is a figure; the others become observations
without one, whose status says what is known (SDMX, CL_OBS_STATUS), with the symbol beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from loaders.formats.mapping import code
from loaders.pipeline.record import Statement
from vocab.namespaces import QB, RDF, SDMX_ATTRIBUTE, SDMX_CODE, SDMX_MEASURE, SKOS

MISSING, NOT_AVAILABLE = "M", "L"
# symbol → status, kind of the finding
SYMBOLS = {
    **dict.fromkeys(("-", "–", "—"), (MISSING, "cell-nil")),
    **dict.fromkeys(("..", "...", "…"), (NOT_AVAILABLE, "cell-not-available")),
}


@dataclass(frozen=True, slots=True)
class DimensionCode:
    """The term of a code: its key in IRIs, and its IRI."""

    key: str
    node: ox.NamedNode


KeyPart = tuple[ox.NamedNode, DimensionCode]
"""A dimension's property and the term that an observation has for it."""


def observation_node(cube: str, key: Sequence[KeyPart]) -> ox.NamedNode:
    """The IRI of the observation with a key, in the order of the cube's dimensions."""
    return ox.NamedNode("/".join([cube, *(term.key for _, term in key)]))


def observation(
    cube: str,
    key: Sequence[KeyPart],
    figure: ox.Literal | None,
    symbol: str = "",
    status: str = "",
) -> Iterator[Statement]:
    """An observation; `figure` is None for a cell without one, `symbol` what stands beside or in
    place of it. `status` is what a symbol means that only the table knows."""
    node = observation_node(cube, key)
    yield Statement(node, RDF.type, QB.Observation, "observation")
    yield Statement(node, QB.dataSet, ox.NamedNode(cube), "observation")
    for predicate, term in key:
        yield Statement(node, predicate, term.node, "cell-key")
    if figure is None:
        # an empty cell is not 0: it becomes an observation without a measure
        known = SDMX_CODE[f"obsStatus-{status or SYMBOLS.get(symbol, (MISSING, ''))[0]}"]
        yield Statement(node, SDMX_ATTRIBUTE.obsStatus, known, "empty-cell")
    else:
        yield Statement(node, SDMX_MEASURE.obsValue, figure, "cell-value")
    if symbol:
        yield Statement(node, SKOS.note, code(symbol), "cell-symbol")
