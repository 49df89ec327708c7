"""The interface of a quad store, as publication and verification use it.

It is implemented by an embedded Oxigraph (`graph.store.embedded`) and, over HTTP, by any SPARQL 1.1
engine (`graph.store.remote`). Statements are canonical N-Triples lines.

The default graph is stored as the set union of the public named graphs (the union graph). The
engines can also compute a union for each query, but then a triple that two graphs contain counts
twice, and merging costs time in every query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Protocol

OpenLines = Callable[[], IO[bytes]]
GraphLines = tuple[str, OpenLines]
"""A named graph, and what opens its statements as N-Triples."""


class GraphStore(Protocol):
    """A store that is written, or read as a whole."""

    def load(self, graphs: Iterable[GraphLines]) -> None:
        """Add many statements to graphs and the union."""

    def change(self, graph: str, adds: Iterable[bytes], deletes: Iterable[bytes]) -> None:
        """Delete and add statements; a triple leaves the union with the last graph that has it."""

    def graphs(self) -> set[str]:
        """The named graphs that are not empty."""

    def lines(self, graph: str | None) -> Iterator[bytes]:
        """The statements of a named graph, or of the union (None), in any order."""

    def size(self) -> int:
        """The number of statements in the union."""

    def close(self) -> None:
        """Finish writing and release the store."""
