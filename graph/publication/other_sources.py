"""What other sources have published, looked up statement by statement in the current snapshot.

Only public graphs count, so that no load says what a restricted source holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property

import pyoxigraph as ox

from graph import snapshots
from graph.core.instance import Instance
from graph.publication.open_store import open_snapshot
from graph.statements.layer import INFERRED, STATED
from graph.versions.state import State, public_sources
from vocab.terms import Object, Term


class PublishedByOthers:
    """The public statements of all sources but one. The store is opened by the first question."""

    def __init__(self, instance: Instance, source: str, published: State) -> None:
        self._instance = instance
        self._sources: dict[object, str] = {
            ox.NamedNode(instance.names.graph(name, layer)): name
            for name in public_sources(published) - {source}
            for layer in (STATED, INFERRED)
        }
        self._open = ExitStack()

    @cached_property
    def _store(self) -> ox.Store | None:
        snapshot = snapshots.current(self._instance)
        # a copy of a remote store would be made for every load
        if snapshot is None or self._instance.remote:
            return None
        return self._open.enter_context(open_snapshot(self._instance, snapshot))

    def holds(self, subject: str, predicate: str, value: str) -> bool:
        """Whether another source states a triple; terms are N-Triples text."""
        line = f"{subject} {predicate} {value} .".encode()
        (quad,) = ox.parse(line, ox.RdfFormat.N_TRIPLES)
        assert isinstance(quad.subject, ox.NamedNode)
        return any(True for _ in self._quads(quad.subject, quad.predicate, quad.object))

    def sources_stating(
        self, subject: ox.NamedNode, predicate: ox.NamedNode, value: Object
    ) -> set[str]:
        """The other sources that state a triple."""
        return {self._sources[quad.graph_name] for quad in self._quads(subject, predicate, value)}

    def subjects(self, predicate: ox.NamedNode, value: Object) -> set[ox.NamedNode]:
        """What has a property with this value in another source."""
        found = (quad.subject for quad in self._quads(None, predicate, value))
        return {one for one in found if isinstance(one, ox.NamedNode)}

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Object]:
        """The values of a property in other sources."""
        found = (quad.object for quad in self._quads(subject, predicate, None))
        return {one for one in found if isinstance(one, Object)}

    def _quads(
        self, subject: ox.NamedNode | None, predicate: ox.NamedNode, value: Term | None
    ) -> Iterator[ox.Quad]:
        if self._store is None:
            return
        for quad in self._store.quads_for_pattern(subject, predicate, value, None):
            if quad.graph_name in self._sources:
                yield quad
