"""The endpoint's SPARQL 1.1 Service Description."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.errors import ConfigError
from graph.queries import FORMATS
from graph.queries.formats import find
from server import ask
from server.context import Context

_SD = "http://www.w3.org/ns/sparql-service-description#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
Statements = Iterator[ox.Triple]


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)


def write(context: Context, endpoint: str, name: str) -> bytes:
    """The description of the service at `endpoint`, in a graph format."""
    chosen = find("graph", name)
    assert chosen is not None and isinstance(chosen.engine, ox.RdfFormat)
    triples = [*_service(endpoint), *_dataset(context, endpoint)]
    written = ox.serialize(triples, None, chosen.engine, prefixes={"sd": _SD})
    assert written is not None  # it is bytes where no output is given
    return written


def _service(endpoint: str) -> Statements:
    service = ox.NamedNode(f"{endpoint}#service")
    yield ox.Triple(service, _RDF_TYPE, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), ox.NamedNode(endpoint))
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(service, _sd("defaultDataset"), ox.NamedNode(f"{endpoint}#dataset"))
    for written in FORMATS:
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(written.engine.iri))


def _dataset(context: Context, endpoint: str) -> Statements:
    dataset, default = (ox.NamedNode(f"{endpoint}#{n}") for n in ("dataset", "default-graph"))
    yield ox.Triple(dataset, _RDF_TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield ox.Triple(default, _RDF_TYPE, _sd("Graph"))
    for i, graph in enumerate(_graphs(context), 1):
        node = ox.NamedNode(f"{endpoint}#graph-{i}")
        yield ox.Triple(dataset, _sd("namedGraph"), node)
        yield ox.Triple(node, _RDF_TYPE, _sd("NamedGraph"))
        yield ox.Triple(node, _sd("name"), ox.NamedNode(graph))


def _graphs(context: Context) -> list[str]:
    try:
        return [row["graph"].value for row in ask.select(context.pool, "graph_names")]
    except ConfigError:  # nothing is published yet
        return []
