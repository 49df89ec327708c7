"""Documents of resources and graphs, from whichever store a worker has open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.queries.engines import embedded
from graph.queries.model.formats import Format
from graph.queries.model.query import GraphDocument, ResourceDocument
from graph.queries.results.spool import ResultSpool

if TYPE_CHECKING:
    from graph.queries.engines.remote import RemoteEngine


def write_document(
    store: ox.Store | RemoteEngine, document: ResourceDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write a resource's document, up to its limit; returns how many statements there are."""
    if isinstance(store, ox.Store):
        return embedded.write_document(store, document, spool)
    return store.write_document(document, spool)


def write_graph(
    store: ox.Store | RemoteEngine,
    document: GraphDocument,
    spool: ResultSpool,
    hidden: frozenset[str],
) -> tuple[Format, int]:
    """Write all statements of a graph; returns their number. A hidden graph is empty."""
    if isinstance(store, ox.Store):
        return embedded.write_graph(store, document, spool, hidden)
    return store.write_graph(document, spool, hidden)
