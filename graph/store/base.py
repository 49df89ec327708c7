"""The door to a quad store. Ledger, loaders and pages know only this.

Behind it stands an embedded Oxigraph (`graph.store.embedded`); any SPARQL 1.1 engine fits too.
All statements are canonical N-Triples lines; the default graph is kept as the set union of the
public named graphs, because an engine's own union does not merge a triple that two graphs state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Protocol

OpenLines = Callable[[], IO[bytes]]


class GraphStore(Protocol):
    """A store being written, or being looked through."""

    def load(self, graph: str, lines: OpenLines) -> None:
        """Add many statements to a graph and to the union; `lines` opens them as N-Triples."""

    def change(self, graph: str, adds: Iterable[bytes], deletes: Iterable[bytes]) -> None:
        """Delete and add some statements; a triple leaves the union with its last graph."""

    def graphs(self) -> set[str]:
        """The named graphs that hold something."""

    def lines(self, graph: str | None) -> Iterator[bytes]:
        """The statements of a named graph, or of the union (None), in no order."""

    def size(self) -> int:
        """Number of statements in the union."""

    def close(self) -> None:
        """Write everything out and let go."""
