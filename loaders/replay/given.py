"""What a replayed loader is given in the place of the archive and of the published versions.

Like the driver, which loads this file by its path, it imports nothing of this project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO


class Files:
    """What a capture of any version reads its bytes from: files named by digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, digest: str) -> bytes:
        """All bytes of a capture."""
        return (self._folder / digest).read_bytes()

    def open(self, digest: str) -> BinaryIO:
        """The bytes as a stream."""
        return (self._folder / digest).open("rb")


class Previous:
    """The version before: `lines(layer)`. Its files are asked for on the first use."""

    def __init__(self, needed: Callable[[str], Path]) -> None:
        self._needed = needed

    def lines(self, layer: str) -> Iterator[bytes]:
        """The canonical lines of a layer, without line feeds."""
        with (self._needed("previous") / layer).open("rb") as file:
            for line in file:
                yield line[:-1]


class Others:
    """The public statements of other sources, in a store that the first question fills."""

    def __init__(self, needed: Callable[[str], Path], folder: Path) -> None:
        self._needed = needed
        self._folder = folder
        self._store: Any = None

    def holds(self, subject: str, predicate: str, value: str) -> bool:
        """Whether another source states a triple; terms are N-Triples text."""
        import pyoxigraph as ox

        line = f"{subject} {predicate} {value} .".encode()
        (quad,) = ox.parse(line, ox.RdfFormat.N_TRIPLES)
        return any(True for _ in self._quads(quad.subject, quad.predicate, quad.object))

    def sources_stating(self, subject: Any, predicate: Any, value: Any) -> set[str]:
        """The other sources that state a triple."""
        graphs = (quad.graph_name.value for quad in self._quads(subject, predicate, value))
        return {graph.removeprefix("urn:source:") for graph in graphs}

    def subjects(self, predicate: Any, value: Any) -> set[Any]:
        """What has a property with this value in another source."""
        import pyoxigraph as ox

        found = (quad.subject for quad in self._quads(None, predicate, value))
        return {one for one in found if isinstance(one, ox.NamedNode)}

    def objects(self, subject: Any, predicate: Any) -> set[Any]:
        """The values of a property in other sources."""
        import pyoxigraph as ox

        found = (quad.object for quad in self._quads(subject, predicate, None))
        return {one for one in found if isinstance(one, ox.NamedNode | ox.Literal)}

    def _quads(self, subject: Any, predicate: Any, value: Any) -> Iterator[Any]:
        if self._store is None:
            self._store = self._filled()
        yield from self._store.quads_for_pattern(subject, predicate, value, None)

    def _filled(self) -> Any:
        import pyoxigraph as ox

        store = ox.Store(str(self._folder / "store"))
        for path in sorted(self._needed("others").iterdir()):
            graph = ox.NamedNode(f"urn:source:{path.name.partition('~')[0]}")
            store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
        return store
