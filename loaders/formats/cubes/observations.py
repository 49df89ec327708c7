"""Observations, and what stands where no figure does.

“-”, “..”, an empty cell and 0 mean different things. 0 is a figure; the others become observations
without one, whose status says what is known (SDMX, CL_OBS_STATUS), with the symbol beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from loaders.formats.mapping import code
from loaders.pipeline.record import WrittenStatements
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
) -> Iterator[WrittenStatements]:
    """An observation; `figure` is None for a cell without one, `symbol` what stands beside or in
    place of it. `status` is what a symbol means that only the table knows."""
    made = ObservationTexts(cube, key)
    if figure is None:
        made.add_missing(symbol, status)
    else:
        made.add_figure(f"{SDMX_MEASURE.obsValue} {figure}")
    made.add_symbol(symbol)
    yield made.statements()


class ObservationTexts:
    """The statements of one observation while they are put together, as N-Triples: a table has many
    figures, and the same few predicates, terms and rules in all of them."""

    def __init__(self, cube: str, key: Sequence[KeyPart]) -> None:
        self.node = observation_node(cube, key)
        self._texts = [
            _text(RDF.type, QB.Observation),
            _text(QB.dataSet, _named(cube)),
            *(_text(predicate, term.node) for predicate, term in key),
        ]
        self._rules = ["observation", "observation", *["cell-key"] * len(key)]

    def add(self, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal, rule: str) -> None:
        """Add a statement."""
        self._texts.append(_text(predicate, value))
        self._rules.append(rule)

    def add_figure(self, text: str) -> None:
        """Add the figure, given as predicate and object."""
        self._texts.append(text)
        self._rules.append("cell-value")

    def add_missing(self, symbol: str, status: str) -> None:
        """Say why there is no figure: an empty cell is not 0, it is an observation without one."""
        known = SDMX_CODE[f"obsStatus-{status or SYMBOLS.get(symbol, (MISSING, ''))[0]}"]
        self.add(SDMX_ATTRIBUTE.obsStatus, known, "empty-cell")

    def add_symbol(self, symbol: str) -> None:
        """Add what stands beside or in place of the figure, if anything does."""
        if symbol:
            self.add(SKOS.note, code(symbol), "cell-symbol")

    def statements(self) -> WrittenStatements:
        """All that was added, in that order."""
        return WrittenStatements(self.node, self._texts, self._rules)


@lru_cache(maxsize=20_000)
def _text(predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> str:
    return f"{predicate} {value}"


_named = lru_cache(maxsize=100)(ox.NamedNode)
